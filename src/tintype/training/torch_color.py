"""`tintype.color.lab` for batches on a device: channels first, values in torch."""

from __future__ import annotations

import torch

from tintype.color.lab import DELTA, ENCODED_KNEE, LINE, LINEAR_KNEE, OFFSET, POWER, SCALE, XYZ_FROM_RGB


def linear_from_srgb(srgb: torch.Tensor) -> torch.Tensor:
    """Undo the sRGB transfer curve; values 0-1, any shape."""
    return torch.where(srgb <= ENCODED_KNEE, srgb / LINE, ((srgb.clamp(min=0) + OFFSET) / SCALE) ** POWER)


def srgb_from_linear(linear: torch.Tensor) -> torch.Tensor:
    """Apply the sRGB transfer curve; values 0-1, any shape."""
    high = SCALE * linear.clamp(min=LINEAR_KNEE) ** (1 / POWER) - OFFSET
    return torch.where(linear <= LINEAR_KNEE, linear * LINE, high)


def f_from_ratio(ratio: torch.Tensor) -> torch.Tensor:
    """CIE's f: the cube root of a tristimulus ratio, with a line near black."""
    root = ratio.clamp(min=DELTA**3) ** (1 / 3)
    return torch.where(ratio > DELTA**3, root, ratio / (3 * DELTA**2) + 4 / 29)


def ratio_from_f(f: torch.Tensor) -> torch.Tensor:
    """Inverse of `f_from_ratio`."""
    return torch.where(f > DELTA, f**3, (f - 4 / 29) * (3 * DELTA**2))


def lab_from_linear(linear: torch.Tensor) -> torch.Tensor:
    """CIE Lab of linear light (n, 3, h, w), 0-1, in the same shape."""
    # No matrix product: a GPU may round its factors to 10 bits (TF32), and grey would get colours of 0.1.
    red, green, blue = linear.unbind(1)
    x, y, z = (f_from_ratio(r * red + g * green + b * blue) for r, g, b in XYZ_FROM_RGB.tolist())
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], 1)
