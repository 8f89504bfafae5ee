"""HEIC, through an extra."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tintype.notes import Note
from tintype.photo import wary
from tintype.photo.cicp import meant_by_boxes
from tintype.photo.decoder import ArrayDecoder, spread
from tintype.photo.formats.record import Format, brands
from tintype.photo.metadata import boxes
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, check_page, failing, need, of_array
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    name = source.name
    need("pillow_heif", "heic", "HEIC", name)
    looked = failing(name, "HEIC", lambda: wary.call(settings, name, _looked, source, settings.page))
    (width, height), depth, bands, icc, number, count = looked

    def make() -> NDArray[Any]:
        array = failing(name, "HEIC", lambda: wary.call(settings, name, _decoded, source, number))
        # 10 and 12 bits come shifted to the top; spread them so that white is white.
        return array if array.dtype == np.uint8 else spread(array >> (16 - depth), depth)

    words = f"HEIC: picture {number} of {count} is taken"
    notes = (Note(words, "one_of", page=number, count=count),) if count > 1 else ()
    told = meant_by_boxes(source, grey=bands < 3) if icc is None else None
    bits = 16 if depth > 8 else 8
    metadata, decoder = Metadata(icc=icc), ArrayDecoder(make)
    page = ArrayPage(width, height, bits, bands, metadata, decoder, number, count, notes, told)
    yield of_array(page, "heic", name, settings, source)


def _opened(source: PhotoFile) -> Any:
    heif = need("pillow_heif", "heic", "HEIC", source.name)
    return heif.open_heif(io.BytesIO(source.content()), convert_hdr_to_8bit=False)


def _looked(source: PhotoFile, asked: int) -> tuple[tuple[int, int], int, int, bytes | None, int, int]:
    """Size, bits, bands, profile, number and count of the picture that is taken."""
    opened = _opened(source)
    number = asked or opened.primary_index + 1
    check_page(source.name, number, len(opened))
    picture = opened[number - 1]
    icc = picture.info.get("icc_profile")
    bands = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}.get(picture.mode.split(";")[0], 3)
    depth = int(picture.info.get("bit_depth", 8))
    return picture.size, depth, bands, bytes(icc) if icc else None, number, len(opened)


def _decoded(source: PhotoFile, number: int) -> NDArray[Any]:
    return np.array(_opened(source)[number - 1])


FORMAT = Format(
    name="heic",
    title="HEIC",
    suffixes=(".heic", ".heif"),
    media="image/heic",
    # AVIF and Canon's raw use the same container.
    matches=lambda head, suffix: (
        bool(brands(head) & _BRANDS) and not brands(head) & {b"avif", b"avis", b"crx "}
    ),
    pages=_pages,
    survey=partial(boxes.survey, kind="heic"),
    becomes="jpeg",
    extra="heic",
)
