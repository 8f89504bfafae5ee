"""Formats that libvips' wheel doesn't read: BMP by ourselves; HEIC, camera RAW and PDF through extras.

The extras are imported only when such a file comes; a missing one is named with the command that installs it.
"""

from __future__ import annotations

import importlib
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.errors import Damaged, MissingDecoder, PhotoError
from tintype.photo import bmp
from tintype.photo.errors import one_line, translate
from tintype.photo.metadata import exif
from tintype.photo.model import Metadata

if TYPE_CHECKING:
    from tintype.settings import Settings

_POINTS = 72.0  # a PDF's unit: points an inch
_PDF_DPI = 300.0
_PDF_DPI_MAX = 1200.0


@dataclass(slots=True)
class ArrayDecoder:
    """Draws a page that another library decodes, once, when its pixels are first asked for."""

    make: Callable[[], NDArray[Any]]
    name: str
    _made: pyvips.Image | None = field(default=None, repr=False)

    def image(self, *, sequential: bool) -> pyvips.Image:
        """See `tintype.photo.model.Decoder`."""
        if self._made is None:
            self._made = image_of(self.make())
        return self._made

    def shrunk(self, factor: float) -> tuple[pyvips.Image, float]:
        """See `tintype.photo.model.Decoder`: these formats don't shrink while decoding."""
        return self.image(sequential=False), 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a page before it is decoded; the size is upright."""

    width: int
    height: int
    bits: int
    bands: int
    metadata: Metadata
    decoder: ArrayDecoder
    page: int = 1
    pages: int = 1
    notes: tuple[str, ...] = ()


def image_of(array: NDArray[Any]) -> pyvips.Image:
    """A (height, width) or (height, width, bands) array of uint8 or uint16 as an image of grey or sRGB."""
    array = np.ascontiguousarray(array)
    bands = 1 if array.ndim == 2 else array.shape[2]
    deep = array.dtype == np.uint16
    label = ("grey16" if deep else "b-w") if bands < 3 else ("rgb16" if deep else "srgb")
    return pyvips.Image.new_from_array(array).copy(interpretation=label)


def pages(data: str | bytes, kind: str, name: str, settings: Settings) -> Iterator[Page]:
    """The pages of a BMP, HEIC, RAW or PDF file that `settings.page` asks for, not yet decoded.

    Raises PhotoError when the extra is missing or the file can't be read.
    """
    yield from {"bmp": _bmp, "heic": _heic, "raw": _raw, "pdf": _pdf}[kind](data, name, settings)


def _need(module: str, extra: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        what = {"heic": "HEIC", "raw": "camera RAW", "pdf": "PDF"}[extra]
        raise MissingDecoder(name, what, extra=extra, package=module) from error


def _bytes(data: str | bytes) -> bytes:
    return data if isinstance(data, bytes) else Path(data).read_bytes()


def _failing(name: str, what: str, make: Callable[[], Any]) -> Any:
    """Call a decoder that is not ours: it may fail with anything, and all of it means a bad file."""
    try:
        with translate(name):
            return make()
    except PhotoError:
        raise
    except Exception as error:
        detail = one_line(error)
        why = f"the {what} is damaged or of an unknown kind ({detail})"
        raise Damaged(name, detail, reason=why) from error


def _bmp(data: str | bytes, name: str, settings: Settings) -> Iterator[Page]:
    content = _bytes(data)
    header = bmp.parse(content, name)
    grey = header.bits <= 8 and bool((header.palette == header.palette[:, :1]).all())
    bands = 1 if grey else 4 if header.bits > 8 and header.bits != 24 and header.masks[3] else 3
    decoder = ArrayDecoder(lambda: bmp.decode(content, header, name), name)
    yield Page(header.width, header.height, 8, bands, Metadata(dpi=header.dpi), decoder)


def _heic(data: str | bytes, name: str, settings: Settings) -> Iterator[Page]:
    heif = _need("pillow_heif", "heic", name)
    content = _bytes(data)
    opened = _failing(name, "HEIC", lambda: heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=False))
    index = settings.page - 1 if settings.page else opened.primary_index
    if index >= len(opened):
        raise no_page(name, settings.page, len(opened))
    picture = opened[index]
    depth = int(picture.info.get("bit_depth", 8))
    info = picture.info
    exif = info.get("exif")
    metadata = Metadata(
        exif=bytes(exif).removeprefix(b"Exif\0\0") if exif else None,
        xmp=bytes(info["xmp"]) if info.get("xmp") else None,
        icc=bytes(info["icc_profile"]) if info.get("icc_profile") else None,
    )

    def make() -> NDArray[Any]:
        array = _failing(name, "HEIC", lambda: np.asarray(picture))
        # 10 and 12 bits come shifted to the top; spread them so that white is white.
        return array if array.dtype == np.uint8 else _spread(array, depth)

    many = (f"HEIC: picture {index + 1} of {len(opened)} is taken",) if len(opened) > 1 else ()
    bands = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}.get(picture.mode.split(";")[0], 3)
    width, height = picture.size
    bits = 16 if depth > 8 else 8
    decoder = ArrayDecoder(make, name)
    yield Page(width, height, bits, bands, metadata, decoder, index + 1, len(opened), many)


def _spread(array: NDArray[np.uint16], depth: int) -> NDArray[np.uint16]:
    values = (array >> (16 - depth)).astype(np.uint32)
    full = (1 << depth) - 1
    return ((values * 65535 + full // 2) // full).astype(np.uint16)


def _raw(data: str | bytes, name: str, settings: Settings) -> Iterator[Page]:
    rawpy = _need("rawpy", "raw", name)

    def opened() -> Any:
        return rawpy.imread(data if isinstance(data, str) else io.BytesIO(data))

    def make() -> NDArray[Any]:
        def develop() -> NDArray[Any]:
            with opened() as raw:
                # The sRGB curve, 16 bits, the camera's white balance; brightness as exposed.
                array: NDArray[Any] = raw.postprocess(
                    output_bps=16,
                    gamma=(2.4, 12.92),
                    use_camera_wb=True,
                    no_auto_bright=True,
                    output_color=rawpy.ColorSpace.sRGB,
                )
                return array

        array: NDArray[Any] = _failing(name, "RAW", develop)
        return array

    def size() -> tuple[int, int]:
        with opened() as raw:
            sizes = raw.sizes
            # 5 and 6: a quarter turn, which developing applies.
            turned = sizes.flip in (5, 6)
            return (sizes.iheight, sizes.iwidth) if turned else (sizes.iwidth, sizes.iheight)

    width, height = _failing(name, "RAW", size)
    yield Page(width, height, 16, 3, _raw_metadata(data), ArrayDecoder(make, name))


def _raw_metadata(data: str | bytes) -> Metadata:
    """What the first directory says, in the many kinds of camera RAW that are built on TIFF."""
    with io.BytesIO(data) if isinstance(data, bytes) else Path(data).open("rb") as file:
        directories, _ = exif.survey(file)
    if not directories:
        return Metadata()
    first = directories[0]
    return Metadata(exif=first.exif, xmp=first.xmp, iptc=first.iptc)


def _pdf(data: str | bytes, name: str, settings: Settings) -> Iterator[Page]:
    pdfium = _need("pypdfium2", "pdf", name)
    document = _failing(name, "PDF", lambda: pdfium.PdfDocument(data))
    count = len(document)
    if settings.page > count:
        raise no_page(name, settings.page, count)
    for number in [settings.page] if settings.page else range(1, count + 1):
        yield _failing(name, "PDF", partial(_pdf_page, pdfium, document, number, name))


def _pdf_page(pdfium: Any, document: Any, number: int, name: str) -> Page:
    page = document[number - 1]
    across, down = page.get_size()
    dpi = _scan_dpi(pdfium, page)
    scale = dpi / _POINTS

    def draw() -> NDArray[Any]:
        array = np.array(page.render(scale=scale, rev_byteorder=True).to_numpy())
        return array[..., :3] if array.ndim == 3 and array.shape[2] == 4 else array

    def make() -> NDArray[Any]:
        array: NDArray[Any] = _failing(name, "PDF", draw)
        return array

    size = math.ceil(across * scale), math.ceil(down * scale)
    metadata = Metadata(dpi=(round(dpi, 3), round(dpi, 3)))
    notes = (f"PDF: page {number} is drawn at {dpi:.0f} dpi",)
    return Page(*size, 8, 3, metadata, ArrayDecoder(make, name), number, len(document), notes)


def _scan_dpi(pdfium: Any, page: Any) -> float:
    """The resolution of the largest picture on a page, within 300 and 1200 dpi; 300 if there is none."""
    best = _PDF_DPI
    for picture in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = picture.get_bounds()
        if right > left and top > bottom:
            pixels = max(picture.get_px_size())
            best = max(best, pixels / (max(right - left, top - bottom) / _POINTS))
    return float(min(best, _PDF_DPI_MAX))


def no_page(name: str, page: int, pages: int) -> PhotoError:
    """The error for a page that a file doesn't have."""
    return PhotoError(f"{name}: there is no page {page}, it has {pages}; choose a page up to {pages}")
