"""HEIC, through an extra."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tintype.photo.decoder import ArrayDecoder, spread
from tintype.photo.formats.record import Format, brands
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, check_page, failing, need, of_array
from tintype.photo.source import Source

if TYPE_CHECKING:
    from tintype.settings import Settings

_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def _pages(source: Source, settings: Settings) -> Iterator[Photo]:
    name = source.name
    heif = need("pillow_heif", "heic", "HEIC", name)
    content = source.content()
    opened = failing(name, "HEIC", lambda: heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=False))
    index = settings.page - 1 if settings.page else opened.primary_index
    check_page(name, index + 1, len(opened))
    picture = opened[index]
    depth = int(picture.info.get("bit_depth", 8))
    info = picture.info
    metadata = Metadata(icc=bytes(info["icc_profile"]) if info.get("icc_profile") else None)

    def make() -> NDArray[Any]:
        array = failing(name, "HEIC", lambda: np.asarray(picture))
        # 10 and 12 bits come shifted to the top; spread them so that white is white.
        return array if array.dtype == np.uint8 else spread(array >> (16 - depth), depth)

    many = (f"HEIC: picture {index + 1} of {len(opened)} is taken",) if len(opened) > 1 else ()
    bands = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}.get(picture.mode.split(";")[0], 3)
    width, height = picture.size
    bits = 16 if depth > 8 else 8
    page = ArrayPage(width, height, bits, bands, metadata, ArrayDecoder(make), index + 1, len(opened), many)
    yield of_array(page, "heic", name, settings, source)


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
    becomes="jpeg",
    extra="heic",
)
