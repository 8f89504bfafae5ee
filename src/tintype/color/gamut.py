"""Joining lightness and chroma inside sRGB: chroma gives way, lightness and hue never do.

Clipping RGB instead, as most colorizers do, moves L by up to 14 units. Here a colour outside the gamut is
pulled towards the grey of its own lightness, along a straight line in ab, just far enough.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float, Grey, grey_tables, linear_from_f, ratio_from_f, srgb_from_linear

_STEPS = 8  # chroma then ends 0.04 Lab units short of the edge on average, and never beyond it
_EDGE = np.float32(1e-4)  # of linear light: what 8 bits round away, and what float32 noise needs


def fit(L: Float, a: Float, b: Float) -> tuple[Float, Float, Float]:
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


def _fit(fy: Float, y: Float, a: Float, b: Float) -> tuple[Float, Float, Float]:
    rgb = linear_from_f(fy, y, a, b)
    # Whole strips mostly lie inside: reductions are cheaper than masks.
    if min(float(c.min()) for c in rgb) < 0 or max(float(c.max()) for c in rgb) > 1:
        # Near black the tolerance must shrink with the light: 1e-4 would be a visible share of it.
        outside = (_lowest(rgb) < -_EDGE * y) | (_highest(rgb) > 1 + _EDGE)
        if outside.any():
            reduced = _reduce(fy[outside], y[outside], a[outside], b[outside])
            for channel, value in zip(rgb, reduced, strict=True):
                channel[outside] = value
        for channel in rgb:
            np.clip(channel, 0, 1, out=channel)
    return rgb


def _lowest(rgb: tuple[Float, Float, Float]) -> Float:
    return np.minimum(np.minimum(rgb[0], rgb[1]), rgb[2])


def _highest(rgb: tuple[Float, Float, Float]) -> Float:
    return np.maximum(np.maximum(rgb[0], rgb[1]), rgb[2])


def _reduce(fy: Float, y: Float, a: Float, b: Float) -> tuple[Float, Float, Float]:
    """Colours on the gamut's edge: the share of the chroma that just fits, by regula falsi (Illinois)."""

    def excess(share: Float) -> Float:
        rgb = linear_from_f(fy, y, a * share, b * share)
        return np.maximum(-_lowest(rgb), _highest(rgb) - 1)

    inside, beyond = np.zeros_like(y), np.ones_like(y)
    under, over = np.minimum(np.maximum(-y, y - 1), np.float32(-1e-9)), excess(beyond)
    for _ in range(_STEPS):
        share = inside - under * (beyond - inside) / (over - under)
        found = excess(share)
        good = found <= 0
        # Illinois: the end that stays counts half, so that both ends close in.
        over = np.where(good, over * np.float32(0.5), found)
        under = np.where(good, found, under * np.float32(0.5))
        inside, beyond = np.where(good, share, inside), np.where(good, beyond, share)
        under = np.minimum(under, np.float32(-1e-9))
    return linear_from_f(fy, y, a * inside, b * inside)


@cache
def _srgb8() -> NDArray[np.uint8]:
    """8-bit sRGB code of linear light in 65536 steps, rounded."""
    steps = np.arange(65536, dtype=np.float32) / np.float32(65535)
    return np.rint(srgb_from_linear(steps) * 255).astype(np.uint8)


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
    linear, f = grey_tables(grey.dtype)
    rgb = _fit(f[grey], linear[grey], ab[0], ab[1])
    out = np.empty((*grey.shape, 3), dtype=grey.dtype)
    for i, channel in enumerate(rgb):
        if grey.dtype == np.uint8:
            channel *= np.float32(65535)
            out[..., i] = _srgb8()[np.rint(channel, out=channel).astype(np.uint16)]
        else:
            out[..., i] = np.rint(srgb_from_linear(channel) * np.float32(65535)).astype(np.uint16)
    neutral = (ab[0] == 0) & (ab[1] == 0)
    if neutral.any():
        out[neutral] = grey[neutral][:, None]
    return out
