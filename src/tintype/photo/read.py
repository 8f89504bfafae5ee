"""Read photographs: any source, any format, every page; checked from the header before a pixel is decoded."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.errors import Damaged, NotAPhotograph, PhotoError, TooLarge, printable
from tintype.photo import extras, formats, profiles
from tintype.photo.decoder import LOADERS, VipsDecoder
from tintype.photo.errors import translate
from tintype.photo.metadata import exif, iptc
from tintype.photo.model import Metadata, Photo, colour_bands, dots_per_inch

if TYPE_CHECKING:
    from tintype.settings import Settings

# Turned by a quarter, a picture's resolutions change places.
_QUARTER_TURNS = range(5, 9)


def read(
    source: str | Path | bytes | bytearray | memoryview | BinaryIO,
    settings: Settings,
    *,
    name: str | None = None,
) -> list[Photo]:
    """Look at a photograph file and give one `Photo` for each page that is to be coloured.

    Only headers are read here; pixels are drawn by `Photo.open`. What the file is, is decided by its
    content, not by its name.

    Parameters
    ----------
    source
        A path, the bytes of a file, or an open binary file (read to its end).
    settings
        `page` picks one page (from 1; 0 is every page of a TIFF or PDF, else the first frame);
        `max_pixels` refuses larger ones from the header.
    name
        What messages call it; the path, or ``<bytes>``.

    Raises
    ------
    PhotoError
        In one line: the name, what is wrong, and what to do.
    """
    data, name = _take(source, name)
    head = data[: formats.HEAD] if isinstance(data, bytes) else _head(data, name)
    if not head:
        raise Damaged(name, reason="the file is empty")
    kind = formats.sniff(head, Path(name).suffix)
    if kind is None:
        remedy = "give it a JPEG, PNG, TIFF, WebP, AVIF, BMP, GIF, HEIC, camera RAW or PDF"
        raise NotAPhotograph(name, formats.describe(head), remedy=remedy)
    with translate(name):
        return list(_pages(data, kind, name, settings))


def _take(source: Any, name: str | None) -> tuple[str | bytes, str]:
    """The data (a path that libvips can open, or bytes) and the name for messages."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), name or "<bytes>"
    if isinstance(source, str | Path):
        path = Path(source)
        name = name or printable(source)
        if path.is_dir():
            msg = f"{name}: this is a folder, not a photograph; name a file in it"
            raise PhotoError(msg)
        try:
            str(path).encode("utf-8")
        except UnicodeEncodeError:
            # A name that is not UTF-8 can't be handed to libvips, so the file is read here.
            with translate(name):
                return path.read_bytes(), name
        return str(path), name
    if hasattr(source, "read"):
        name = name or printable(getattr(source, "name", "")) or "<stream>"
        with translate(name):
            data = source.read()
        if not isinstance(data, bytes):
            msg = f"{name}: the stream gives text, not bytes; open it in binary mode"
            raise PhotoError(msg)
        return data, name
    msg = f"{type(source).__name__} is not a path, bytes or an open binary file"
    raise PhotoError(msg)


def _head(path: str, name: str) -> bytes:
    with translate(name), Path(path).open("rb") as file:
        return file.read(formats.HEAD)


def _pages(data: str | bytes, kind: str, name: str, settings: Settings) -> Iterable[Photo]:
    if kind not in LOADERS:
        for found in extras.pages(data, kind, name, settings):
            check_size(found.width, found.height, name, settings)
            yield _of_extra(found, kind, name)
        return
    directories: list[exif.TiffPage] = []
    if kind == "tiff":
        with _opened(data) as file:
            directories, raw = exif.survey(file)
        if raw:
            yield from _pages(data, "raw", name, settings)
            return
    first = VipsDecoder(data, kind, 0, _lab8(directories, 0)).image(sequential=True)
    pages = first.get("n-pages") if "n-pages" in first.get_fields() else 1
    if settings.page > pages:
        raise extras.no_page(name, settings.page, pages)
    wanted = [settings.page] if settings.page else range(1, pages + 1) if kind == "tiff" else [1]
    reduced = [p for p in wanted if p <= len(directories) and directories[p - 1].reduced]
    notes: tuple[str, ...] = ()
    if not settings.page and 0 < len(reduced) < len(wanted):
        wanted = [p for p in wanted if p not in reduced]
        notes = (f"TIFF: {len(reduced)} reduced copies of other pages are left out",)
    for page in wanted:
        decoder = VipsDecoder(data, kind, page - 1, _lab8(directories, page - 1))
        header = decoder.image(sequential=True) if page > 1 else first
        directory = directories[page - 1] if page <= len(directories) else None
        yield from_header(header, decoder, name, pages, settings, directory, notes)


def _lab8(directories: list[exif.TiffPage], page: int) -> int | None:
    return directories[page].lab8 if page < len(directories) else None


def _opened(data: str | bytes) -> BinaryIO:
    return io.BytesIO(data) if isinstance(data, bytes) else Path(data).open("rb")


def from_header(
    header: pyvips.Image,
    decoder: VipsDecoder,
    name: str,
    pages: int,
    settings: Settings,
    directory: exif.TiffPage | None = None,
    notes: tuple[str, ...] = (),
) -> Photo:
    """A `Photo` of what a header says. Raises PhotoError if it is too large or can't be coloured."""
    kind, page = decoder.format, decoder.page + 1
    fields = set(header.get_fields())
    check_size(header.width, header.height, name, settings)
    orientation = header.get("orientation") if "orientation" in fields else 1
    orientation = orientation if 1 <= orientation <= 8 else 1
    turned = orientation in _QUARTER_TURNS
    width, height = (header.height, header.width) if turned else (header.width, header.height)
    icc = _blob(header, "icc-profile-data")
    plan = profiles.plan(header, icc, name)
    block = directory.exif if directory else _unprefixed(_blob(header, "exif-data"))
    # libvips finds the resolution of WebP and AVIF nowhere, though EXIF may say it.
    dpi = exif.resolution(block) if kind in ("webp", "avif") else dots_per_inch(header)
    metadata = Metadata(
        exif=block,
        xmp=directory.xmp if directory else _blob(header, "xmp-data"),
        iptc=directory.iptc if directory else _iptc(header),
        icc=icc,
        dpi=(dpi[1], dpi[0]) if dpi and turned else dpi,
    )
    if kind in ("gif", "avif", "webp") and pages > 1:
        notes = (*notes, f"{kind.upper()}: frame {page} of {pages} is taken, the others are left out")
    return Photo(
        name=name,
        width=width,
        height=height,
        bits=plan.bits,
        format=kind,
        page=page,
        pages=pages,
        has_alpha=header.bands > colour_bands(header),
        metadata=metadata,
        notes=(*notes, *plan.notes),
        decoder=decoder,
        orientation=orientation,
        to_srgb=plan.apply,
    )


def _of_extra(found: extras.Page, kind: str, name: str) -> Photo:
    # Only the kind of pixels matters to the plan, so one pixel stands for all of them.
    pixel = np.zeros((1, 1, found.bands), np.uint8 if found.bits == 8 else np.uint16)
    plan = profiles.plan(extras.image_of(pixel), found.metadata.icc, name)
    return Photo(
        name=name,
        width=found.width,
        height=found.height,
        bits=plan.bits,
        format=kind,
        page=found.page,
        pages=found.pages,
        has_alpha=found.bands in (2, 4),
        metadata=found.metadata,
        notes=(*found.notes, *plan.notes),
        decoder=found.decoder,
        to_srgb=plan.apply,
    )


def from_array(array: NDArray[Any], *, name: str = "<array>") -> Photo:
    """A `Photo` of pixels already in memory.

    Parameters
    ----------
    array
        (height, width) or (height, width, 1 to 4), uint8 or uint16, sRGB-encoded: grey or RGB, each with or
        without alpha. It is not copied; leave it as it is while the photograph is in use.

    Raises
    ------
    PhotoError
        When the array has another shape or type.
    """
    shaped = array.ndim == 2 or (array.ndim == 3 and 1 <= array.shape[2] <= 4)
    if array.dtype not in (np.uint8, np.uint16) or not shaped or 0 in array.shape:
        msg = (
            f"{name}: an array of shape {array.shape} and type {array.dtype} is no photograph; "
            "give uint8 or uint16 of shape (height, width) or (height, width, 1 to 4)"
        )
        raise PhotoError(msg)
    bands = 1 if array.ndim == 2 else array.shape[2]
    bits = 8 if array.dtype == np.uint8 else 16
    decoder = extras.ArrayDecoder(lambda: array, name)
    page = extras.Page(array.shape[1], array.shape[0], bits, bands, Metadata(), decoder)
    return _of_extra(page, "array", name)


def check_size(width: int, height: int, name: str, settings: Settings) -> None:
    """Refuse a photograph larger than `settings.max_pixels`, before anything is decoded."""
    if width * height > settings.max_pixels:
        found, limit = width * height, settings.max_pixels
        reason = f"it has {width} × {height} = {found:,} pixels, more than the {limit:,} allowed"
        raise TooLarge(name, found, limit=limit, reason=reason)


def _iptc(header: pyvips.Image) -> bytes | None:
    for field in header.get_fields():
        if field.startswith("png-comment-") and field.endswith("Raw profile type iptc"):
            return iptc.from_hex(header.get(field))
    return iptc.unwrap(_blob(header, "iptc-data"))


def _blob(image: pyvips.Image, field: str) -> bytes | None:
    if image.get_typeof(field) == 0:
        return None
    value = image.get(field)
    return bytes(value) if isinstance(value, bytes) and value else None


def _unprefixed(exif: bytes | None) -> bytes | None:
    return exif.removeprefix(b"Exif\0\0") if exif else None
