"""For networks that see or give RGB: the grey picture that a lightness stands for, and the chroma of a colour
picture."""

from __future__ import annotations

import numpy as np

from tintype.color.lab import Float, lab_from_srgb, ratio_from_f, srgb_from_linear

# Mean and standard deviation of ImageNet's photographs, sRGB 0-1: what almost every backbone was trained on.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def grey_from_L(L: Float) -> Float:
    """sRGB code, 0-1, of the grey that has this lightness.

    Parameters
    ----------
    L : float32, any shape
        0-100.

    Examples
    --------
    >>> grey_from_L(np.array([0, 100], np.float32)).round(3).tolist()
    [0.0, 1.0]
    """
    return srgb_from_linear(ratio_from_f((L + np.float32(16)) / np.float32(116)))


def ab_from_rgb(rgb: Float) -> Float:
    """Chroma of a picture: sRGB (3, h, w), clipped to 0-1 → ab (2, h, w) in Lab units."""
    pixels = np.moveaxis(np.clip(rgb, 0, 1), 0, -1)
    return np.ascontiguousarray(np.moveaxis(lab_from_srgb(pixels)[..., 1:], -1, 0))
