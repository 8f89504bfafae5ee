"""JPEG 2000 (JP2 files and bare code streams), through an extra: OpenJPEG."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.errors import Damaged, UnsupportedFormat
from tintype.photo import wary
from tintype.photo.decoder import ArrayDecoder, spread
from tintype.photo.formats import _jp2_header as jp2
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.metadata.boxes import box, first
from tintype.photo.metadata.boxes_write import into_jp2
from tintype.photo.metadata.jp2 import survey
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, check_page, check_size, failing, need, of_array
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

_TITLE = "JPEG 2000"
_SPACES = {12: "CMYK", 13: "CMYK", 14: "CIE Lab", 18: "sYCC", 1: "YCbCr", 3: "YCbCr", 4: "YCbCr"}


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    name = source.name
    need("imagecodecs", "jp2", _TITLE, name)
    content = source.content()
    try:
        header = jp2.parse(content)
    except jp2.HeaderError as error:
        raise Damaged(name, str(error)) from error
    check_page(name, settings.page, 1)
    check_size(header.width, header.height, name, settings)
    bands, depth = _layout(header, name)

    def make() -> NDArray[Any]:
        array: NDArray[Any] = failing(name, _TITLE, lambda: wary.call(settings, name, _decoded, source))
        array = array if array.ndim == 2 else array[..., 0] if array.shape[2] == 1 else array
        expected = (header.height, header.width) + ((bands,) if bands > 1 else ())
        if array.shape != expected:
            raise Damaged(name, f"{array.shape} samples instead of {expected}")
        return spread(array, depth)

    metadata = Metadata(icc=header.icc, dpi=header.dpi)
    bits = 8 if depth <= 8 else 16
    decoder = ArrayDecoder(make)
    page = ArrayPage(header.width, header.height, bits, bands, metadata, decoder)
    yield of_array(page, "jp2", name, settings, source)


def _decoded(source: PhotoFile) -> NDArray[Any]:
    codecs = need("imagecodecs", "jp2", _TITLE, source.name)
    array: NDArray[Any] = codecs.jpeg2k_decode(source.content(), numthreads=1)
    return array


def _layout(header: jp2.Jp2, name: str) -> tuple[int, int]:
    """How many bands the decoder gives, of how many bits; what it gets wrong is UnsupportedFormat."""
    depths = header.palette or header.depths
    why = ""
    if header.space in _SPACES:
        why = f"{_TITLE} in {_SPACES[header.space]}"
    elif header.signed or header.subsampled:
        why = f"{_TITLE} with {'signed' if header.signed else 'subsampled'} components"
    elif len(set(depths)) > 1 or not 1 <= depths[0] <= 16:
        why = f"{_TITLE} with components of {', '.join(map(str, depths))} bits"
    elif len(depths) > 4:
        why = f"{_TITLE} with {len(depths)} components"
    elif header.alpha is not None and header.alpha != len(depths) - 1:
        why = f"{_TITLE} whose transparency comes before its colours"
    elif len(depths) in (2, 4) and header.alpha is None:
        why = f"{_TITLE} with {len(depths)} components that it doesn't define"
    if why:
        raise UnsupportedFormat(name, why)
    return len(depths), depths[0]


def _encode(image: pyvips.Image, file: BinaryIO, settings: Settings, total_bytes: int) -> None:
    codecs = need("imagecodecs", "jp2", _TITLE, "")
    pixels = np.ascontiguousarray(image.numpy())
    # Level 0 with the reversible transform keeps every bit; threads don't change the bytes.
    encoded = codecs.jpeg2k_encode(pixels, level=0, reversible=True, codecformat="jp2", numthreads=1)
    file.write(encoded)


def _inject(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a JP2 file with its channels defined, its resolution, and metadata."""
    data = source.read()
    header = first(data, b"jp2h")
    assert header is not None, "OpenJPEG writes one"
    content = data[header.content : header.end]
    grown = box(b"jp2h", content, _channels(content), _resolution(metadata))
    into_jp2(io.BytesIO(data[: header.start] + grown + data[header.end :]), target, metadata)


def _channels(header: bytes) -> bytes:
    """A channel definition (I.5.3.6) where the last of two or four components is transparency."""
    told = first(header, b"ihdr")
    count = struct.unpack_from(">H", header, told.content + 8)[0] if told else 0
    if count not in (2, 4):
        return b""
    defined = [(n, 0, n + 1) for n in range(count - 1)] + [(count - 1, 1, 0)]
    return box(b"cdef", struct.pack(f">H{3 * count}H", count, *(n for d in defined for n in d)))


def _resolution(metadata: Metadata) -> bytes:
    """Capture resolution (I.5.3.7.1): samples a metre, as fractions of 16-bit numbers."""
    if metadata.dpi is None:
        return b""
    from fractions import Fraction

    across, down = (Fraction(d / 0.0254 / 100).limit_denominator(500) for d in metadata.dpi)
    if max(across.numerator, down.numerator) > 65535 or not (across and down):
        return b""
    numbers = (down.numerator, down.denominator, across.numerator, across.denominator, 2, 2)
    return box(b"res ", box(b"resc", struct.pack(">4H2b", *numbers)))


FORMAT = Format(
    name="jp2",
    title=_TITLE,
    suffixes=(".jp2",),
    also=(".j2k", ".j2c", ".jpc", ".jpf", ".jpx", ".jph"),
    media="image/jp2",
    matches=starts(b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"),
    pages=_pages,
    survey=survey,
    saving=Saving(
        encode=_encode,
        bits=16,
        side=2**31 - 1,
        lossless="always",
        inject=_inject,
        holds=frozenset({"exif", "xmp", "iptc", "dpi"}),
        profiles=False,
    ),
    extra="jp2",
    needs="imagecodecs",
)
