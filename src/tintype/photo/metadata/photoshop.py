"""Photoshop's image resources (8BIM): what they say of the photograph is kept, what they say of pixels not.

Layout and numbers: Adobe, "Photoshop File Formats Specification", image resource blocks.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from tintype.notes import Note
from tintype.photo.metadata.facts import Facts

HEAD = b"Photoshop 3.0\0"
_IPTC, _RESOLUTION, _DIGEST = 0x0404, 0x03ED, 0x0425
_XMP, _EXIF = 0x0424, 0x0422
_KINDS = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
_PATHS = range(0x07D0, 0x0BB7)

# Of the pixels, layers, channels and thumbnails of another file, or kept elsewhere (EXIF, XMP, ICC).
ABOUT_PIXELS = frozenset(
    {0x03E8, 0x03E9, 0x03EA, 0x03EB, 0x03EE, 0x03EF, 0x03F4, 0x03F6, 0x03F7, 0x03F9, 0x03FA, 0x03FB, 0x03FC,
     0x03FE, 0x0400, 0x0402, 0x0403, 0x0406, 0x0409, 0x040C, 0x040F, 0x0410, 0x0411, 0x0412, 0x0413, 0x0415,
     0x0416, 0x0417, 0x0419, 0x040D, 0x0414, 0x041A, 0x041D, 0x0421, 0x0422, 0x0423, 0x0424, 0x042A, 0x042B,
     0x042D, 0x042E, 0x0430, 0x0431, 0x0433, 0x0435, 0x0436, 0x0438, 0x0439, 0x043C, 0x043D}
)  # fmt: skip
"""Resources that are not carried on."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One block: its kind (8BIM), number, name and content."""

    kind: bytes
    number: int
    name: bytes
    data: bytes


def parse(block: bytes | None) -> list[Resource]:
    """The resources in a block, as far as it is whole."""
    if not block:
        return []
    block = block.removeprefix(HEAD)
    found: list[Resource] = []
    at = 0
    while block[at : at + 4] in _KINDS and at + 7 <= len(block):
        kind = block[at : at + 4]
        number, length = struct.unpack_from(">HB", block, at + 4)
        name = block[at + 7 : at + 7 + length]
        at += 7 + length + (length + 1) % 2  # the name and its length byte are padded to an even size
        if at + 4 > len(block):
            break
        size = struct.unpack_from(">I", block, at)[0]
        data = block[at + 4 : at + 4 + size]
        if len(data) < size:
            break
        found.append(Resource(kind, number, name, data))
        at += 4 + size + size % 2
    return found


def build(resources: list[Resource]) -> bytes:
    """The resources as one block, without the head that JPEG asks for."""
    parts = []
    for one in resources:
        name = bytes([len(one.name)]) + one.name
        parts.append(one.kind + struct.pack(">H", one.number) + name + bytes(len(name) % 2))
        parts.append(struct.pack(">I", len(one.data)) + one.data + bytes(len(one.data) % 2))
    return b"".join(parts)


def with_iptc(resources: bytes | None, records: bytes | None) -> bytes | None:
    """Resources and IPTC records as one block; None if there are neither."""
    found = [] if records is None else [Resource(b"8BIM", _IPTC, b"", records)]
    return build([*found, *parse(resources)]) or None


def parted(block: bytes | None) -> tuple[bytes | None, bytes | None]:
    """The IPTC records in a block, and the other resources."""
    found = parse(block)
    records = next((r.data for r in found if r.number == _IPTC and r.data[:1] == b"\x1c"), None)
    return records, build([r for r in found if r.number != _IPTC]) or None


def content(block: bytes | None, number: int) -> bytes | None:
    """What one resource holds; None if it isn't there."""
    return next((r.data for r in parse(block) if r.number == number), None)


def xmp_of(block: bytes | None) -> bytes | None:
    """The XMP packet of a Photoshop file."""
    return content(block, _XMP)


def exif_of(block: bytes | None) -> bytes | None:
    """The EXIF block of a Photoshop file."""
    return content(block, _EXIF)


def renewed(
    block: bytes | None, facts: Facts, iptc: tuple[bytes | None, bytes | None]
) -> tuple[bytes | None, tuple[Note, ...]]:
    """The resources that hold for the new picture, and notes; `iptc`: the records before and after."""
    kept, notes = [], list[Note]()
    before, after = iptc
    for one in parse(block):
        if one.number in ABOUT_PIXELS:
            continue
        if one.number in _PATHS and facts.turned:
            notes.append(Note("its clipping paths are left out: the photograph was turned", "paths"))
            continue
        if one.number == _RESOLUTION:
            if facts.dpi is not None:
                kept.append(Resource(one.kind, one.number, one.name, _resolution(facts.dpi)))
            continue
        if one.number == _DIGEST:
            if before is None or after is None or one.data != hashlib.md5(before).digest():
                continue  # it was untrue before, or nothing is left that it is about
            kept.append(Resource(one.kind, one.number, one.name, hashlib.md5(after).digest()))
            continue
        kept.append(one)
    return build(kept) or None, tuple(dict.fromkeys(notes))


def _resolution(dpi: tuple[float, float]) -> bytes:
    across, down = (min(round(d * 65536), 2**32 - 1) for d in dpi)
    return struct.pack(">IHHIHH", across, 1, 1, down, 1, 1)
