"""The header of a JPEG XL code stream: size, depth, channels and colours.

Layout: ISO/IEC 18181-1, annexes B (bit stream) and D (headers).
"""

from __future__ import annotations

from dataclasses import dataclass

_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_SRGB = (1, 1, 13)  # white point D65, primaries of sRGB, its transfer function


class HeaderError(ValueError):
    """The header is damaged, or says what isn't read."""


@dataclass(slots=True)
class Jxl:
    """What a code stream says of its picture; `extra` are the kinds of further channels (0: alpha)."""

    width: int = 0
    height: int = 0
    orientation: int = 1
    bits: int = 8
    floating: bool = False
    extra: tuple[int, ...] = ()
    grey: bool = False
    srgb: bool = True
    transfer_at: int = 0  # the bit where the transfer function's four bits lie, 0 where it has none
    animated: bool = False


class _Bits:
    """Numbers from a stream whose bits come lowest first."""

    def __init__(self, data: bytes) -> None:
        self._number, self._length, self.at = int.from_bytes(data, "little"), len(data) * 8, 0

    def u(self, count: int) -> int:
        if self.at + count > self._length:
            msg = "its header is cut short"
            raise HeaderError(msg)
        value = self._number >> self.at & (1 << count) - 1
        self.at += count
        return value

    def u32(self, *choices: tuple[int, int]) -> int:
        """One of four (offset, bits) pairs."""
        offset, count = choices[self.u(2)]
        return offset + self.u(count)

    def enum(self) -> int:
        return self.u32((0, 0), (1, 0), (2, 4), (18, 6))


def parse(stream: bytes) -> Jxl:
    """Read the header of a code stream (its first 1,000 bytes are enough). Raises HeaderError."""
    if stream[:2] != b"\xff\x0a":
        msg = "its code stream doesn't start as one"
        raise HeaderError(msg)
    bits, found = _Bits(stream[2:1000]), Jxl()
    found.width, found.height = _size(bits)
    if bits.u(1):  # all defaults
        return found
    if bits.u(1):
        found.orientation = 1 + bits.u(3)
        if bits.u(1):
            _size(bits)  # the intrinsic size: only a wish
        if bits.u(1):
            msg = "it has a preview, which isn't read"
            raise HeaderError(msg)
        if bits.u(1):
            found.animated = True
            bits.u32((100, 0), (1000, 0), (1, 10), (1, 30))
            bits.u32((1, 0), (1001, 0), (1, 8), (1, 10))
            bits.u32((0, 0), (0, 3), (0, 16), (0, 32))
            bits.u(1)
    found.floating, found.bits = _depth(bits)
    bits.u(1)
    found.extra = tuple(_extra(bits) for _ in range(bits.u32((0, 0), (1, 0), (2, 4), (1, 12))))
    bits.u(1)  # XYB
    _colors(bits, found)
    return found


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.u(1)

    def side() -> int:
        return (bits.u(5) + 1) * 8 if small else bits.u32((1, 9), (1, 13), (1, 18), (1, 30))

    height = side()
    ratio = bits.u(3)
    if ratio == 0:
        return side(), height
    across, down = _RATIOS[ratio]
    return height * across // down, height


def _depth(bits: _Bits) -> tuple[bool, int]:
    if not bits.u(1):
        return False, bits.u32((8, 0), (10, 0), (12, 0), (1, 6))
    depth = bits.u32((32, 0), (16, 0), (24, 0), (1, 6))
    bits.u(4)
    return True, depth


def _extra(bits: _Bits) -> int:
    if bits.u(1):
        return 0  # an ordinary alpha of 8 bits
    kind = bits.enum()
    _depth(bits)
    bits.u32((0, 0), (3, 0), (4, 0), (1, 3))
    for _ in range(bits.u32((0, 0), (0, 4), (16, 5), (48, 10))):
        bits.u(8)
    if kind == 0:
        bits.u(1)
    elif kind == 2:
        bits.u(64)
    elif kind == 5:
        bits.u32((1, 0), (0, 2), (3, 4), (19, 8))
    return kind


def _colors(bits: _Bits, found: Jxl) -> None:
    if bits.u(1):
        return  # sRGB
    with_icc, space = bits.u(1), bits.enum()
    found.grey = space == 1
    found.srgb = False
    if with_icc or space > 1:
        return
    white = bits.enum()
    if white == 2:
        return
    primaries = 1 if found.grey else bits.enum()
    if primaries == 2 or bits.u(1):
        return
    found.transfer_at = bits.at + 2
    found.srgb = (white, primaries, bits.enum()) == _SRGB


def call_srgb(file: bytearray, start: int) -> None:
    """Write in the header at `start` that the transfer function is sRGB's, where it says linear."""
    found = parse(bytes(file[start : start + 1000]))
    assert found.transfer_at, "an encoder that says its colours"
    word = int.from_bytes(file[start + 2 : start + 66], "little")
    word &= ~(15 << found.transfer_at)
    word |= (_SRGB[2] - 2) << found.transfer_at
    file[start + 2 : start + 66] = word.to_bytes(64, "little")
    assert parse(bytes(file[start : start + 1000])).srgb
