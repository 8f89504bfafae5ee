"""Profiles made of chromaticities and tone curves, as a PNG tells them by gAMA and cHRM alone.

PNG 3rd edition, 11.3.2; ICC.1:2022; Bradford's adaptation from Lindbloom.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tintype.color import lab
from tintype.notes import Note
from tintype.photo.source import PhotoFile

_SRGB_GAMMA = 45455
_NEAR = 1000
"""How far gAMA may lie from sRGB's, in 1/100000, and still mean it: writers round 1/2.2 in several ways."""

_SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)  # white, red, green, blue: x and y
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_MOST = 1000  # chunks that are looked at


class Meant(NamedTuple):
    """What a file that holds no profile says of its colours in another way.

    Attributes
    ----------
    icc
        The profile that it stands for; None for sRGB's.
    notes
        What the user should know.
    curve
        From signals to those of sRGB's curve, both 0-1, where they are to be turned first; a profile's curves
        are sampled too rarely for steep ones.
    """

    icc: bytes | None
    notes: tuple[Note, ...] = ()
    curve: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None


def profile_of_gamma(source: PhotoFile, *, grey: bool) -> bytes | None:
    """The profile that gAMA and cHRM stand for; None if better is told, if nothing is, or if it is sRGB."""
    gamma, primaries = _told(source)
    if gamma is None or not 1000 <= gamma <= 1_000_000:
        return None
    near = abs(gamma - _SRGB_GAMMA) <= _NEAR
    same = primaries is None or np.abs(np.array(primaries) - _SRGB).max() < 0.005
    if near and (same or grey):
        return None
    return profile_of(primaries, 100_000 / gamma, grey=grey)


def profile_of(primaries: tuple[float, ...] | None, exponent: float | None, *, grey: bool) -> bytes | None:
    """A profile of chromaticities and a tone curve; None if the chromaticities are none.

    Parameters
    ----------
    primaries
        x and y of white, red, green and blue; None for sRGB's.
    exponent
        Of signals, for linear light; None for sRGB's curve.
    grey
        Whether it is for pictures of one band.
    """
    if grey:
        return _icc(b"GRAY", {b"wtpt": _xyz(_D50), b"kTRC": _curve(exponent)})
    matrix = _matrix(primaries or _SRGB)
    if matrix is None:
        return None
    columns = {kind: _xyz(matrix[:, i]) for i, kind in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(exponent))
    return _icc(b"RGB ", {b"wtpt": _xyz(_D50), **columns, **curves})


def cicp_of(source: PhotoFile) -> tuple[int, int] | None:
    """Primaries and transfer function that a PNG's cICP tells (ITU-T H.273)."""
    content = _chunks(source).get(b"cICP", b"")
    return (content[0], content[1]) if len(content) == 4 else None


def _told(source: PhotoFile) -> tuple[int | None, tuple[float, ...] | None]:
    """gAMA and cHRM, where nothing counts more."""
    found = _chunks(source)
    if found.keys() & {b"iCCP", b"sRGB", b"cICP"}:
        return None, None
    gamma, primaries = found.get(b"gAMA", b""), found.get(b"cHRM", b"")
    return (
        int.from_bytes(gamma, "big") if len(gamma) == 4 else None,
        tuple(n / 100_000 for n in struct.unpack(">8I", primaries)) if len(primaries) == 32 else None,
    )


def _chunks(source: PhotoFile) -> dict[bytes, bytes]:
    """What stands before the pixels and tells of colours; of iCCP nothing but that it is there."""
    found: dict[bytes, bytes] = {}
    with source.open() as file:
        file.seek(8)
        for _ in range(_MOST):
            head = file.read(8)
            if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
                break
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            content = b""
            if kind in (b"gAMA", b"cHRM", b"sRGB", b"cICP", b"iCCP"):
                content = file.read(length) if length <= 32 else b""
                found[kind] = content
            file.seek(length - len(content) + 4, 1)
    return found


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


def _curve(exponent: float | None) -> bytes:
    if exponent is None:  # IEC 61966-2-1
        numbers = (lab.POWER, 1 / lab.SCALE, lab.OFFSET / lab.SCALE, 1 / lab.LINE, lab.ENCODED_KNEE)
        return b"para\0\0\0\0\0\3\0\0" + b"".join(map(_fixed, numbers))
    return b"para\0\0\0\0\0\0\0\0" + _fixed(exponent)


def _text(text: str) -> bytes:
    return (
        b"mluc\0\0\0\0"
        + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2 * len(text), 28)
        + text.encode("utf-16-be")
    )


def _icc(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"desc": _text("What the file says of its colors"), b"cprt": _text("No copyright"), **tags}
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
