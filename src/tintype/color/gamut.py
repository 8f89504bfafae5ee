"""Joining lightness and chroma inside sRGB: chroma gives way, lightness and hue never do.

Clipping RGB instead, as most colorizers do, moves L by up to 14 units. Here a colour outside the gamut is
pulled towards the grey of its own lightness, along a straight line in ab, just far enough.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tintype.color import kernel
from tintype.color.lab import (
    DELTA,
    F_BLACK,
    F_SLOPE,
    RGB_FROM_XYZ,
    Float,
    Grey,
    grey_tables,
    linear_from_f,
    ratio_from_f,
    srgb_from_linear,
)

Rgb = tuple[Float, Float, Float]

STEPS = 8  # of the search for the edge; with the table before it, chroma ends 0.04 short of it on average
TOLERANCE = np.float32(1e-4)  # of linear light: what 8 bits round away, and what float32 noise needs


def fit(L: Float, a: Float, b: Float) -> Rgb:
    """Linear sRGB 0-1 of Lab, with chroma reduced where sRGB ends.

    Parameters
    ----------
    L, a, b : float32, one shape
        Lightness 0-100 and chroma in Lab units.

    Returns
    -------
    tuple of float32: red, green and blue in linear light, of the same shape.
    """
    fy = (L + np.float32(16)) / np.float32(116)
    return _fit(fy, ratio_from_f(fy), a, b)


def srgb_from_lab(lab: Float) -> Float:
    """sRGB, floats 0-1, of CIE Lab (..., 3); chroma outside the gamut is reduced at constant L and hue."""
    L, a, b = (np.ascontiguousarray(lab[..., i], dtype=np.float32) for i in range(3))
    return np.stack([srgb_from_linear(channel) for channel in fit(L, a, b)], axis=-1)


def _fit(fy: Float, y: Float, a: Float, b: Float) -> Rgb:
    compiled = kernel.loaded()
    return fit_numpy(fy, y, a, b) if compiled is None else compiled.fit(_rules(), fy, y, a, b)


def fit_numpy(fy: Float, y: Float, a: Float, b: Float) -> Rgb:
    """As `fit`, with the lightness as CIE's f(Y) and Y: the oracle of the compiled kernel."""
    rgb = linear_from_f(fy, y, a, b)
    # Whole strips mostly lie inside: reductions are cheaper than masks.
    if min(float(c.min()) for c in rgb) < 0 or max(float(c.max()) for c in rgb) > 1:
        _replace(rgb, _outside(rgb, y), _reduce, fy, y, a, b)
        for channel in rgb:
            np.clip(channel, 0, 1, out=channel)
    return rgb


def _replace(rgb: Rgb, where: NDArray[np.bool_], make: Callable[..., Rgb], *of: Float) -> None:
    """Put what `make` gives for some of the pixels in their places."""
    if where.any():
        for channel, value in zip(rgb, make(*(v[where] for v in of)), strict=True):
            channel[where] = value


def _outside(rgb: Rgb, y: Float) -> NDArray[np.bool_]:
    # Near black the tolerance must shrink with the light: 1e-4 would be a visible share of it.
    return np.asarray((_lowest(rgb) < -TOLERANCE * y) | (_highest(rgb) > 1 + TOLERANCE))


def _lowest(rgb: Rgb) -> Float:
    return np.minimum(np.minimum(rgb[0], rgb[1]), rgb[2])


def _highest(rgb: Rgb) -> Float:
    return np.maximum(np.maximum(rgb[0], rgb[1]), rgb[2])


def _reduce(fy: Float, y: Float, a: Float, b: Float) -> Rgb:
    """Colours on the gamut's edge: looked up, and searched for where the table's steps are too coarse."""
    share = _share(fy, a, b)
    a, b = a * share, b * share
    rgb = linear_from_f(fy, y, a, b)
    _replace(rgb, _outside(rgb, y), _search, fy, y, a, b)
    return rgb


def _search(fy: Float, y: Float, a: Float, b: Float) -> Rgb:
    share = _largest(fy, y, a, b, STEPS)
    return linear_from_f(fy, y, a * share, b * share)


def _largest(fy: Float, y: Float, a: Float, b: Float, steps: int) -> Float:
    """The share of the chroma that just fits, by regula falsi (Illinois)."""

    def excess(share: Float) -> Float:
        rgb = linear_from_f(fy, y, a * share, b * share)
        return np.maximum(-_lowest(rgb), _highest(rgb) - 1)

    inside, beyond = np.zeros_like(y), np.ones_like(y)
    under, over = np.minimum(np.maximum(-y, y - 1), np.float32(-1e-9)), excess(beyond)
    for _ in range(steps):
        share = inside - under * (beyond - inside) / (over - under)
        found = excess(share)
        good = found <= 0
        # Illinois: the end that stays counts half, so that both ends close in.
        over = np.where(good, over * np.float32(0.5), found)
        under = np.where(good, found, under * np.float32(0.5))
        inside, beyond = np.where(good, share, inside), np.where(good, beyond, share)
        under = np.minimum(under, np.float32(-1e-9))
    return inside


LIGHTS, HUES = 128, 256  # cells of the table: four times as many are no better on photographs
_FAR = np.float32(250)  # |a| + |b| beyond sRGB everywhere
_BLACK_TO_WHITE = np.float32(25 / 29)  # in CIE's f
SPAN = LIGHTS / _BLACK_TO_WHITE
SHORT = 0.999  # of what the table says, so that few have to be searched for


@cache
def edge() -> Float:
    """Largest |a| + |b| inside sRGB, by lightness (f(Y), black to white) and hue (see `_turn`)."""
    f = (np.linspace(0, 1, LIGHTS + 1, dtype=np.float32) * _BLACK_TO_WHITE + F_BLACK)[:, None]
    turn = np.linspace(-1, 3, HUES + 1, dtype=np.float32)[None]
    b = np.where(turn <= 1, turn, 2 - turn)
    a = np.where(turn <= 1, 1 - np.abs(b), np.abs(b) - 1)
    f, a, b = (np.array(np.broadcast_to(v, (LIGHTS + 1, HUES + 1))) for v in (f, a * _FAR, b * _FAR))
    return _largest(f, ratio_from_f(f), a, b, 2 * STEPS) * _FAR


def _share(fy: Float, a: Float, b: Float) -> Float:
    """The share of the chroma that fits, from the table, between whose nodes it is linear.

    Hue is measured along the square |a| + |b| = 1 instead of the circle, which saves an arctangent.
    """
    length = np.maximum(np.abs(a) + np.abs(b), np.float32(1e-6))
    turn = b / length
    turn = np.where(a < 0, 2 - turn, turn)
    row, column = (fy - F_BLACK) * SPAN, (turn + 1) * np.float32(HUES / 4)
    i = row.astype(np.intp).clip(0, LIGHTS - 1)
    j = column.astype(np.intp).clip(0, HUES - 1)
    down, right = row - i.astype(np.float32), column - j.astype(np.float32)
    at, table = i * (HUES + 1) + j, edge().ravel()
    upper = table.take(at) * (1 - right) + table.take(at + 1) * right
    at += HUES + 1
    lower = table.take(at) * (1 - right) + table.take(at + 1) * right
    return np.minimum((upper + (lower - upper) * down) * np.float32(SHORT) / length, np.float32(1))


@cache
def srgb8() -> NDArray[np.uint8]:
    """8-bit sRGB code of linear light in 65536 steps, rounded."""
    steps = np.arange(65536, dtype=np.float32) / np.float32(65535)
    return np.rint(srgb_from_linear(steps) * 255).astype(np.uint8)


@cache
def _rules() -> kernel.Rules:
    """All of this file's numbers, for the compiled kernel."""
    linear, f = grey_tables(np.dtype(np.uint8))
    return kernel.Rules(
        matrix=RGB_FROM_XYZ[:, [0, 2]], delta=DELTA, black=float(F_BLACK), slope=float(F_SLOPE),
        tolerance=float(TOLERANCE), span=float(SPAN), steps=STEPS, edge=edge(), linear=linear, f=f,
        codes=srgb8(),
    )  # fmt: skip


def paint_rows(grey: Grey, ab: Float) -> Grey:
    """Colour rows of a grey picture, keeping its lightness.

    Parameters
    ----------
    grey : uint8 or uint16, shape (rows, width)
        sRGB-encoded grey: the photograph.
    ab : float32, shape (2, rows, width)
        Chroma in Lab units.

    Returns
    -------
    array of grey's dtype, shape (rows, width, 3): sRGB, rounded. Where ab is 0 it equals grey exactly.
    """
    compiled = kernel.loaded()
    if compiled is not None and grey.dtype == np.uint8:
        return compiled.paint8(_rules(), cast("NDArray[np.uint8]", grey), ab)
    return _paint_rows(grey, ab, _fit)


def paint_rows_numpy(grey: Grey, ab: Float) -> Grey:
    """As `paint_rows`, without the compiled kernel, whose oracle it is."""
    return _paint_rows(grey, ab, fit_numpy)


def _paint_rows(grey: Grey, ab: Float, fit: Callable[[Float, Float, Float, Float], Rgb]) -> Grey:
    linear, f = grey_tables(grey.dtype)
    rgb = fit(f.take(grey), linear.take(grey), ab[0], ab[1])
    out = np.empty((*grey.shape, 3), dtype=grey.dtype)
    for i, channel in enumerate(rgb):
        if grey.dtype == np.uint8:
            channel *= np.float32(65535)
            out[..., i] = srgb8().take(np.rint(channel, out=channel).astype(np.uint16))
        else:
            out[..., i] = np.rint(srgb_from_linear(channel) * np.float32(65535)).astype(np.uint16)
    neutral = (ab[0] == 0) & (ab[1] == 0)
    if neutral.any():
        out[neutral] = grey[neutral][:, None]
    return out
