"""What a JPEG 2000 says beside its pixels: boxes, and comments in the head of its code stream.

ISO/IEC 15444-1, A.4 (marker segments) and A.9.2 (comments).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tintype.photo.metadata import boxes
from tintype.photo.metadata.found import Found, readable

_START, _COMMENT, _TILE = b"\xff\x4f", b"\xff\x64", b"\xff\x90"
_LATIN = 1
# Encoders sign here. What they say is true of the file that is read, not of the one that is written.
SIGNATURES = ("Created by OpenJPEG", "Kakadu-", "Kdu-", "Creator: JasPer")
_MOST = 1000


def survey(data: Any) -> Found:
    """Everything that the file says beside its pixels; `data` is bytes or a memory map."""
    found = boxes.survey(data, "jp2")
    found.comments += _comments(data, found)
    return found


def _comments(data: Any, found: Found) -> Iterator[str]:
    stream = boxes.first(data, b"jp2c")
    at, end = (stream.content, stream.end) if stream else (0, len(data))
    if bytes(data[at : at + 2]) != _START:
        return
    at += 2
    for _ in range(_MOST):  # each segment: marker, length of what follows with these two bytes, content
        marker, size = bytes(data[at : at + 2]), int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _TILE or size < 2 or at + 2 + size > end:
            return
        content = bytes(data[at + 4 : at + 2 + size])
        at += 2 + size
        is_text = marker == _COMMENT and int.from_bytes(content[:2], "big") == _LATIN
        text = readable(content[2:]) if is_text and found.fits(size) else ""
        if text and not text.startswith(SIGNATURES):
            yield text
