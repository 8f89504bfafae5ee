"""From 16 bits a channel to 8: rounded, in one way everywhere.

>>> eight_bit_array(np.array([0, 128, 129, 65535], np.uint16))
array([  0,   0,   1, 255], dtype=uint8)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

_STEP = 257  # 65535 / 255: a shift by 8 bits would be up to one code too dark


def eight_bit(image: pyvips.Image) -> pyvips.Image:
    """Return an image of 8 or 16 bits with 8 bits a channel."""
    if image.format != "ushort":
        return image
    eight = (image / _STEP).rint().cast("uchar")
    return eight.copy(interpretation="b-w" if image.bands < 3 else "srgb")


def eight_bit_rgb(image: pyvips.Image) -> pyvips.Image:
    """Return grey or RGB of 8 or 16 bits as sRGB of 8 bits and three bands."""
    image = eight_bit(image)
    image = image.copy(interpretation="b-w" if image.bands == 1 else "srgb")
    return image if image.bands == 3 else image.colourspace("srgb")


def eight_bit_array(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Return uint8 samples as they are, others, which run from 0 to 65535, as uint8."""
    if pixels.dtype == np.uint8:
        return pixels
    return ((pixels.astype(np.uint32) + _STEP // 2) // _STEP).astype(np.uint8)
