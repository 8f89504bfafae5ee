"""PDF, drawn through an extra."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import UnsupportedFormat
from tintype.notes import Note
from tintype.photo import memory, wary
from tintype.photo.decoder import ArrayDecoder, image_of
from tintype.photo.formats.record import Format
from tintype.photo.metadata.pdf import survey
from tintype.photo.model import Metadata, Photo, Text
from tintype.photo.pages import ArrayPage, check_page, check_size, failing, need, of_array
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

_POINTS = 72.0  # a PDF's unit: points an inch
_DPI = 300.0
_KEYWORDS = {"CreationDate": "Creation Time", "Creator": "Software"}
_DPI_MAX = 1200.0
_ROUNDED = 1.0
"""Points that the sides of a picture and of its page may differ by, and still mean the same."""

_SAME = 10.0
"""Of 255: how far a picture may lie, on average, from the page that shows it."""


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    name = source.name
    need("pypdfium2", "pdf", "PDF", name)
    count: int = failing(name, "PDF", lambda: wary.call(settings, name, _count, source))
    check_page(name, settings.page, count)
    for number in [settings.page] if settings.page else range(1, count + 1):
        page = failing(name, "PDF", partial(_page, number, source, settings, count))
        yield of_array(page, "pdf", name, settings, source if number == max(settings.page, 1) else None)


def _count(source: PhotoFile) -> int:
    return len(_opened(_pdfium(source), source))


def _pdfium(source: PhotoFile) -> Any:
    return need("pypdfium2", "pdf", "PDF", source.name)


def _opened(pdfium: Any, source: PhotoFile) -> Any:
    try:
        return pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) != pdfium.raw.FPDF_ERR_PASSWORD:
            raise
        remedy = "save a copy without one (print it to PDF)"
        reason = "this PDF is locked with a password"
        raise UnsupportedFormat(source.name, "a PDF with a password", reason=reason, remedy=remedy) from error


def _scan(pdfium: Any, page: Any) -> Any:
    """The one picture that fills a page and hides or is all of its content; None if there is no such one.

    Text that was recognized in a scan lies over it, and isn't drawn.
    """
    objects = list(page.get_objects(max_depth=1))
    while objects and _unseen(pdfium, objects[-1]):
        objects.pop()
    if not objects or objects[-1].type != pdfium.raw.FPDF_PAGEOBJ_IMAGE:
        return None
    fills = max(abs(a - b) for a, b in zip(objects[-1].get_bounds(), page.get_bbox(), strict=True)) < _ROUNDED
    return objects[-1] if fills and _turn(objects[-1].get_matrix().get()) else None


def _unseen(pdfium: Any, thing: Any) -> bool:
    if thing.type != pdfium.raw.FPDF_PAGEOBJ_TEXT:
        return False
    return bool(
        pdfium.raw.FPDFTextObj_GetTextRenderMode(thing.raw) == pdfium.raw.FPDF_TEXTRENDERMODE_INVISIBLE
    )


def _turn(matrix: tuple[float, ...]) -> str:
    """Whether a picture lies along its page's sides, or is turned by a quarter ("" if it lies askew)."""
    a, b, c, d, *_ = matrix
    if max(abs(b), abs(c)) < _ROUNDED:
        return "along"
    return "turned" if max(abs(a), abs(d)) < _ROUNDED else ""


def _upright(stored: NDArray[Any], matrix: tuple[float, ...], rotation: int) -> NDArray[Any]:
    """A picture's rows, as a page shows them that places it by a matrix and is then turned clockwise itself.

    PDF 1.7, 8.9.5: the matrix places the unit square whose upper left corner, (0, 1), is the first pixel.
    """
    a, b, c, d, *_ = matrix
    if _turn(matrix) == "along":
        shown = stored[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
    else:
        shown = stored.swapaxes(0, 1)[:: 1 if b < 0 else -1, :: 1 if c < 0 else -1]
    return np.rot90(shown, -rotation // 90)


def _own_pixels(pdfium: Any, page: Any, scan: Any) -> NDArray[Any] | None:
    """The picture's own pixels as the page shows them, RGB; None where it shows others (as of masks)."""
    bitmap = scan.get_bitmap(render=False)
    array = np.array(bitmap.to_numpy())
    array = array[..., None] if array.ndim == 2 else array
    stored = array.repeat(3, axis=2) if array.shape[2] == 1 else array[..., 2::-1]
    width, height = scan.get_px_size()
    if stored.shape != (height, width, 3):
        return None
    stored = np.ascontiguousarray(_upright(stored, scan.get_matrix().get(), page.get_rotation()))
    scale = 64 / max(page.get_size())
    shown = np.array(page.render(scale=scale, rev_byteorder=True).to_numpy())[..., :3]
    small = image_of(stored).thumbnail_image(shown.shape[1], height=shown.shape[0], size="force").numpy()
    return stored if np.abs(small.astype(float) - shown).mean() < _SAME else None


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is known of a page: `scale` is 0 where it is one picture, taken with its own pixels."""

    width: int
    height: int
    dpi: float
    scale: float
    texts: tuple[Text, ...]


def _page(number: int, source: PhotoFile, settings: Settings, count: int) -> ArrayPage:
    name = source.name
    sheet = wary.call(settings, name, _sheet, source, number, settings)
    if sheet.scale:
        told = f"PDF: page {number} is drawn at {sheet.dpi:.0f} dpi"
        notes = (Note(told, "drawn", page=number, dpi=round(sheet.dpi)),)
    else:
        own = f"{sheet.width} × {sheet.height}"
        told = f"PDF: page {number} is one picture, taken with its own {own} pixels"
        notes = (Note(told, "own_pixels", page=number, width=sheet.width, height=sheet.height),)

    def make() -> NDArray[Any]:
        draw = partial(wary.call, settings, name, _drawn, source, number, sheet.scale)
        array: NDArray[Any] = failing(name, "PDF", draw)
        return array

    dpi = round(sheet.dpi, 3)
    metadata = Metadata(dpi=(dpi, dpi), texts=sheet.texts)
    return ArrayPage(sheet.width, sheet.height, 8, 3, metadata, ArrayDecoder(make), number, count, notes)


def _sheet(source: PhotoFile, number: int, settings: Settings) -> _Sheet:
    pdfium, name = _pdfium(source), source.name
    document = _opened(pdfium, source)
    page, texts = document[number - 1], _texts(document)
    scan = _scan(pdfium, page)
    if scan is not None:
        width, height = scan.get_px_size()
        check_size(width, height, name, settings)
        memory.check(memory.estimate(width, height, 3, whole=True), name, settings.max_memory)
        own = _own_pixels(pdfium, page, scan)
        if own is not None:
            height, width = own.shape[:2]
            return _Sheet(width, height, width / (page.get_size()[0] / _POINTS), 0, texts)
    across, down = page.get_size()
    dpi = _scan_dpi(pdfium, page)
    scale = dpi / _POINTS
    return _Sheet(math.ceil(across * scale), math.ceil(down * scale), dpi, scale, texts)


def _drawn(source: PhotoFile, number: int, scale: float) -> NDArray[Any]:
    pdfium = _pdfium(source)
    page = _opened(pdfium, source)[number - 1]
    if not scale:
        pixels = _own_pixels(pdfium, page, _scan(pdfium, page))
        assert pixels is not None, "it was found there before"
        return np.ascontiguousarray(pixels)
    array = np.array(page.render(scale=scale, rev_byteorder=True).to_numpy())
    return array[..., :3] if array.ndim == 3 and array.shape[2] == 4 else array


def _texts(document: Any) -> tuple[Text, ...]:
    """What the document's information dictionary says (PDF 1.7, 14.3.3), under PNG's keywords."""
    told = document.get_metadata_dict(skip_empty=True)
    named = ((_KEYWORDS.get(key, key), value) for key, value in told.items())
    return tuple(Text(key, _date(value) if key == "Creation Time" else value) for key, value in named)


def _date(text: str) -> str:
    """D:19310506070809+01'00' as ISO 8601 writes it."""
    match = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)|([+-]\d\d)'(\d\d))?", text)
    if match is None:
        return text
    zone = match[7] or (f"{match[8]}:{match[9]}" if match[8] else "")
    return f"{match[1]}-{match[2]}-{match[3]}T{match[4]}:{match[5]}:{match[6]}{zone}"


def _scan_dpi(pdfium: Any, page: Any) -> float:
    """The resolution of the largest picture on a page, within 300 and 1200 dpi; 300 if there is none."""
    best = _DPI
    for picture in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = picture.get_bounds()
        if right > left and top > bottom:
            pixels = max(picture.get_px_size())
            best = max(best, pixels / (max(right - left, top - bottom) / _POINTS))
    return float(min(best, _DPI_MAX))


FORMAT = Format(
    name="pdf",
    title="PDF",
    suffixes=(".pdf",),
    media="application/pdf",
    matches=lambda head, suffix: b"%PDF-" in head[:1024],
    pages=_pages,
    survey=survey,
    becomes="tiff",
    extra="pdf",
)
