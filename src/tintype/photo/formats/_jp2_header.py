"""What a JPEG 2000 file says of its picture.

Layout: ISO/IEC 15444-1, annexes A (code stream) and I (boxes).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from tintype.photo.metadata.boxes import Box, boxes


class HeaderError(ValueError):
    """The headers are damaged."""


@dataclass(slots=True)
class Jp2:
    """What a JPEG 2000 file says of its picture.

    Attributes
    ----------
    depths
        Bits of each component of the code stream.
    space
        The enumerated colour space (16 sRGB, 17 grey, 18 sYCC, 12 CMYK, 14 CIELab), 0 where a profile says
        it, None where nothing does.
    alpha
        The component that is transparency, or None.
    palette
        Bits of the palette's columns, empty without one.
    """

    width: int = 0
    height: int = 0
    depths: tuple[int, ...] = ()
    signed: bool = False
    subsampled: bool = False
    space: int | None = None
    icc: bytes | None = None
    palette: tuple[int, ...] = ()
    alpha: int | None = None
    dpi: tuple[float, float] | None = None


def parse(data: bytes) -> Jp2:
    """Read the headers of a JP2 file or of a bare code stream. Raises HeaderError."""
    found = Jp2()
    if data.startswith(b"\xff\x4f\xff\x51"):
        _size(data, 0, found)
        return found
    for box in boxes(data):
        if box.kind == b"jp2h":
            _header(data, box, found)
        elif box.kind == b"jp2c" and not found.width:
            _size(data, box.content, found)
    if not found.width:
        msg = "it has no code stream"
        raise HeaderError(msg)
    return found


def _size(data: bytes, at: int, found: Jp2) -> None:
    """The SIZ marker: A.5.1."""
    if len(data) < at + 42 or data[at : at + 4] != b"\xff\x4f\xff\x51":
        msg = "its code stream has no size"
        raise HeaderError(msg)
    right, down, left, top = struct.unpack_from(">4I", data, at + 8)
    count = struct.unpack_from(">H", data, at + 40)[0]
    parts = data[at + 42 : at + 42 + 3 * count]
    if len(parts) < 3 * count or count == 0 or right <= left or down <= top:
        msg = "its size is damaged"
        raise HeaderError(msg)
    found.width, found.height = right - left, down - top
    found.depths = tuple((b & 0x7F) + 1 for b in parts[::3])
    found.signed = any(b & 0x80 for b in parts[::3])
    found.subsampled = any(b != 1 for i, b in enumerate(parts) if i % 3)


def _header(data: bytes, header: Box, found: Jp2) -> None:
    for box in boxes(data, header.content, header.end):
        kind, content = box.kind, data[box.content : box.end]
        if kind == b"colr" and len(content) >= 7 and found.space is None:
            found.space = struct.unpack_from(">I", content, 3)[0] if content[0] == 1 else 0
            found.icc = content[3:] if content[0] in (2, 3) else None
        elif kind == b"pclr" and len(content) >= 3:
            found.palette = tuple((b & 0x7F) + 1 for b in content[3 : 3 + content[2]])
        elif kind == b"cdef" and len(content) >= 2:
            for n in range(min(struct.unpack_from(">H", content)[0], (len(content) - 2) // 6)):
                channel, what, _ = struct.unpack_from(">3H", content, 2 + 6 * n)
                if what in (1, 2):
                    found.alpha = channel
        elif kind == b"res ":
            _resolution(content, found)


def _resolution(content: bytes, found: Jp2) -> None:
    for box in boxes(content):
        if box.kind in (b"resc", b"resd") and box.end - box.content >= 10 and found.dpi is None:
            numbers = struct.unpack_from(">4H2b", content, box.content)
            down_n, down_d, across_n, across_d, down_e, across_e = numbers
            if all((down_n, down_d, across_n, across_d)):
                down, across = down_n / down_d * 10.0**down_e, across_n / across_d * 10.0**across_e
                found.dpi = (round(across * 0.0254, 3), round(down * 0.0254, 3))
