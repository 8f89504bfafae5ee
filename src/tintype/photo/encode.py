"""One picture into one format: fitted to what the format holds, labelled, and drawn by libvips' saver."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import pyvips

from tintype.errors import TooLarge
from tintype.photo import formats, profiles
from tintype.photo.errors import explain, is_damage
from tintype.photo.model import Metadata, Photo
from tintype.photo.rows import Painted

if TYPE_CHECKING:
    from tintype.photo.metadata.provenance import Provenance
    from tintype.settings import Settings


_DPI_LIMIT = 25.4e6
"""libvips takes up to a million pixels a millimetre; only damaged files state more, and GLib would print."""


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


def fitted(
    page: Page, image: pyvips.Image, kind: str, settings: Settings
) -> tuple[pyvips.Image, tuple[str, ...]]:
    """The page's image as the format can hold it, in the profile wanted; and what was reduced for that."""
    form, photo = formats.WRITABLE[kind], page.photo
    notes: list[str] = []
    if max(image.width, image.height) > form.side:
        raise TooLarge(
            photo.name,
            max(image.width, image.height),
            limit=form.side,
            unit="pixels a side",
            reason=f"{kind.upper()} holds at most {form.side:,} pixels a side, this has "
            f"{image.width:,} × {image.height:,}",
            remedy="write it as TIFF or PNG",
        )
    if image.bands == 1:
        image = image.bandjoin([image, image])
    image = image.copy(interpretation="srgb" if image.format == "uchar" else "rgb16")
    for field in image.get_fields():
        # What the photograph's own file said: it is renewed elsewhere, and must not get in by this way.
        if field.endswith("-data") or field == "orientation" or field.startswith("exif-"):
            image.remove(field)
    if settings.profile == "original" and photo.metadata.icc is not None:
        image, why = _in_own_profile(image, photo.metadata.icc)
        notes.extend(why)
    if page.alpha is not None:
        if form.alpha:
            image = image.bandjoin(page.alpha)
        else:
            # As on paper: what is transparent shows what lies below.
            full = 255 if image.format == "uchar" else 65535
            image = image.bandjoin(page.alpha).flatten(background=[full] * 3, max_alpha=full)
            notes.append(f"{kind.upper()} has no transparency: the photograph is laid on white")
    if image.format == "ushort" and form.bits < 16:
        notes.append(f"{kind.upper()} holds {form.bits} bits a channel: reduced from 16")
        if form.bits == 8:
            image = (image / 257).rint().cast("uchar").copy(interpretation="srgb")
    return image, tuple(notes)


def _in_own_profile(image: pyvips.Image, icc: bytes) -> tuple[pyvips.Image, tuple[str, ...]]:
    space = profiles.colour_space(icc)
    if space != b"RGB ":
        return image, ("its own profile is not for RGB: the result is in sRGB",)
    if profiles.is_srgb(icc):
        return image, ()
    try:
        # Some profiles only lead in; one pixel tells.
        profiles.to_profile(pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb"), icc)(0, 0)
    except pyvips.Error:
        return image, ("its own profile can't be written to: the result is in sRGB",)
    return profiles.to_profile(image, icc), ()


def labelled(
    image: pyvips.Image, photo: Photo, metadata: Metadata, kind: str, settings: Settings
) -> pyvips.Image:
    """The picture with its profile and resolution, and what else libvips has to write itself."""
    image = image.copy()
    if not image.get_typeof("icc-profile-data"):
        own = photo.metadata.icc if settings.profile == "original" else None
        kept = own is not None and profiles.colour_space(own) == b"RGB " and profiles.is_srgb(own)
        icc = own if kept else profiles.srgb_profile()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    if metadata.dpi and max(metadata.dpi) < _DPI_LIMIT:
        image = image.copy(xres=metadata.dpi[0] / 25.4, yres=metadata.dpi[1] / 25.4)
    if kind == "avif":
        for field, content in (("exif-data", metadata.exif), ("xmp-data", metadata.xmp)):
            if content is not None:
                head = b"Exif\0\0" if field == "exif-data" else b""
                image.set_type(pyvips.GValue.blob_type, field, head + content)
    return image


def draw(
    image: pyvips.Image,
    kind: str,
    options: dict[str, Any],
    file: BinaryIO,
    page: Page,
) -> None:
    """Let libvips write the pixels into an empty file, and rewind it."""
    saver = "heifsave" if kind == "avif" else f"{kind}save"
    try:
        if isinstance(file, io.BytesIO):
            file.write(pyvips.Operation.call(f"{saver}_buffer", image, **options))
        else:
            # As bytes: a folder's name may be no text.
            pyvips.Operation.call(saver, image, os.fsencode(file.name), **options)
    except pyvips.Error as error:
        if is_damage(error):
            raise explain(error, page.photo.name) from error
        raise
    file.seek(0)


def save_options(kind: str, image: pyvips.Image, settings: Settings, total_bytes: int) -> dict[str, Any]:
    """The saver's own options for one format."""
    chroma = "off" if settings.subsampling == "4:4:4" else "on"
    # Metadata is added afterwards, byte for byte; see `tintype.photo.metadata.containers`.
    keep = {"keep": "icc"}
    if kind == "jpeg":
        return {"Q": settings.quality, "subsample_mode": chroma} | keep
    if kind == "png":
        return {"compression": 6} | keep
    if kind == "tiff":
        # Compressed data may be larger than plain data, so leave a margin.
        return {"compression": "deflate", "predictor": "horizontal", "bigtiff": total_bytes > 3.5e9,
                "resunit": "inch"} | keep  # fmt: skip
    lossless = {"lossless": True} if settings.lossless else {}
    if kind == "webp":
        return {"Q": settings.quality, "smart_subsample": chroma == "off"} | lossless | keep
    depth = {"bitdepth": 12 if image.format == "ushort" else 8}
    # Without a block of its own libvips would make one up.
    keep = {"keep": "exif|xmp|icc" if image.get_typeof("exif-data") else "xmp|icc"}
    return {"Q": settings.quality, "compression": "av1", "subsample_mode": chroma} | depth | lossless | keep
