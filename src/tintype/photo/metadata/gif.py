"""The extensions of a GIF: comments and XMP. GIF89a specification; XMP specification part 3, 1.1.2."""

from __future__ import annotations

from typing import Any

from tintype.notes import Note
from tintype.photo.metadata.found import Found, readable

_TRAILER = bytes([1, *range(255, -1, -1), 0])
# How often an animation runs, and colours: of pixels.
_PIXELS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def survey(data: Any) -> Found:
    """Everything that the extensions of a GIF say; `data` is bytes or a memory map."""
    found = Found()
    if len(data) < 13:
        return found
    at = 13 + _table(data[10])
    while at + 2 < len(data):
        kind = data[at]
        if kind == 0x2C and at + 10 < len(data):
            at = _skip(data, at + 11 + _table(data[at + 9]))
        elif kind == 0x21:
            label, start = data[at + 1], at + 2
            at = _skip(data, start)
            _extension(label, data, start, at, found)
        else:
            break
    return found


def _table(packed: int) -> int:
    """Bytes of a colour table, from the flags that announce it."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _skip(data: Any, at: int) -> int:
    """Where a chain of blocks ends."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def _extension(label: int, data: Any, start: int, end: int, found: Found) -> None:
    if label == 0xFE and found.fits(end - start):
        if comment := readable(_blocks(data, start)):
            found.comments.append(comment)
    elif label == 0x01:
        told = "GIF: a text that is drawn over the picture is left out"
        found.notes.append(Note(told, "left_out", names=["GIF"]))
    elif label == 0xFF:
        name = bytes(data[start + 1 : start + 12])
        if name == b"XMP DataXMP" and found.fits(end - start):
            # Not in blocks, but as it is, before a trailer that leads readers of blocks out.
            content = bytes(data[start + 12 : end])
            tail = content.rfind(_TRAILER[:4])
            found.xmp = found.xmp or content[: tail if tail >= 0 else None] or None
        elif name not in _PIXELS and name != b"XMP DataXMP":
            shown = name.decode("ascii", "replace")
            told = f"GIF: what {shown!r} keeps in an extension of its own is left out"
            found.notes.append(Note(told, "left_out", names=[shown]))


def _blocks(data: Any, at: int) -> bytes:
    parts = []
    while at < len(data) and data[at]:
        parts.append(bytes(data[at + 1 : at + 1 + data[at]]))
        at += data[at] + 1
    return b"".join(parts)
