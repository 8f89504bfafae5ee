"""Date, camera and the rest from camera RAW files, each maker's in a structure of its own.

Where things lie in RAF, CR3, MRW and X3F was never published; the offsets are those that ExifTool and LibRaw
document. RW2, ORF and most others are TIFF, some under another number.
"""

from __future__ import annotations

import io
import struct
import time
from typing import Any

from tintype.notes import Note
from tintype.photo.metadata import boxes, exif, jpeg
from tintype.photo.metadata.found import Found
from tintype.photo.tiff import (
    ASCII,
    EXIF_IFD,
    GPS_IFD,
    LONG,
    Tiff,
    TiffError,
    Value,
    copy_directory,
    empty_block,
    finish_block,
)

_JPEG_OF_RW2 = 0x2E


def survey(data: Any) -> Found:
    """Everything that a camera RAW says beside its pixels; `data` is bytes or a memory map."""
    found = _survey(data)
    found.turned = True  # developing turns it
    return found


def _survey(data: Any) -> Found:
    head = bytes(data[:16])
    if head.startswith(b"FUJIFILMCCD-RAW"):
        start, length = struct.unpack(">II", data[84:92])
        return _of_jpeg(data, start, length)
    if head[4:8] == b"ftyp":
        return _cr3(data)
    if head.startswith(b"\0MRM"):
        return _mrw(data)
    if head.startswith(b"FOVb"):
        return _x3f(data)
    return _tiff(data)


def _of_jpeg(data: Any, start: int, length: int) -> Found:
    """The camera's own JPEG inside a RAW tells of the same shot."""
    inside = jpeg.survey(bytes(data[start : start + length]))
    inside.notes.clear()  # what lies behind that JPEG is no part of this photograph
    inside.second.clear()
    return inside


def _tiff(data: Any) -> Found:
    found = Found()
    file: Any = io.BytesIO(data) if isinstance(data, bytes) else _Window(data)
    with file:
        try:
            source = Tiff(file, foreign=True)
            offset = source.directories()[0]
            inside = source.entries(offset, limit=64 << 20, only=frozenset({_JPEG_OF_RW2})).get(_JPEG_OF_RW2)
        except (TiffError, IndexError):
            return found
        if inside is not None and inside.data[:2] == b"\xff\xd8":  # Panasonic
            found = _of_jpeg(inside.data, 0, len(inside.data))
            if found.exif is not None:
                return found
        page = exif.page(source, offset)
    found.exif, found.xmp, found.iptc = page.exif, found.xmp or page.xmp, page.iptc
    found.photoshop = page.photoshop
    return found


class _Window(io.RawIOBase):
    """A memory map as a file of its own, so that closing it leaves the map open."""

    def __init__(self, data: Any) -> None:
        self._data, self._at = data, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, len(self._data))[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = len(self._data) if size < 0 else self._at + size
        content = bytes(self._data[self._at : end])
        self._at += len(content)
        return content


def _cr3(data: Any) -> Found:
    """Canon: each directory is a TIFF structure of its own."""
    found = boxes.survey(data, "raw")
    moov = boxes.first(data, b"moov")
    if moov is None:
        return found
    parts: dict[bytes, bytes] = {}
    for box in boxes.boxes(data, moov.content, moov.end):
        if box.kind == b"uuid" and bytes(data[box.content : box.content + 16]) == boxes.UUID_CANON:
            for one in boxes.boxes(data, box.content + 16, box.end):
                if one.kind.startswith(b"CMT") and found.fits(one.end - one.content):
                    parts[one.kind] = bytes(data[one.content : one.end])
    found.exif = found.exif or _joined(parts)
    if b"CMT3" in parts:
        found.notes.append(Note("CR3: Canon's maker's note is left out", "left_out", names=["MakerNote"]))
    return found


def _joined(parts: dict[bytes, bytes]) -> bytes | None:
    """CMT1, CMT2 and CMT4 are the first, the EXIF and the GPS directory."""
    try:
        main = Tiff(io.BytesIO(parts[b"CMT1"]))
        block = empty_block(main.order)
        values = copy_directory(main, main.directories()[0], block, exif.STRUCTURE)
        for name, tag in ((b"CMT2", EXIF_IFD), (b"CMT4", GPS_IFD)):
            if name in parts:
                inner = Tiff(io.BytesIO(parts[name]))
                at = block.append(copy_directory(inner, inner.directories()[0], block, depth=1))
                values[tag] = Value(LONG, 1, struct.pack(block.order + "I", at))
        return finish_block(block, values)
    except (TiffError, KeyError, IndexError):
        return None


def _mrw(data: Any) -> Found:
    """Minolta: a chain of blocks before the pixels, of which one is a TIFF structure."""
    found, at, end = Found(), 8, min(struct.unpack(">I", data[4:8])[0] + 8, len(data))
    while at + 8 <= end:
        kind, length = bytes(data[at : at + 4]), struct.unpack(">I", data[at + 4 : at + 8])[0]
        if kind == b"\0TTW" and found.fits(length):
            return _tiff(bytes(data[at + 8 : at + 8 + length]))
        at += 8 + length
    return found


def _x3f(data: Any) -> Found:
    """Sigma: sections that a directory at the end lists; a JPEG tells more than the properties."""
    start = struct.unpack("<I", data[-4:])[0]
    count = struct.unpack("<I", data[start + 8 : start + 12])[0]
    properties: dict[str, str] = {}
    for i in range(min(count, 100)):
        at, length, kind = struct.unpack("<II4s", data[start + 12 + 12 * i : start + 24 + 12 * i])
        if kind in (b"IMAG", b"IMA2") and struct.unpack("<I", data[at + 12 : at + 16])[0] == 18:
            found = _of_jpeg(data, at + 28, length - 28)
            if found.exif is not None:
                return found
        elif kind == b"PROP":
            properties = _properties(bytes(data[at : at + length]))
    return Found(exif=_block(properties))


def _properties(section: bytes) -> dict[str, str]:
    count, encoding = struct.unpack_from("<II", section, 8)
    if encoding != 0:
        return {}
    texts = section[24 + 8 * count :]

    def text(at: int) -> str:
        end = 2 * at
        while texts[end : end + 2] not in (b"\0\0", b""):
            end += 2
        return texts[2 * at : end].decode("utf-16-le", "replace")

    pairs = (struct.unpack_from("<II", section, 24 + 8 * i) for i in range(min(count, 1000)))
    return {text(name): text(value) for name, value in pairs}


def _block(properties: dict[str, str]) -> bytes | None:
    """Sigma's properties as an EXIF block."""
    block = empty_block()
    values = {}
    for tag, name in ((0x10F, "CAMMANUF"), (0x110, "CAMMODEL")):
        if name in properties:
            values[tag] = _ascii(properties[name])
    seconds = properties.get("TIME", "")
    if seconds.isdecimal() and len(seconds) <= 10:
        # The camera's own clock: it knows no zone.
        stamp = _ascii(time.strftime("%Y:%m:%d %H:%M:%S", time.gmtime(int(seconds))))
        at = block.append({0x9003: stamp})
        values[EXIF_IFD] = Value(LONG, 1, struct.pack("<I", at))
    return finish_block(block, values) if values else None


def _ascii(text: str) -> Value:
    data = text.encode("ascii", "replace") + b"\0"
    return Value(ASCII, len(data), data)
