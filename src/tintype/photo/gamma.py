"""A profile made of what a PNG says by gAMA and cHRM alone.

PNG 3rd edition, 11.3.2; ICC.1:2022; Bradford's adaptation from Lindbloom.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from tintype.photo.source import Source

_SRGB_GAMMA = 45455
_NEAR = 1000
"""How far gAMA may lie from sRGB's, in 1/100000, and still mean it: writers round 1/2.2 in several ways."""

_SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)  # white, red, green, blue: x and y
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_MOST = 1000  # chunks that are looked at


def profile_of_png(source: Source, *, grey: bool) -> bytes | None:
    """The profile that gAMA and cHRM stand for; None if better is told, if nothing is, or if it is sRGB."""
    gamma, primaries = _chunks(source)
    if gamma is None or not 1000 <= gamma <= 1_000_000:
        return None
    near = abs(gamma - _SRGB_GAMMA) <= _NEAR
    same = primaries is None or np.abs(np.array(primaries) - _SRGB).max() < 0.005
    if near and (same or grey):
        return None
    exponent = 100_000 / gamma
    if grey:
        return _icc(b"GRAY", {b"wtpt": _xyz(_D50), b"kTRC": _curve(exponent)})
    matrix = _matrix(primaries or _SRGB)
    if matrix is None:
        return None
    columns = {kind: _xyz(matrix[:, i]) for i, kind in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(exponent))
    return _icc(b"RGB ", {b"wtpt": _xyz(_D50), **columns, **curves})


def _chunks(source: Source) -> tuple[int | None, tuple[float, ...] | None]:
    gamma: int | None = None
    primaries: tuple[float, ...] | None = None
    with source.open() as file:
        file.seek(8)
        for _ in range(_MOST):
            head = file.read(8)
            if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
                break
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind in (b"iCCP", b"sRGB", b"cICP"):
                return None, None  # each counts more
            content = file.read(length) if kind in (b"gAMA", b"cHRM") and length <= 32 else b""
            if kind == b"gAMA" and len(content) == 4:
                gamma = int.from_bytes(content, "big")
            elif kind == b"cHRM" and len(content) == 32:
                primaries = tuple(n / 100_000 for n in struct.unpack(">8I", content))
            file.seek(length - len(content) + 4, 1)
    return gamma, primaries


def _matrix(xy: tuple[float, ...]) -> NDArray[np.float64] | None:
    """RGB to XYZ of D50 (3, 3), from chromaticities of white, red, green and blue; None if they are none."""
    if min(xy[1::2]) <= 0:
        return None
    white, *primaries = (
        np.array([x / y, 1.0, (1 - x - y) / y]) for x, y in zip(xy[::2], xy[1::2], strict=True)
    )
    columns = np.stack(primaries, axis=1)
    if abs(np.linalg.det(columns)) < 1e-6:
        return None
    scaled = columns * np.linalg.solve(columns, white)
    cones = (_BRADFORD @ _D50) / (_BRADFORD @ white)
    adapted: NDArray[np.float64] = np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD @ scaled
    return adapted if np.isfinite(adapted).all() and np.abs(adapted).max() < 4 else None


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(v) for v in values)


def _curve(exponent: float) -> bytes:
    return b"para\0\0\0\0\0\0\0\0" + _fixed(exponent)


def _text(text: str) -> bytes:
    return (
        b"mluc\0\0\0\0"
        + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2 * len(text), 28)
        + text.encode("utf-16-be")
    )


def _icc(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"desc": _text("gAMA of a PNG"), b"cprt": _text("No copyright"), **tags}
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for kind, content in tags.items():
        table += struct.pack(">4sII", kind, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    date = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    head = struct.pack(">I4sI4s4s4s", start + len(body), bytes(4), 0x04300000, b"mntr", space, b"XYZ ")
    head += date + b"acsp"
    head += bytes(28) + b"".join(_fixed(v) for v in _D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
