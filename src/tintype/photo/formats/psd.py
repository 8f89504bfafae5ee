"""Photoshop documents (PSD and PSB): the flattened picture that they hold beside their layers.

Its pixels are stored as those of a TIFF may be (planes apart, big-endian, plain or PackBits), so a TIFF's
directory is written around them and libvips reads that. Layout: Adobe Photoshop File Formats Specification,
2019.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyvips

from tintype.errors import Damaged, UnsupportedFormat
from tintype.notes import Note
from tintype.photo.decoder import VipsDecoder
from tintype.photo.formats.record import Format, starts
from tintype.photo.metadata import gather, photoshop
from tintype.photo.metadata.found import Found
from tintype.photo.metadata.survey import claims
from tintype.photo.model import Photo
from tintype.photo.pages import check_page, check_size, of_header
from tintype.photo.source import PhotoFile
from tintype.photo.tiff import LONG, SHORT, Tiff, Value

if TYPE_CHECKING:
    from tintype.settings import Settings

_TITLE = "PSD"
_MODES = {0: "bitmap", 1: "grey", 2: "indexed colour", 3: "RGB", 4: "CMYK", 7: "multichannel", 8: "duotone",
          9: "CIE Lab"}  # fmt: skip
_RESOLUTION, _ICC = 0x03ED, 0x040F
_GREY, _RGB, _CMYK, _DUOTONE = 1, 3, 4, 8
_PHOTOMETRIC = {_GREY: 1, _DUOTONE: 1, _RGB: 2, _CMYK: 5}


@dataclass(frozen=True, slots=True)
class _Header:
    channels: int
    height: int
    width: int
    bits: int
    mode: int
    compression: int
    rows: int  # where the lengths of the rows start (PackBits), or the pixels
    wide: bool  # PSB


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    name, content = source.name, source.content()
    check_page(name, settings.page, 1)
    try:
        header, resources, transparent = _parse(content)
        check_size(header.width, header.height, name, settings)
        _check(header, name)
        data = _as_tiff(content, header, transparent=transparent)
    except (struct.error, IndexError) as error:
        raise Damaged(name, "its structure is cut short") from error
    ink = header.mode == _CMYK
    decoder = VipsDecoder(PhotoFile(data, name), "tiffload_source", finish=_inked if ink else None)
    found, dpi = _told(resources)
    metadata = gather.gathered(found, None, dpi, source.sidecars)
    spare = header.channels - _colors(header) - transparent
    notes: tuple[Note, ...] = (Note("PSD: the flattened picture is taken, layers are left out", "layers"),)
    if spare > 0:
        told = f"PSD: {spare} saved selections or spot colours are left out"
        notes += (Note(told, "channels", n=spare),)
    yield of_header(
        decoder.image(sequential=True),
        decoder,
        "psd",
        metadata,
        settings,
        name=name,
        notes=(*source.notes, *notes, *found.notes),
    )


def _parse(data: bytes) -> tuple[_Header, bytes, bool]:
    version, channels, height, width, bits, mode = struct.unpack_from(">4xH6xHIIHH", data)
    at = 26
    at += 4 + struct.unpack_from(">I", data, at)[0]
    size = struct.unpack_from(">I", data, at)[0]
    resources = data[at + 4 : at + 4 + size]
    at += 4 + size
    wide = version == 2
    head = 8 if wide else 4
    size = int.from_bytes(data[at : at + head], "big")
    # The layers' count is negative where the first further channel is the picture's transparency.
    layers = struct.unpack_from(">h", data, at + 2 * head)[0] if size >= head + 2 else 0
    at += head + size
    compression = struct.unpack_from(">H", data, at)[0]
    header = _Header(channels, height, width, bits, mode, compression, at + 2, wide)
    return header, resources, layers < 0 and channels > _colors(header)


def _colors(header: _Header) -> int:
    return {_RGB: 3, _CMYK: 4}.get(header.mode, 1)


def _told(block: bytes) -> tuple[Found, tuple[float, float] | None]:
    """What the image resources say, and the pixels an inch."""
    iptc, others = photoshop.parted(block)
    found = Found(
        exif=photoshop.exif_of(block),
        xmp=photoshop.xmp_of(block),
        iptc=iptc,
        photoshop=others,
        icc=photoshop.content(block, _ICC) or None,
    )
    claims(found)
    size = photoshop.content(block, _RESOLUTION)
    if size is None or len(size) < 16:
        return found, None
    across, down = (n / 65536 for n in struct.unpack_from(">I4xI", size))
    return found, (round(across, 3), round(down, 3)) if across > 0 and down > 0 else None


def _check(header: _Header, name: str) -> None:
    if not (header.width and header.height and header.channels):
        raise Damaged(name, "its header says what can't be")
    mode = _MODES.get(header.mode, f"of mode {header.mode}")
    if header.mode not in _PHOTOMETRIC:
        raise UnsupportedFormat(name, f"{_TITLE} in {mode}")
    if header.bits not in (8, 16) or header.compression > 1:
        what = f"{_TITLE} of {header.bits} bits, compression {header.compression}"
        raise UnsupportedFormat(name, what, remedy="save it with 8 or 16 bits a channel")
    if header.channels < _colors(header):
        raise Damaged(name, f"{header.channels} channels for {mode}")


def _as_tiff(data: bytes, header: _Header, *, transparent: bool) -> bytes:
    """The document with a TIFF's directory behind it, and a TIFF's header before it."""
    kept = _colors(header) + transparent
    shift = 8  # the header's bytes
    big = len(data) > 3_900_000_000
    if header.compression == 1:
        kind = np.dtype(">u4" if header.wide else ">u2")
        lengths = np.frombuffer(data, kind, header.channels * header.height, header.rows).astype(np.int64)
        first = header.rows + lengths.nbytes // 8 * kind.itemsize
        ends = first + np.cumsum(lengths)
        offsets, rows = (ends - lengths)[: kept * header.height], 1
        lengths = lengths[: kept * header.height]
    else:
        plane = header.width * header.height * header.bits // 8
        offsets, lengths = header.rows + plane * np.arange(kept), np.full(kept, plane)
        rows = header.height
    if big or int(offsets[-1] + lengths[-1]) > len(data):
        msg = "cut short"
        raise IndexError(msg)
    held = io.BytesIO(b"MM" + struct.pack(">HI", 42, 0) + data)

    def value(kind: int, *numbers: int) -> Value:
        packed = struct.pack(f">{len(numbers)}{'H' if kind == SHORT else 'I'}", *numbers)
        return Value(kind, len(numbers), packed)

    entries = {
        256: value(LONG, header.width),
        257: value(LONG, header.height),
        258: value(SHORT, *[header.bits] * kept),
        259: value(SHORT, 32773 if header.compression else 1),
        262: value(SHORT, _PHOTOMETRIC[header.mode]),
        273: value(LONG, *(int(n) + shift for n in offsets)),
        277: value(SHORT, kept),
        278: value(LONG, rows),
        279: value(LONG, *map(int, lengths)),
        284: value(SHORT, 2),
    }
    if transparent:
        entries[338] = value(SHORT, 2)
    target = Tiff(held)
    first_directory = target.append(entries)
    held.seek(4)
    held.write(struct.pack(">I", first_directory))
    return held.getvalue()


def _inked(image: pyvips.Image) -> pyvips.Image:
    """Photoshop stores 0 for full ink."""
    full = 255 if image.format == "uchar" else 65535
    ink = (full - image.extract_band(0, n=4)).cast(image.format)
    rest = image.bands - 4
    ink = ink.bandjoin(image.extract_band(4, n=rest)) if rest else ink
    return ink.copy(interpretation=image.interpretation)


FORMAT = Format(
    name="psd",
    title=_TITLE,
    suffixes=(".psd", ".psb"),
    media="image/vnd.adobe.photoshop",
    matches=starts(b"8BPS\0\1", b"8BPS\0\2"),
    pages=_pages,
    becomes="png",
)
