"""Windows bitmaps; libvips' wheel doesn't read them, `tintype.photo.bmp` does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tintype.photo import bmp
from tintype.photo.decoder import ArrayDecoder
from tintype.photo.formats.record import Format, starts
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, of_array
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    content, name = source.content(), source.name
    header = bmp.parse(content, name)
    grey = header.bits <= 8 and bool((header.palette == header.palette[:, :1]).all())
    bands = 1 if grey else 4 if header.bits > 8 and header.bits != 24 and header.masks[3] else 3
    decoder = ArrayDecoder(lambda: bmp.decode(content, header, name))
    page = ArrayPage(header.width, header.height, 8, bands, Metadata(dpi=header.dpi), decoder)
    yield of_array(page, "bmp", name, settings)


FORMAT = Format(
    name="bmp",
    title="BMP",
    suffixes=(".bmp", ".dib"),
    media="image/bmp",
    matches=starts(b"BM"),
    pages=_pages,
    becomes="png",
)
