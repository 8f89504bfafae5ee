"""sRGB (IEC 61966-2-1) and CIE Lab 1976 under D65, in float32.

The white point is the sum of the RGB → XYZ matrix's columns, so that r = g = b gives a = b = 0 exactly;
scikit-image rounds its white to (0.95047, 1, 1.08883), which differs by less than 0.02 in ab.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Grey = NDArray[np.uint8] | NDArray[np.uint16]

# ITU-R BT.709 primaries, D65; the matrix of IEC 61966-2-1, with rows divided by the white.
_XYZ_FROM_RGB = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_XYZ_FROM_RGB /= _XYZ_FROM_RGB.sum(axis=1, keepdims=True)
XYZ_FROM_RGB: Float = _XYZ_FROM_RGB.astype(np.float32)
RGB_FROM_XYZ: Float = np.linalg.inv(_XYZ_FROM_RGB).astype(np.float32)

# CIE 15:2004, 8.2.1: below DELTA the cube root f gives way to a line, and its inverse to one of F_SLOPE.
DELTA = 6 / 29
F_BLACK = np.float32(4 / 29)
F_SLOPE = np.float32(3 * DELTA**2)

# IEC 61966-2-1, the transfer curve: a line below the knees (as encoded, in linear light), a power above.
ENCODED_KNEE, LINEAR_KNEE, LINE = 0.04045, 0.0031308, 12.92
OFFSET, SCALE, POWER = 0.055, 1.055, 2.4


def linear_from_srgb(value: Float) -> Float:
    """Undo the sRGB transfer curve; values 0-1, any shape."""
    low = value <= ENCODED_KNEE
    high = ((np.maximum(value, 0) + OFFSET) / SCALE) ** POWER
    return np.where(low, value / LINE, high).astype(np.float32)


def srgb_from_linear(value: Float) -> Float:
    """Apply the sRGB transfer curve; values 0-1, any shape."""
    low = value <= LINEAR_KNEE
    high = SCALE * np.maximum(value, LINEAR_KNEE) ** np.float32(1 / POWER) - OFFSET
    return np.where(low, value * LINE, high).astype(np.float32)


def f_from_ratio(ratio: Float) -> Float:
    """CIE's f: the cube root of a tristimulus ratio, with a line near black."""
    return np.where(ratio > DELTA**3, np.cbrt(ratio), ratio / (3 * DELTA**2) + 4 / 29).astype(np.float32)


def ratio_from_f(f: Float) -> Float:
    """Inverse of `f_from_ratio`."""
    cube = f * f * f
    if f.size and float(f.min()) < DELTA:  # most strips of a photograph have no such dark pixel
        np.copyto(cube, (f - F_BLACK) * F_SLOPE, where=f < DELTA)
    return cube


@cache
def tables(bits: int) -> tuple[Float, Float, Float]:
    """Linear light Y, CIE's f(Y) and L for every code of an sRGB-encoded grey of that many bits."""
    code = np.arange(2**bits, dtype=np.float64) / (2**bits - 1)
    linear = np.where(code <= ENCODED_KNEE, code / LINE, ((code + OFFSET) / SCALE) ** POWER)
    f = np.where(linear > DELTA**3, np.cbrt(linear), linear / (3 * DELTA**2) + 4 / 29)
    return linear.astype(np.float32), f.astype(np.float32), (116 * f - 16).astype(np.float32)


def grey_tables(dtype: np.dtype[np.uint8] | np.dtype[np.uint16]) -> tuple[Float, Float]:
    """Linear light Y and CIE's f(Y) for every code of an sRGB-encoded grey of that depth."""
    linear, f, _ = tables(8 * dtype.itemsize)
    return linear, f


def L_from_grey(grey: Grey) -> Float:
    """Lightness L, 0-100, of an sRGB-encoded grey picture (uint8 or uint16, any shape)."""
    return tables(8 * grey.dtype.itemsize)[2][grey]


def lab_from_srgb(rgb: NDArray[np.generic]) -> Float:
    """CIE Lab of an sRGB picture.

    Parameters
    ----------
    rgb : uint8, uint16 or float (0-1), shape (..., 3)

    Returns
    -------
    float32, shape (..., 3): L 0-100, a, b.
    """
    if rgb.shape[-1:] != (3,):
        msg = f"rgb has shape {rgb.shape}; the last axis must hold red, green, blue"
        raise ValueError(msg)
    if rgb.dtype in (np.uint8, np.uint16):
        linear = tables(8 * rgb.dtype.itemsize)[0][rgb]
    elif np.issubdtype(rgb.dtype, np.floating):
        value = rgb.astype(np.float32)
        if value.size and not (float(value.min()) >= -1e-3 and float(value.max()) <= 1.001):
            msg = f"rgb runs from {value.min()} to {value.max()}; floats must lie between 0 and 1"
            raise ValueError(msg)
        linear = linear_from_srgb(value)
    else:
        msg = f"rgb is {rgb.dtype}; give uint8, uint16 or floats 0-1"
        raise ValueError(msg)
    f = f_from_ratio(linear @ XYZ_FROM_RGB.T)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def linear_from_f(fy: Float, y: Float, a: Float, b: Float) -> tuple[Float, Float, Float]:
    """Linear sRGB of CIE Lab; values outside 0-1 are outside the gamut and are not clipped.

    The lightness is given as CIE's f(Y), which is (L + 16) / 116, and the ratio Y itself.
    """
    x = ratio_from_f(fy + a * np.float32(1 / 500))
    z = ratio_from_f(fy - b * np.float32(1 / 200))
    # Each row of the matrix sums to 1, so only the differences from Y count; grey stays grey exactly.
    x -= y
    z -= y
    m = RGB_FROM_XYZ
    return (
        y + m[0, 0] * x + m[0, 2] * z,
        y + m[1, 0] * x + m[1, 2] * z,
        y + m[2, 0] * x + m[2, 2] * z,
    )
