"""Read photographs: any source, any format, every page; checked from the header before a pixel is decoded."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyvips

from tintype.errors import PhotoError
from tintype.photo import formats, profiles
from tintype.photo.errors import translate
from tintype.photo.model import Metadata, Photo, colour_bands, dots_per_inch

if TYPE_CHECKING:
    from tintype.settings import Settings

_LOADERS = {
    "jpeg": "jpegload_source",
    "png": "pngload_source",
    "tiff": "tiffload_source",
    "webp": "webpload_source",
    "avif": "heifload_source",
    "gif": "gifload_source",
}
# Turned by a quarter, a picture's resolutions change places.
_QUARTER_TURNS = range(5, 9)


@dataclasses.dataclass(frozen=True, slots=True)
class VipsDecoder:
    """Draws one page of a file, or of bytes, through libvips."""

    data: str | bytes
    format: str
    page: int  # from 0

    def image(self, *, sequential: bool) -> pyvips.Image:
        """See `tintype.photo.model.Decoder`."""
        return self._load(access="sequential" if sequential else "random")

    def shrunk(self, factor: float) -> tuple[pyvips.Image, float]:
        """See `tintype.photo.model.Decoder`: JPEG shrinks by 2, 4 or 8, WebP by anything."""
        # What the decoder leaves is at least 1.5 times the size asked for, so that the last step, a Lanczos
        # resize, decides how the picture looks, as it does for the formats that don't shrink.
        room = factor / 1.5
        if self.format == "jpeg" and room >= 2:
            shrink = 8 if room >= 8 else 4 if room >= 4 else 2
            return self._load(access="sequential", shrink=shrink), float(shrink)
        return self._load(access="sequential"), 1.0

    def _load(self, **options: Any) -> pyvips.Image:
        if self.format in ("tiff", "gif", "avif") and self.page:
            options["page"] = self.page
        if isinstance(self.data, bytes):
            source = pyvips.Source.new_from_memory(self.data)
        else:
            source = pyvips.Source.new_from_file(self.data)
        # "error": a truncated or damaged file must fail, not come out half grey.
        return pyvips.Operation.call(_LOADERS[self.format], source, fail_on="error", **options)


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
        msg = f"{name}: the file is empty; get a fresh copy of it"
        raise PhotoError(msg)
    kind = formats.sniff(head, Path(name).suffix)
    if kind is None:
        msg = (
            f"{name}: this is {formats.describe(head)}, not a photograph that Tintype reads; "
            "give it a JPEG, PNG, TIFF, WebP, AVIF, BMP, GIF, HEIC, camera RAW or PDF"
        )
        raise PhotoError(msg)
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


def printable(path: object) -> str:
    """A path as text that can be printed everywhere (undecodable bytes become ``?``)."""
    if isinstance(path, int):  # the name of a file opened by its descriptor
        return ""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def _head(path: str, name: str) -> bytes:
    with translate(name), Path(path).open("rb") as file:
        return file.read(formats.HEAD)


def _pages(data: str | bytes, kind: str, name: str, settings: Settings) -> Iterable[Photo]:
    if kind not in _LOADERS:
        msg = f"{name}: {kind} can't be read yet"
        raise PhotoError(msg)
    first = VipsDecoder(data, kind, 0).image(sequential=True)
    pages = first.get("n-pages") if "n-pages" in first.get_fields() else 1
    if settings.page > pages:
        msg = f"{name}: there is no page {settings.page}, it has {pages}; choose a page up to {pages}"
        raise PhotoError(msg)
    if settings.page:
        wanted: Iterable[int] = [settings.page]
    else:
        wanted = range(1, pages + 1) if kind == "tiff" else [1]
    for page in wanted:
        decoder = VipsDecoder(data, kind, page - 1)
        header = decoder.image(sequential=True) if page > 1 else first
        yield from_header(header, decoder, kind, name, page, pages, settings)


def from_header(
    header: pyvips.Image,
    decoder: Any,
    kind: str,
    name: str,
    page: int,
    pages: int,
    settings: Settings,
    notes: tuple[str, ...] = (),
) -> Photo:
    """A `Photo` of what a header says. Raises PhotoError if it is too large or can't be coloured."""
    fields = set(header.get_fields())
    check_size(header.width, header.height, name, settings)
    orientation = header.get("orientation") if "orientation" in fields else 1
    orientation = orientation if 1 <= orientation <= 8 else 1
    turned = orientation in _QUARTER_TURNS
    width, height = (header.height, header.width) if turned else (header.width, header.height)
    icc = _blob(header, "icc-profile-data")
    plan = profiles.plan(header, icc, name)
    dpi = dots_per_inch(header)
    metadata = Metadata(
        exif=_unprefixed(_blob(header, "exif-data")),
        xmp=_blob(header, "xmp-data"),
        iptc=_blob(header, "iptc-data"),
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


def check_size(width: int, height: int, name: str, settings: Settings) -> None:
    """Refuse a photograph larger than `settings.max_pixels`, before anything is decoded."""
    if width * height > settings.max_pixels:
        msg = (
            f"{name}: it has {width} × {height} = {width * height:,} pixels, more than the "
            f"{settings.max_pixels:,} allowed; raise max_pixels if that is meant"
        )
        raise PhotoError(msg)


def _blob(image: pyvips.Image, field: str) -> bytes | None:
    if image.get_typeof(field) == 0:
        return None
    value = image.get(field)
    return bytes(value) if isinstance(value, bytes) and value else None


def _unprefixed(exif: bytes | None) -> bytes | None:
    return exif.removeprefix(b"Exif\0\0") if exif else None
