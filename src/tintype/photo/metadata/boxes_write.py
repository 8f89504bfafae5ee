"""Put EXIF, XMP and IPTC into AVIF, JPEG XL and JPEG 2000 files, byte for byte.

libvips hands EXIF to libexif for AVIF too, which drops the tags that it doesn't know and damages makers'
notes; so the items are added afterwards. Layout: see `tintype.photo.metadata.boxes`.
"""

from __future__ import annotations

import io
import shutil
import struct
from typing import BinaryIO

from tintype.photo.metadata.boxes import (
    UUID_EXIF,
    UUID_IPTC,
    UUID_XMP,
    box,
    boxes,
    first,
    locations,
)
from tintype.photo.model import Metadata

_EXIF_ITEM = struct.pack(">I", 6) + b"Exif\0\0"  # how far it is to the block
_XMP_TYPE = b"application/rdf+xml"


def into_avif(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy an AVIF (or HEIC) file with EXIF and XMP as items that describe its picture.

    Raises ValueError when its boxes are not as libheif writes them.
    """
    data = source.read()
    wanted = [(b"Exif", b"", _EXIF_ITEM + metadata.exif)] if metadata.exif is not None else []
    if metadata.xmp is not None:
        wanted.append((b"mime", _XMP_TYPE, metadata.xmp))
    if not wanted:
        target.write(data)
        return
    meta = first(data, b"meta")
    if meta is None:
        msg = "an AVIF file without a meta box"
        raise ValueError(msg)
    inner = {b.kind: b for b in boxes(data, meta.content + 4, meta.end)}
    where = locations(data, inner[b"iloc"], None)
    primary = int.from_bytes(data[inner[b"pitm"].content + 4 : inner[b"pitm"].end], "big")
    free = max(where, default=0) + 1

    def made(grown: int) -> bytes:
        """The meta box, if it is `grown` bytes larger than the old one."""
        at = len(data) + grown + 8
        places = {n: [(start + grown, length) for start, length in e] for n, e in where.items()}
        for i, (_, _, content) in enumerate(wanted):
            places[free + i] = [(at, len(content))]
            at += len(content)
        parts = []
        for one in boxes(data, meta.content + 4, meta.end):
            old = data[one.start : one.end]
            if one.kind == b"iloc":
                old = _iloc(places)
            elif one.kind == b"iinf":
                old = _iinf(data[one.content : one.end], free, wanted)
            elif one.kind == b"iref":
                old = _iref(data[one.content : one.end], free, len(wanted), primary)
            parts.append(old)
        if b"iref" not in inner:
            parts.append(_iref(bytes(4), free, len(wanted), primary))
        return box(b"meta", data[meta.content : meta.content + 4], *parts)

    if b"idat" in inner:
        msg = "an AVIF file with an idat box"
        raise ValueError(msg)
    grown = len(made(0)) - (meta.end - meta.start)
    target.write(data[: meta.start] + made(grown) + data[meta.end :])
    target.write(box(b"mdat", *(content for _, _, content in wanted)))


def _iloc(places: dict[int, list[tuple[int, int]]]) -> bytes:
    wide = any(n > 65535 for n in places)
    number = ">I" if wide else ">H"
    parts = [bytes([2 if wide else 1, 0, 0, 0]), b"\x88\x00", struct.pack(number, len(places))]
    for item, extents in places.items():
        parts.append(struct.pack(number, item) + struct.pack(">HHH", 0, 0, len(extents)))
        parts.extend(struct.pack(">QQ", *extent) for extent in extents)
    return box(b"iloc", *parts)


def _iinf(content: bytes, free: int, wanted: list[tuple[bytes, bytes, bytes]]) -> bytes:
    wide = content[0] != 0
    count = int.from_bytes(content[4 : 8 if wide else 6], "big") + len(wanted)
    parts = [content[:4], struct.pack(">I" if wide else ">H", count), content[8 if wide else 6 :]]
    for i, (kind, mime, _) in enumerate(wanted):
        large = free + i > 65535
        head = bytes([3 if large else 2, 0, 0, 0]) + struct.pack(">IH" if large else ">HH", free + i, 0)
        parts.append(box(b"infe", head, kind, b"\0", mime + b"\0" if mime else b""))
    return box(b"iinf", *parts)


def _iref(content: bytes, free: int, count: int, primary: int) -> bytes:
    number = ">I" if content[0] else ">H"
    parts = [content]
    for i in range(count):
        told = struct.pack(number, free + i) + struct.pack(">H", 1) + struct.pack(number, primary)
        parts.append(box(b"cdsc", told))
    return box(b"iref", *parts)


def into_jxl(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a JPEG XL file with EXIF and XMP boxes; a bare codestream gets the container for them."""
    head = source.read(12)
    source.seek(0)
    extra = []
    if metadata.exif is not None:
        extra.append(box(b"Exif", bytes(4), metadata.exif))
    if metadata.xmp is not None:
        extra.append(box(b"xml ", metadata.xmp))
    if head[4:8] == b"JXL ":
        # The last box may have no length: what follows must stand before it.
        data = source.read()
        ends = [b for b in boxes(data) if b.kind in (b"jxlc", b"jxlp")]
        at = ends[0].start if ends else len(data)
        target.write(data[:at] + b"".join(extra) + data[at:])
        return
    if not extra:
        shutil.copyfileobj(source, target, 1 << 20)
        return
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    target.write(box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl "))
    target.write(b"".join(extra))
    target.write(struct.pack(">I4sQ", 1, b"jxlc", size + 16))
    shutil.copyfileobj(source, target, 1 << 20)


def into_jp2(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a JPEG 2000 file (.jp2) with EXIF, XMP and IPTC in the boxes that Adobe and ExifTool know.

    Raises ValueError for a bare codestream, which has no place for them.
    """
    data = source.read()
    stream = first(data, b"jp2c")
    if stream is None:
        msg = "a JPEG 2000 codestream without a file around it"
        raise ValueError(msg)
    told = ((UUID_EXIF, metadata.exif), (UUID_XMP, metadata.xmp), (UUID_IPTC, metadata.iptc))
    extra = b"".join(box(b"uuid", name, content) for name, content in told if content is not None)
    target.write(data[: stream.start] + extra + data[stream.start :])
