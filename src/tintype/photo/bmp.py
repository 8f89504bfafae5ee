"""Windows bitmaps without compression (1, 4, 8, 16, 24 and 32 bits): libvips' wheel doesn't read them.

Layout: BITMAPFILEHEADER and BITMAPINFOHEADER of the Windows GDI reference.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.errors import PhotoError

_RGB, _BITFIELDS, _ALPHABITFIELDS = 0, 3, 6


@dataclass(frozen=True, slots=True)
class Header:
    """What a bitmap says of itself; `masks` are those of red, green, blue and alpha (0: none)."""

    width: int
    height: int
    top_down: bool
    bits: int
    masks: tuple[int, int, int, int]
    palette: NDArray[np.uint8]  # (n, 3), RGB
    offset: int
    dpi: tuple[float, float] | None


def parse(data: bytes, name: str) -> Header:
    """Read a bitmap's header. Raises PhotoError for compressed, damaged and truncated ones."""
    if len(data) < 26:
        raise _damaged(name, "its header is cut short")
    offset, size = struct.unpack_from("<II", data, 10)
    if size == 12:  # OS/2
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        compression = used = across = down = 0
        entry = 3
    elif 40 <= size <= 1024 and len(data) >= 54:
        width, height, _, bits, compression, _, across, down, used = struct.unpack_from(
            "<iiHHIIiiI", data, 18
        )
        entry = 4
    else:
        raise _damaged(name, "its header is not one of a bitmap")
    if compression not in (_RGB, _BITFIELDS, _ALPHABITFIELDS) or bits not in (1, 4, 8, 16, 24, 32):
        msg = f"{name}: this kind of BMP (compression {compression}, {bits} bits) isn't read; save it as PNG"
        raise PhotoError(msg)
    if width <= 0 or height == 0:
        raise _damaged(name, f"its size is {width} × {height}")
    masks = (0x7C00, 0x3E0, 0x1F, 0) if bits == 16 else (0xFF0000, 0xFF00, 0xFF, 0)
    if compression != _RGB:
        if bits not in (16, 32) or len(data) < 66:
            raise _damaged(name, "its colour masks are wrong")
        with_alpha = compression == _ALPHABITFIELDS or size >= 56
        red, green, blue = struct.unpack_from("<III", data, 54)
        alpha = struct.unpack_from("<I", data, 66)[0] if with_alpha and len(data) >= 70 else 0
        masks = (red, green, blue, alpha)
    start = 14 + size
    count = min(used or 1 << bits, 1 << bits) if bits <= 8 else 0
    count = max(0, min(count, (len(data) - start) // entry))
    table = np.frombuffer(data[start : start + count * entry], np.uint8)
    palette = np.ascontiguousarray(table.reshape(-1, entry)[:, 2::-1])
    if bits <= 8 and len(palette) == 0:
        raise _damaged(name, "its palette is missing")
    dpi = (round(across * 0.0254, 3), round(down * 0.0254, 3)) if across > 0 and down > 0 else None
    return Header(width, abs(height), height < 0, bits, masks, palette, offset, dpi)


def decode(data: bytes, header: Header, name: str) -> NDArray[np.uint8]:
    """The pixels: (height, width), or with 3 or 4 channels, from top to bottom. Raises PhotoError."""
    width, height, bits = header.width, header.height, header.bits
    stride = (width * bits + 31) // 32 * 4
    if header.offset + stride * height > len(data):
        raise _damaged(name, "its pixels are cut short")
    rows = np.frombuffer(data, np.uint8, stride * height, header.offset).reshape(height, stride)
    rows = rows if header.top_down else rows[::-1]
    if bits <= 8:
        return _from_palette(rows, header, name)
    if bits == 24:
        return np.ascontiguousarray(rows[:, : width * 3].reshape(height, width, 3)[..., ::-1])
    words = np.ascontiguousarray(rows).view("<u2" if bits == 16 else "<u4")[:, :width]
    channels = [_masked(words, mask) for mask in header.masks if mask]
    return np.ascontiguousarray(np.stack(channels, axis=-1))


def _from_palette(rows: NDArray[np.uint8], header: Header, name: str) -> NDArray[np.uint8]:
    if header.bits == 8:
        index = rows[:, : header.width]
    elif header.bits == 4:
        index = np.stack([rows >> 4, rows & 15], axis=-1).reshape(header.height, -1)[:, : header.width]
    else:
        index = np.unpackbits(rows, axis=1)[:, : header.width]
    if int(index.max()) >= len(header.palette):
        raise _damaged(name, "a pixel has a colour outside the palette")
    palette = header.palette
    if (palette == palette[:, :1]).all():
        return np.ascontiguousarray(palette[:, 0][index])
    return np.ascontiguousarray(palette[index])


def _masked(words: NDArray[np.unsignedinteger], mask: int) -> NDArray[np.uint8]:
    shift = (mask & -mask).bit_length() - 1
    full = mask >> shift
    values = ((words & mask) >> shift).astype(np.float64)
    return np.rint(values * (255 / full)).astype(np.uint8)


def _damaged(name: str, why: str) -> PhotoError:
    return PhotoError(f"{name}: the BMP is damaged or cut short: {why}; get a fresh copy of it")
