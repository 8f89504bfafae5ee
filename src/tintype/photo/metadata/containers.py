"""Put metadata into a file that libvips has written, byte for byte.

libvips hands EXIF to libexif, which drops the tags that it doesn't know and damages makers' notes; so JPEG,
PNG and WebP files are written with their pixels and profile alone, and get the rest here.
"""

from __future__ import annotations

import io
import shutil
import struct
import zlib
from typing import BinaryIO

from tintype.photo.metadata import iptc
from tintype.photo.model import Metadata

_XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"
SEGMENT = 65533
"""Bytes that one JPEG segment holds."""

ROOM = {"exif": SEGMENT - 6, "xmp": SEGMENT - len(_XMP_HEAD), "iptc": SEGMENT - 30}
"""Bytes that a JPEG has for each kind of metadata."""


def into_jpeg(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a JPEG with APP1 (EXIF, XMP) and APP13 (IPTC) segments behind its JFIF header.

    Order and content: EXIF 3.0, 4.5.4; XMP specification part 3, 1.1.3.
    """
    target.write(source.read(2))
    # JFIF says the resolution; without a known one only that pixels are square.
    unit, across, down = (1, *_rounded(metadata.dpi)) if metadata.dpi else (0, 1, 1)
    target.write(_segment(0xE0, struct.pack(">5sHBHHBB", b"JFIF\0", 0x0102, unit, across, down, 0, 0)))
    if metadata.exif is not None:
        target.write(_segment(0xE1, b"Exif\0\0" + metadata.exif))
    if metadata.xmp is not None:
        target.write(_segment(0xE1, _XMP_HEAD + metadata.xmp))
    if metadata.iptc is not None:
        target.write(_segment(0xED, iptc.segment(metadata.iptc)))
    marker = source.read(4)
    if marker[:2] == b"\xff\xe0":  # libvips' own JFIF header
        source.seek(int.from_bytes(marker[2:], "big") - 2, io.SEEK_CUR)
    else:
        target.write(marker)
    shutil.copyfileobj(source, target, 1 << 20)


def _rounded(dpi: tuple[float, float]) -> tuple[int, int]:
    across, down = (min(max(round(d), 1), 65535) for d in dpi)
    return across, down


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def into_png(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a PNG with eXIf, iTXt (XMP), zTXt (IPTC as ImageMagick and ExifTool know it) and pHYs chunks.

    Layout: PNG 3rd edition, 11.3; XMP specification part 3, 1.1.5.
    """
    target.write(source.read(33))  # the signature and IHDR
    if metadata.dpi:
        across, down = (round(d / 0.0254) for d in metadata.dpi)
        target.write(_chunk(b"pHYs", struct.pack(">IIB", across, down, 1)))
    if metadata.exif is not None:
        target.write(_chunk(b"eXIf", metadata.exif))
    if metadata.xmp is not None:
        target.write(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + metadata.xmp))
    if metadata.iptc is not None:
        block = iptc.resource(metadata.iptc)
        text = f"\niptc\n{len(block):8}\n{block.hex()}\n".encode("ascii")
        target.write(_chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(text)))
    while head := source.read(8):
        length = int.from_bytes(head[:4], "big") + 4
        if head[4:] == b"pHYs":
            source.seek(length, io.SEEK_CUR)
            continue
        target.write(head + source.read(length))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def into_webp(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a WebP of the extended layout (one with a profile is) with EXIF and XMP chunks at its end."""
    data = bytearray(source.read())
    if data[12:16] != b"VP8X":
        msg = "a WebP file without the extended header"
        raise ValueError(msg)
    for kind, content, flag in ((b"EXIF", metadata.exif, 0x08), (b"XMP ", metadata.xmp, 0x04)):
        if content is not None:
            data[20] |= flag
            data += kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
    data[4:8] = struct.pack("<I", len(data) - 8)
    target.write(data)
