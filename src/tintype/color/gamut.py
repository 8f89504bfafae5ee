"""Joining lightness and chroma inside sRGB: chroma gives way, lightness and hue never do.

Clipping RGB instead, as most colorizers do, moves L by up to 14 units. Here a colour outside the gamut is
pulled towards the grey of its own lightness, along a straight line in ab, just far enough.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float, Grey, grey_tables, linear_from_f, ratio_from_f, srgb_from_linear

_STEPS = 12  # bisections: chroma is found to 1 part in 4096
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
    low = np.minimum(np.minimum(rgb[0], rgb[1]), rgb[2])
    high = np.maximum(np.maximum(rgb[0], rgb[1]), rgb[2])
    outside = (low < 0) | (high > 1)
    # Near black the tolerance must shrink with the light: 1e-4 would be a visible share of it.
    if outside.any() and (worst := outside & ((low < -_EDGE * y) | (high > 1 + _EDGE))).any():
        wy, wf, wa, wb = y[worst], fy[worst], a[worst], b[worst]
        inside, beyond = np.zeros_like(wy), np.ones_like(wy)
        for _ in range(_STEPS):
            middle = (inside + beyond) * np.float32(0.5)
            r, g, b_ = linear_from_f(wf, wy, wa * middle, wb * middle)
            good = (np.minimum(np.minimum(r, g), b_) >= 0) & (np.maximum(np.maximum(r, g), b_) <= 1)
            np.copyto(inside, middle, where=good)
            np.copyto(beyond, middle, where=~good)
        for channel, value in zip(rgb, linear_from_f(wf, wy, wa * inside, wb * inside), strict=True):
            channel[worst] = value
    for channel in rgb:
        np.clip(channel, 0, 1, out=channel)
    return rgb


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
