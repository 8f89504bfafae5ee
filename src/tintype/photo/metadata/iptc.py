"""IPTC-IIM records and the Photoshop resources that wrap them in JPEG, PNG and some TIFF files.

Layout: Adobe's "Image Resource Blocks" (8BIM) and IPTC-NAA IIM 4.1.
"""

from __future__ import annotations

import struct

_HEAD = b"Photoshop 3.0\0"
_IPTC_RESOURCE = 0x0404
_TAG = 0x1C


def unwrap(block: bytes | None) -> bytes | None:
    """The records (starting with 0x1c) inside a block as a file holds it, or None if it holds none."""
    if not block:
        return None
    block = block.removeprefix(_HEAD)
    if block[0] == _TAG:
        return block
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 7 <= len(block):
        kind, name = struct.unpack_from(">HB", block, at + 4)
        at += 7 + name + (name + 1) % 2  # the name and its length byte are padded to an even size
        if at + 4 > len(block):
            return None
        size = struct.unpack_from(">I", block, at)[0]
        data = block[at + 4 : at + 4 + size]
        if kind == _IPTC_RESOURCE:
            return data if data[:1] == bytes([_TAG]) else None
        at += 4 + size + size % 2
    return None


def resource(records: bytes) -> bytes:
    """The records as one Photoshop resource (PNG keeps them so)."""
    head = struct.pack(">4sHHI", b"8BIM", _IPTC_RESOURCE, 0, len(records))
    return head + records + bytes(len(records) % 2)


def segment(records: bytes) -> bytes:
    """The content of a JPEG's APP13 segment with these records."""
    return _HEAD + resource(records)


def from_hex(text: str) -> bytes | None:
    """The records in a PNG's ``Raw profile type iptc`` text: a name, a length, and hexadecimal digits."""
    lines = text.strip().split("\n", 2)
    try:
        return unwrap(bytes.fromhex(lines[2])) if len(lines) == 3 else None
    except ValueError:
        return None
