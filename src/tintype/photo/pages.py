"""`Photo`s of what headers say: libvips' own, and those of other decoders."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvips

from tintype.errors import Damaged, MissingDecoder, PhotoError, TintypeError, TooLarge
from tintype.notes import Note
from tintype.photo import memory, profiles
from tintype.photo.decoder import ArrayDecoder, VipsDecoder, image_of
from tintype.photo.errors import one_line, translate
from tintype.photo.gamma import Meant
from tintype.photo.metadata import exif, gather
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.found import Found
from tintype.photo.metadata.survey import survey
from tintype.photo.model import Metadata, Photo, Sidecar, color_bands, dots_per_inch
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

# Turned by a quarter, a picture's resolutions change places.
_QUARTER_TURNS = range(5, 9)
_BYTES = {"uchar": 1, "char": 1, "ushort": 2, "short": 2, "uint": 4, "int": 4, "float": 4}
_CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))


@dataclass(frozen=True, slots=True)
class ArrayPage:
    """What is known, before it is decoded, of a page that comes as an array; the size is upright.

    `told` is what the file says of its colours without a profile.
    """

    width: int
    height: int
    bits: int
    bands: int
    metadata: Metadata
    decoder: ArrayDecoder
    page: int = 1
    pages: int = 1
    notes: tuple[Note, ...] = ()
    told: Meant | None = None


def one_frame(
    format: str,
    title: str,
    loader: str,
    *,
    paged: bool = False,
    shrinks: bool = False,
    finish: Callable[[pyvips.Image], pyvips.Image] | None = None,
    dpi_in_exif: bool = False,
    upright: bool = False,
    whole: bool = False,
    fail_on: str = "error",
    profile: Callable[..., Meant | None] | None = None,
) -> Callable[[PhotoFile, Settings], Iterator[Photo]]:
    """How a format is read of which libvips gives one picture; of several, one is taken and that is said."""

    def pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
        decoder = VipsDecoder(source, loader, 0, paged, shrinks, finish, whole, fail_on)
        header = decoder.image(sequential=True)
        count = header.get("n-pages") if paged and header.get_typeof("n-pages") else 1
        page = settings.page or 1
        check_page(source.name, page, count)
        if page > 1:
            decoder = VipsDecoder(source, loader, page - 1, paged, shrinks, finish, whole, fail_on)
            header = decoder.image(sequential=True)
        words = f"{title}: frame {page} of {count} is taken, the others are left out"
        notes = (Note(words, "one_of", page=page, count=count),) if count > 1 else ()
        found = survey(source.data, format)
        metadata = metadata_of(header, found, source.sidecars, dpi_in_exif=dpi_in_exif, upright=upright)
        notes = (*source.notes, *notes, *found.notes)
        # What stands for a profile is for reading alone: the file doesn't hold one.
        told = profile(source, grey=header.bands < 3) if profile and metadata.icc is None else None
        yield of_header(header, decoder, format, metadata, settings, name=source.name, page=page, pages=count,
                        notes=notes, upright=upright, told=told)  # fmt: skip

    return pages


def metadata_of(
    header: pyvips.Image,
    found: Found,
    sidecars: tuple[Sidecar, ...] = (),
    *,
    dpi_in_exif: bool = False,
    upright: bool = False,
) -> Metadata:
    """What the file and its sidecars say; the resolution is that of the picture as stored."""
    # libvips finds the resolution of some formats nowhere, though EXIF may say it.
    dpi = exif.resolution(found.exif) if dpi_in_exif else dots_per_inch(header)
    metadata = gather.gathered(found, blob(header, "icc-profile-data"), dpi, sidecars)
    # What the decoder turns, it turns as the container says, not as EXIF does.
    return metadata.replace(orientation=1) if upright and not found.turned else metadata


def of_header(
    header: pyvips.Image,
    decoder: VipsDecoder | ArrayDecoder,
    format: str,
    metadata: Metadata,
    settings: Settings,
    *,
    name: str,
    page: int = 1,
    pages: int = 1,
    notes: tuple[Note, ...] = (),
    upright: bool = False,
    inverted: bool = False,
    told: Meant | None = None,
) -> Photo:
    """A `Photo` of what libvips says; `upright`: whether libvips turns it; `inverted`: whether 0 is white;
    `told`: what the file says of its colours without a profile.

    Raises PhotoError if it is too large or can't be coloured.
    """
    check_size(header.width, header.height, name, settings)
    orientation = 1 if upright else metadata.orientation
    turned = orientation in _QUARTER_TURNS
    width, height = (header.height, header.width) if turned else (header.width, header.height)
    whole = decoder.whole or orientation > 2 or bool(header.get_typeof("interlaced"))
    depth = header.bands * _BYTES.get(header.format, 8)
    memory.check(memory.estimate(header.width, header.height, depth, whole=whole), name, settings.max_memory)
    plan = _planned(header, metadata.icc, told, name, inverted=inverted)
    dpi = metadata.dpi
    return Photo(
        name=name,
        width=width,
        height=height,
        bits=plan.bits,
        format=format,
        page=page,
        pages=pages,
        has_alpha=header.bands > color_bands(header),
        metadata=metadata.replace(dpi=(dpi[1], dpi[0]) if dpi and turned else dpi),
        notes=(*notes, *plan.notes),
        decoder=decoder,
        orientation=orientation,
        to_srgb=plan.apply,
    )


def of_array(
    found: ArrayPage,
    format: str,
    name: str,
    settings: Settings | None = None,
    source: PhotoFile | None = None,
) -> Photo:
    """A `Photo` of a page that comes as an array of grey or RGB. Raises PhotoError if it is too large.

    What `source` and its sidecars say is added to the metadata that is known already.
    """
    if settings is not None:
        check_size(found.width, found.height, name, settings)
        needed = memory.estimate(found.width, found.height, found.bands * found.bits // 8, whole=True)
        memory.check(needed, name, settings.max_memory)
    metadata, orientation, notes = found.metadata, 1, found.notes
    if source is not None:
        told = survey(source.data, format)
        whole = gather.gathered(told, metadata.icc, metadata.dpi, source.sidecars)
        # These decoders turn the picture themselves, as the file says; a sidecar may know better.
        done = gather.gathered(told, None, None).orientation if told.turned else 1
        wanted = whole.orientation if told.turned or gather.turned_beside(whole) else 1
        orientation = _beyond(done, wanted)
        metadata = whole.replace(texts=whole.texts or metadata.texts, orientation=wanted)
        notes = (*source.notes, *notes, *told.notes)
    turned = orientation in _QUARTER_TURNS
    dpi = metadata.dpi
    # Only the kind of pixels matters to the plan, so one pixel stands for all of them.
    pixel = np.zeros((1, 1, found.bands), np.uint8 if found.bits == 8 else np.uint16)
    plan = _planned(image_of(pixel), metadata.icc, found.told, name)
    return Photo(
        name=name,
        width=found.height if turned else found.width,
        height=found.width if turned else found.height,
        bits=plan.bits,
        format=format,
        page=found.page,
        pages=found.pages,
        has_alpha=found.bands in (2, 4),
        metadata=metadata.replace(dpi=(dpi[1], dpi[0]) if dpi and turned else dpi),
        notes=(*notes, *plan.notes),
        decoder=found.decoder,
        orientation=orientation,
        to_srgb=plan.apply,
    )


def _planned(
    header: pyvips.Image, icc: bytes | None, told: Meant | None, name: str, *, inverted: bool = False
) -> profiles.Plan:
    """How the colours are read: by the profile that the file holds, else by what it says in another way."""
    if told is None or icc is not None:
        return profiles.plan(header, icc, name, inverted=inverted)
    plan = profiles.plan(header, told.icc, name, inverted=inverted)
    plan = replace(plan, notes=(*told.notes, *plan.notes))
    return profiles.curved(plan, told.curve) if told.curve else plan


def _beyond(done: int, wanted: int) -> int:
    """How a picture turned as `done` says (EXIF, 1-8) is to be turned on, to lie as `wanted` says."""
    if done == wanted:
        return 1
    corners = {n: tuple(Facts(1, 1, orientation=n).place(x, y) for x, y in _CORNERS) for n in range(1, 9)}
    # From where a corner lies after the one turn to where it lies after the other.
    moves = dict(zip(corners[done], corners[wanted], strict=True))
    return next(n for n in range(1, 9) if corners[n] == tuple(moves[c] for c in _CORNERS))


def check_size(width: int, height: int, name: str, settings: Settings) -> None:
    """Refuse a photograph larger than `settings.max_pixels`, before anything is decoded."""
    if width * height > settings.max_pixels:
        found, limit = width * height, settings.max_pixels
        reason = f"it has {width} × {height} = {found:,} pixels, more than the {limit:,} allowed"
        raise TooLarge(name, found, limit=limit, reason=reason)


def check_page(name: str, page: int, pages: int) -> None:
    """Refuse a page that a file doesn't have."""
    if page > pages:
        msg = f"{name}: there is no page {page}, it has {pages}; choose a page up to {pages}"
        raise PhotoError(msg)


def need(module: str, extra: str, what: str, name: str) -> Any:
    """Import a decoder that an extra brings; a missing one is named with the command that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDecoder(name, what, extra=extra, package=module) from error


def failing(name: str, what: str, make: Callable[[], Any]) -> Any:
    """Call a decoder that is not ours: it may fail with anything, and all of it means a bad file."""
    try:
        with translate(name):
            return make()
    except TintypeError:
        raise
    except Exception as error:
        detail = one_line(error)
        why = f"the {what} is damaged or of an unknown kind ({detail})"
        raise Damaged(name, detail, reason=why) from error


def blob(image: pyvips.Image, field: str) -> bytes | None:
    """A field's bytes, or None if there are none."""
    if image.get_typeof(field) == 0:
        return None
    value = image.get(field)
    return bytes(value) if isinstance(value, bytes) and value else None
