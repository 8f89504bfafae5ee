"""One picture into one format: fitted to what the format holds, labelled, and encoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import pyvips

from tintype.errors import TooLarge
from tintype.notes import Note
from tintype.photo import formats, profiles
from tintype.photo.depth import eight_bit
from tintype.photo.errors import explain, is_damage
from tintype.photo.metadata.facts import Facts, profile_name
from tintype.photo.metadata.gather import DPI_LIMIT
from tintype.photo.model import Photo
from tintype.photo.rows import Painted

if TYPE_CHECKING:
    from tintype.photo.metadata.provenance import Provenance
    from tintype.settings import Settings


# What the photograph's own file said: it is renewed elsewhere, and must not get in by this way. All fields
# can't be listed: pyvips takes names for UTF-8, and those of a PNG's texts are Latin-1.
_OWN = ("icc-profile-data", "exif-data", "xmp-data", "iptc-data", "photoshop-data", "jpeg-thumbnail-data",
        "gainmap-data", "orientation")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One page to write.

    Attributes
    ----------
    photo
        What it is a new version of: its metadata is kept.
    image
        1 or 3 bands, sRGB-encoded, 8 or 16 bits, upright; it may be drawn once only.
    alpha
        One band as deep as `image`, or None.
    mark
        How its colour was made; None leaves that unsaid.
    """

    photo: Photo
    image: pyvips.Image | Painted
    alpha: pyvips.Image | None = None
    mark: Provenance | None = None


def check_side(width: int, height: int, kind: str, name: str) -> None:
    """Raise TooLarge for a picture that the format can't hold."""
    form, title = formats.saving(kind), formats.WRITABLE[kind].title
    longest = max(width, height)
    if longest > form.side:
        reason = f"{title} holds at most {form.side:,} pixels a side, this has {width:,} × {height:,}"
        remedy = "write it as TIFF or PNG"
        raise TooLarge(name, longest, limit=form.side, unit="pixels a side", reason=reason, remedy=remedy)


def fitted(
    page: Page, image: pyvips.Image, kind: str, settings: Settings
) -> tuple[pyvips.Image, tuple[Note, ...]]:
    """The page's image as the format can hold it, in the profile wanted; and what was reduced for that."""
    form, title, photo = formats.saving(kind), formats.WRITABLE[kind].title, page.photo
    notes: list[Note] = []
    check_side(image.width, image.height, kind, photo.name)
    if image.bands == 1:
        image = image.bandjoin([image, image])
    image = image.copy(interpretation="srgb" if image.format == "uchar" else "rgb16")
    for field in _OWN:
        image.remove(field)
    if settings.profile == "original" and not form.profiles:
        notes.append(Note(f"{title} is written in sRGB", "written_srgb", format=title))
    elif settings.profile == "original" and photo.metadata.icc is not None:
        image, why = _in_own_profile(image, photo.metadata.icc)
        notes.extend(why)
    if page.alpha is not None:
        if form.alpha:
            image = image.bandjoin(page.alpha)
        else:
            # As on paper: what is transparent shows what lies below.
            full = 255 if image.format == "uchar" else 65535
            image = image.bandjoin(page.alpha).flatten(background=[full] * 3, max_alpha=full)
            told = f"{title} has no transparency: the photograph is laid on white"
            notes.append(Note(told, "no_alpha", format=title))
    if image.format == "ushort" and form.bits < 16:
        told = f"{title} holds {form.bits} bits a channel: reduced from 16"
        notes.append(Note(told, "fewer_bits", format=title, bits=form.bits))
        if form.bits == 8:
            image = eight_bit(image)
    return image, tuple(notes)


def _in_own_profile(image: pyvips.Image, icc: bytes) -> tuple[pyvips.Image, tuple[Note, ...]]:
    space = profiles.color_space(icc)
    if space != b"RGB ":
        return image, (Note("its own profile is not for RGB: the result is in sRGB", "own_profile"),)
    if not profiles.works(icc):
        return image, (Note("its own profile is damaged: the result is in sRGB", "own_profile"),)
    if profiles.is_srgb(icc):
        return image, ()
    try:
        # Some profiles only lead in; one pixel tells.
        profiles.to_profile(pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb"), icc)(0, 0)
    except pyvips.Error:
        return image, (Note("its own profile can't be written to: the result is in sRGB", "own_profile"),)
    return profiles.to_profile(image, icc), ()


def labeled(image: pyvips.Image, photo: Photo, kind: str, settings: Settings) -> pyvips.Image:
    """The picture with its profile and resolution, which libvips writes itself."""
    image = image.copy()
    if not image.get_typeof("icc-profile-data"):
        wanted = settings.profile == "original" and formats.saving(kind).profiles
        own = photo.metadata.icc if wanted else None
        fit = own is not None and profiles.color_space(own) == b"RGB " and profiles.works(own)
        kept = fit and profiles.is_srgb(own)
        icc = own if kept else profiles.srgb_profile()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    if (dpi := photo.metadata.dpi) and max(dpi) < DPI_LIMIT:
        image = image.copy(xres=dpi[0] / 25.4, yres=dpi[1] / 25.4)
    return image


def facts(image: pyvips.Image, photo: Photo, kind: str) -> Facts:
    """What is true of a picture that `labeled` gave, for the metadata that describes it."""
    icc = bytes(image.get("icc-profile-data"))
    return Facts(
        width=image.width,
        height=image.height,
        kind=kind,
        media=formats.WRITABLE[kind].media,
        bits=8 if image.format == "uchar" else formats.saving(kind).bits,
        bands=image.bands,
        dpi=photo.metadata.dpi,
        srgb=profiles.is_srgb(icc),
        profile=profile_name(icc) or "sRGB",
        orientation=photo.metadata.orientation,
    )


def draw(
    image: pyvips.Image, kind: str, file: BinaryIO, page: Page, settings: Settings, total_bytes: int
) -> None:
    """Write the pixels into an empty file, and rewind it."""
    try:
        formats.saving(kind).encode(image, file, settings, total_bytes)
    except (pyvips.Error, RuntimeError) as error:
        if is_damage(error):
            raise explain(error, page.photo.name) from error
        raise
    file.seek(0)
