"""PDF, drawn through an extra."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import UnsupportedFormat
from tintype.photo import memory
from tintype.photo.decoder import ArrayDecoder, image_of
from tintype.photo.formats.record import Format
from tintype.photo.model import Metadata, Photo, Text
from tintype.photo.pages import ArrayPage, check_page, check_size, failing, need, of_array
from tintype.photo.source import Source

if TYPE_CHECKING:
    from tintype.settings import Settings

_POINTS = 72.0  # a PDF's unit: points an inch
_DPI = 300.0
_KEYWORDS = {"CreationDate": "Creation Time", "Creator": "Software"}
_DPI_MAX = 1200.0
_SAME = 10.0
"""Of 255: how far a picture may lie, on average, from the page that shows it."""


def _pages(source: Source, settings: Settings) -> Iterator[Photo]:
    name = source.name
    pdfium = need("pypdfium2", "pdf", "PDF", name)
    document = failing(name, "PDF", lambda: _opened(pdfium, source))
    count = len(document)
    check_page(name, settings.page, count)
    for number in [settings.page] if settings.page else range(1, count + 1):
        page = failing(name, "PDF", partial(_page, pdfium, document, number, name, settings))
        yield of_array(page, "pdf", name, settings, source if number == max(settings.page, 1) else None)


def _opened(pdfium: Any, source: Source) -> Any:
    try:
        return pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) != pdfium.raw.FPDF_ERR_PASSWORD:
            raise
        remedy = "save a copy without one (print it to PDF)"
        reason = "this PDF is locked with a password"
        raise UnsupportedFormat(source.name, "a PDF with a password", reason=reason, remedy=remedy) from error


def _scan(pdfium: Any, page: Any) -> Any:
    """The one picture that fills a page and is its only content, upright; None if there is no such one."""
    objects = list(page.get_objects(max_depth=1))
    if len(objects) != 1 or objects[0].type != pdfium.raw.FPDF_PAGEOBJ_IMAGE or page.get_rotation():
        return None
    across, down = page.get_size()
    matrix = objects[0].get_matrix().get()
    fills = (across, 0.0, 0.0, down, 0.0, 0.0)
    return objects[0] if max(abs(a - b) for a, b in zip(matrix, fills, strict=True)) < 0.6 else None


def _own_pixels(pdfium: Any, page: Any, scan: Any, name: str) -> NDArray[Any] | None:
    """The picture as it is stored, as RGB; None where that isn't what the page shows (masks, inversions)."""
    bitmap = scan.get_bitmap(render=False)
    array = np.array(bitmap.to_numpy())
    array = array[..., None] if array.ndim == 2 else array
    stored = array.repeat(3, axis=2) if array.shape[2] == 1 else array[..., 2::-1]
    width, height = scan.get_px_size()
    if stored.shape != (height, width, 3):
        return None
    scale = 64 / max(page.get_size())
    shown = np.array(page.render(scale=scale, rev_byteorder=True).to_numpy())[..., :3]
    small = image_of(stored).thumbnail_image(shown.shape[1], height=shown.shape[0], size="force").numpy()
    return stored if np.abs(small.astype(float) - shown).mean() < _SAME else None


def _page(pdfium: Any, document: Any, number: int, name: str, settings: Settings) -> ArrayPage:
    page = document[number - 1]
    scan = _scan(pdfium, page)
    if scan is not None:
        width, height = scan.get_px_size()
        check_size(width, height, name, settings)
        memory.check(memory.estimate(width, height, 3, whole=True), name, settings.max_memory)
        pixels = _own_pixels(pdfium, page, scan, name)
        if pixels is not None:
            dpi = round(width / (page.get_size()[0] / _POINTS), 3)
            notes = (f"PDF: page {number} is one picture, taken with its own {width} × {height} pixels",)
            metadata = Metadata(dpi=(dpi, dpi), texts=_texts(document))
            decoder = ArrayDecoder(lambda: pixels)
            return ArrayPage(width, height, 8, 3, metadata, decoder, number, len(document), notes)
    across, down = page.get_size()
    dpi = _scan_dpi(pdfium, page)
    scale = dpi / _POINTS

    def draw() -> NDArray[Any]:
        array = np.array(page.render(scale=scale, rev_byteorder=True).to_numpy())
        return array[..., :3] if array.ndim == 3 and array.shape[2] == 4 else array

    def make() -> NDArray[Any]:
        array: NDArray[Any] = failing(name, "PDF", draw)
        return array

    size = math.ceil(across * scale), math.ceil(down * scale)
    metadata = Metadata(dpi=(round(dpi, 3), round(dpi, 3)), texts=_texts(document))
    notes = (f"PDF: page {number} is drawn at {dpi:.0f} dpi",)
    return ArrayPage(*size, 8, 3, metadata, ArrayDecoder(make), number, len(document), notes)


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
    becomes="tiff",
    extra="pdf",
)
