"""The boxes of ISO media files: HEIC, AVIF, JPEG 2000, JPEG XL and Canon's CR3.

ISO/IEC 14496-12 (boxes), 23008-12 (pictures, EXIF and XMP in them), 15444-1 and 18181-2; the three UUIDs of
JPEG 2000 are those that ExifTool documents.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tintype.notes import Note
from tintype.photo.metadata.found import Found

UUID_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
UUID_EXIF = b"JpgTiffExif->JP2"
UUID_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
UUID_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where it starts, and where its content lies."""

    kind: bytes
    start: int
    content: int
    end: int


def boxes(data: Any, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes between two places of `data` (bytes or a memory map); damage ends them."""
    at, end = start, len(data) if end is None else end
    for _ in range(_MOST):
        if at + 8 > end:
            return
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        kind = bytes(data[at + 4 : at + 8])
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            return
        yield Box(kind, at, at + head, at + size)
        at += size


def first(data: Any, kind: bytes, start: int = 0, end: int | None = None) -> Box | None:
    """The first box of a type."""
    return next((b for b in boxes(data, start, end) if b.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a picture file: number, type, MIME type, and where its bytes lie (start, length)."""

    number: int
    kind: bytes
    mime: bytes
    extents: tuple[tuple[int, int], ...]


def items(data: Any) -> list[Item]:
    """The items that the meta box of a HEIC or AVIF file lists; none where it is damaged."""
    meta = first(data, b"meta")
    if meta is None:
        return []
    start = meta.content + 4
    info, places = first(data, b"iinf", start, meta.end), first(data, b"iloc", start, meta.end)
    if info is None or places is None:
        return []
    try:
        where = locations(data, places, first(data, b"idat", start, meta.end))
    except (struct.error, IndexError, ValueError):
        return []
    found = []
    for box in boxes(data, info.content + (6 if data[info.content] == 0 else 8), info.end):
        content = bytes(data[box.content : min(box.end, box.content + 512)])
        if box.kind != b"infe" or len(content) < 12 or content[0] not in (2, 3):
            continue
        wide = 4 if content[0] == 3 else 2
        number = int.from_bytes(content[4 : 4 + wide], "big")
        kind = content[6 + wide : 10 + wide]
        texts = content[10 + wide :].split(b"\0")
        mime = texts[1] if len(texts) > 1 else b""
        found.append(Item(number, kind, mime, where.get(number, ())))
    return found


def nclx(data: Any) -> tuple[int, int] | None:
    """Primaries and transfer function (ITU-T H.273) of a HEIC's or AVIF's primary picture, where told so."""
    meta = first(data, b"meta")
    if meta is None:
        return None
    start = meta.content + 4
    chosen, properties = first(data, b"pitm", start, meta.end), first(data, b"iprp", start, meta.end)
    if chosen is None or properties is None:
        return None
    inside = list(boxes(data, properties.content, properties.end))
    try:
        primary = int.from_bytes(data[chosen.content + 4 : chosen.end], "big")
        container = next(b for b in inside if b.kind == b"ipco")
        held = list(boxes(data, container.content, container.end))
        numbers = [n for b in inside if b.kind == b"ipma" for n in _associated(data, b, primary)]
        for n in numbers:
            box = held[n - 1]
            if n and box.kind == b"colr" and bytes(data[box.content : box.content + 4]) == b"nclx":
                primaries, transfer = struct.unpack_from(">HH", data, box.content + 4)
                return primaries, transfer
    except (struct.error, IndexError, StopIteration):
        pass
    return None


def _associated(data: Any, box: Box, item: int) -> list[int]:
    """Numbers, from 1, of the properties that an ipma box gives an item."""
    wide, far = data[box.content] > 0, data[box.content + 3] & 1
    (count,) = struct.unpack_from(">I", data, box.content + 4)
    at = box.content + 8
    for _ in range(min(count, _MOST)):
        (number,) = struct.unpack_from(">I" if wide else ">H", data, at)
        at += 4 if wide else 2
        size, at = data[at], at + 1
        told = struct.unpack_from(f">{size}{'H' if far else 'B'}", data, at)
        if number == item:
            return [n & (0x7FFF if far else 0x7F) for n in told]
        at += size * (2 if far else 1)
    return []


def locations(data: Any, box: Box, inside: Box | None) -> dict[int, tuple[tuple[int, int], ...]]:
    """Where each item lies in the file, from an iloc box."""
    content = bytes(data[box.content : box.end])
    version = content[0]
    sizes = content[4:6]
    offset_size, length_size = sizes[0] >> 4, sizes[0] & 15
    base_size, index_size = sizes[1] >> 4, sizes[1] & 15 if version else 0
    at = 6

    def number(size: int) -> int:
        nonlocal at
        if at + size > len(content):
            msg = "the box is cut short"
            raise ValueError(msg)
        at += size
        return int.from_bytes(content[at - size : at], "big")

    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for _ in range(number(4 if version == 2 else 2)):
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)  # of which file: this one
        base = number(base_size)
        extents = []
        for _ in range(number(2)):
            number(index_size)
            start, length = base + number(offset_size), number(length_size)
            if method == 1 and inside is not None:
                start += inside.content
            extents.append((start, length))
        if method in (0, 1):
            found[item] = tuple(extents)
    return found


def survey(data: Any, kind: str) -> Found:
    """Everything that a HEIC, AVIF, JPEG XL or JPEG 2000 file says beside its pixels."""
    found = Found()
    for item in items(data):
        if item.kind == b"Exif":
            content = _item(data, item, found)
            skip = int.from_bytes(content[:4], "big")
            found.exif = found.exif or content[4 + skip :].removeprefix(b"Exif\0\0") or None
        elif item.kind == b"mime" and item.mime == b"application/rdf+xml":
            found.xmp = found.xmp or _item(data, item, found) or None
        elif item.kind == b"tmap":
            found.second.add("gain map")
    unknown = dict[str, None]()
    _properties(data, found)
    for box in boxes(data):
        _top_box(data, box, found, unknown)
    if unknown:
        told = f"{kind.upper()}: what is kept in {', '.join(unknown)} is left out"
        found.notes.append(Note(told, "left_out", names=list(unknown)))
    return found


def _properties(data: Any, found: Found) -> None:
    """Whether a picture is to be turned, and what kinds of pictures stand beside the first.

    ISO/IEC 23008-12, 6.5.8 (auxC), 6.5.10 (irot) and 6.5.12 (imir).
    """
    meta = first(data, b"meta")
    held = first(data, b"iprp", meta.content + 4, meta.end) if meta else None
    properties = first(data, b"ipco", held.content, held.end) if held else None
    if properties is None:
        return
    for one in boxes(data, properties.content, properties.end):
        if one.kind in (b"irot", b"imir"):
            found.turned = True
        elif one.kind == b"auxC":
            name = bytes(data[one.content + 4 : min(one.end, one.content + 200)]).lower()
            if b"gainmap" in name:
                found.second.add("gain map")
            elif b"depth" in name or b"disparity" in name or b"matte" in name:
                found.second.add("depth")


def _item(data: Any, item: Item, found: Found) -> bytes:
    parts = []
    for start, length in item.extents:
        length = length or len(data) - start
        if not found.fits(length):
            return b""
        parts.append(bytes(data[start : start + length]))
    return b"".join(parts)


def _top_box(data: Any, box: Box, found: Found, unknown: dict[str, None]) -> None:
    size = box.end - box.content
    if box.kind == b"Exif" and found.fits(size):
        content = bytes(data[box.content : box.end])
        skip = int.from_bytes(content[:4], "big")
        found.exif = found.exif or content[4 + skip :].removeprefix(b"Exif\0\0") or None
    elif box.kind == b"xml " and found.fits(size):
        content = bytes(data[box.content : box.end])
        if b"adobe:ns:meta/" in content or b"rdf:RDF" in content:
            found.xmp = found.xmp or content
        else:
            unknown["an XML box"] = None
    elif box.kind == b"uuid" and found.fits(size):
        name, content = bytes(data[box.content : box.content + 16]), bytes(data[box.content + 16 : box.end])
        if name == UUID_XMP:
            found.xmp = found.xmp or content or None
        elif name == UUID_EXIF:
            found.exif = found.exif or content.removeprefix(b"Exif\0\0") or None
        elif name == UUID_IPTC:
            found.iptc = found.iptc or content or None
        elif name != UUID_CANON:
            unknown[f"a box of its maker's ({name.hex()})"] = None
    elif box.kind == b"brob":
        unknown["Brotli-compressed boxes"] = None
    elif box.kind in (b"jumb", b"c2pa"):
        found.second.add("credentials")
    elif box.kind == b"mpvd":
        found.second.add("motion")


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of a type, with content."""
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content
