"""JPEG XL, through an extra: libjxl."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.errors import Damaged, UnsupportedFormat
from tintype.notes import Note
from tintype.photo import memory, wary
from tintype.photo.decoder import ArrayDecoder, spread
from tintype.photo.formats import _jxl_header as jxl
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.metadata import boxes, exif
from tintype.photo.metadata.boxes_write import into_jxl
from tintype.photo.metadata.survey import survey
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, check_page, check_size, failing, need, of_array
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

_TITLE = "JPEG XL"
_STREAM = b"\xff\x0a"
_CONTAINER = b"\0\0\0\x0cJXL "


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    name = source.name
    need("imagecodecs", "jxl", _TITLE, name)
    content = source.content()
    try:
        header = _header(content)
    except jxl.HeaderError as error:
        raise Damaged(name, str(error)) from error
    check_page(name, settings.page, 1)
    check_size(header.width, header.height, name, settings)
    if header.floating or not 1 <= header.bits <= 16:
        what = f"{_TITLE} with {header.bits}-bit {'floats' if header.floating else 'samples'}"
        raise UnsupportedFormat(name, what)
    if header.extra not in ((), (0,)):
        raise UnsupportedFormat(name, f"{_TITLE} with channels beside colour and transparency")
    bands = (1 if header.grey else 3) + len(header.extra)
    turned = header.orientation >= 5
    width, height = (header.height, header.width) if turned else (header.width, header.height)

    def make() -> NDArray[Any]:
        array: NDArray[Any] = failing(name, _TITLE, lambda: wary.call(settings, name, _decoded, source))
        array = array[0] if header.animated and array.ndim == 4 - (bands == 1) else array
        array = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
        expected = (height, width) + ((bands,) if bands > 1 else ())
        if array.shape != expected:
            raise Damaged(name, f"{array.shape} samples instead of {expected}")
        return spread(array, header.bits)

    needed = memory.estimate(width, height, bands * (2 if header.bits > 8 else 1), whole=True)
    memory.check(needed, name, settings.max_memory)
    icc = None if header.srgb else _profile(source, settings)
    metadata = Metadata(icc=icc, dpi=exif.resolution(survey(content, "jxl").exif))
    told = Note(f"{_TITLE}: the first frame is taken, the others are left out", "first")
    notes = (told,) if header.animated else ()
    bits = 8 if header.bits <= 8 else 16
    page = ArrayPage(width, height, bits, bands, metadata, ArrayDecoder(make), notes=notes)
    yield of_array(page, "jxl", name, settings, source)


def _decoded(source: PhotoFile) -> NDArray[Any]:
    codecs = need("imagecodecs", "jxl", _TITLE, source.name)
    array: NDArray[Any] = codecs.jpegxl_decode(source.content(), numthreads=1)
    return array


def _header(data: bytes) -> jxl.Jxl:
    if data.startswith(_STREAM):
        return jxl.parse(data[:1000])
    stream = b""
    for box in boxes.boxes(data):
        if box.kind in (b"jxlc", b"jxlp") and len(stream) < 1000:
            stream += data[box.content + 4 * (box.kind == b"jxlp") : box.end][:1000]
    return jxl.parse(stream)


def _profile(source: PhotoFile, settings: Settings) -> bytes:
    """The profile of the colours, which is packed within the code stream; a second library unpacks it."""
    need("pillow_jxl", "jxl", f"{_TITLE} in other colours than sRGB", source.name)
    icc: bytes = failing(source.name, _TITLE, lambda: wary.call(settings, source.name, _unpacked, source))
    if not icc:
        raise UnsupportedFormat(source.name, f"{_TITLE} in unknown colours")
    return icc


def _unpacked(source: PhotoFile) -> bytes:
    plugin = need("pillow_jxl", "jxl", _TITLE, source.name)
    return bytes(plugin.Decoder(num_threads=1)(source.content())[3] or b"")


def _encode(image: pyvips.Image, file: BinaryIO, settings: Settings, total_bytes: int) -> None:
    codecs = need("imagecodecs", "jxl", _TITLE, "")
    deep = image.format == "ushort"
    if deep and not settings.lossless:
        # The encoder takes 16 bits for linear light.
        image = (image.colourspace("scrgb") * 65535).rint().cast("ushort")
    pixels = np.ascontiguousarray(image.numpy())
    how: dict[str, Any] = {"lossless": True, "effort": 4} if settings.lossless else {
        "lossless": False, "distance": _distance(settings.quality)}  # fmt: skip
    encoded = bytearray(codecs.jpegxl_encode(pixels, usecontainer=True, numthreads=1, **how))
    if deep:
        start = encoded.index(b"jxlc" + _STREAM) + 4
        jxl.call_srgb(encoded, start)
    file.write(encoded)


def _distance(quality: int) -> float:
    """libjxl's own mapping (JxlEncoderDistanceFromQuality): 1 just noticeable, at quality 90."""
    if quality >= 100:
        return 0.01
    if quality >= 30:
        return 0.1 + (100 - quality) * 0.09
    return 53 / 3000 * quality**2 - 23 / 20 * quality + 25


FORMAT = Format(
    name="jxl",
    title=_TITLE,
    suffixes=(".jxl",),
    media="image/jxl",
    matches=starts(_STREAM, _CONTAINER),
    pages=_pages,
    survey=partial(boxes.survey, kind="jxl"),
    saving=Saving(
        encode=_encode,
        bits=16,
        side=2**30,
        lossless="option",
        inject=into_jxl,
        profiles=False,
    ),
    extra="jxl",
    needs="imagecodecs",
)
