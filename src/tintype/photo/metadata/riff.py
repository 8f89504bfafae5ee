"""The chunks of a WebP: read, and written. WebP Container Specification (RFC 9649, 2.7)."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

from tintype.notes import Note
from tintype.photo.metadata.found import Found
from tintype.photo.model import Metadata

_PIXELS = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))


def survey(data: Any) -> Found:
    """Everything that the chunks of a WebP say; `data` is bytes or a memory map. Damage ends the search."""
    found, unknown = Found(), dict[str, None]()
    at = 12
    while at + 8 <= len(data):
        kind = bytes(data[at : at + 4])
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        start, at = at + 8, at + 8 + length + length % 2
        if kind in _PIXELS:
            continue
        if start + length > len(data):
            break
        if kind in (b"EXIF", b"XMP "):
            if not found.fits(length):
                continue
            content = bytes(data[start : start + length]) or None
            if kind == b"XMP ":
                found.xmp = found.xmp or content
            elif content is not None:
                found.exif = found.exif or content.removeprefix(b"Exif\0\0")
        elif kind == b"C2PA":
            found.second.add("credentials")
        elif kind.strip(b"\0"):
            unknown[kind.decode("latin-1")] = None
    if names := [name for name in unknown if name.isprintable()]:
        told = f"WEBP: what other programs keep in chunks of their own ({', '.join(names)}) is left out"
        found.notes.append(Note(told, "left_out", names=names))
    return found


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
