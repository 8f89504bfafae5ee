"""What validation sees of a photograph: the square in its middle."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

Pixels = NDArray[np.uint8]


def centered(pixels: Pixels, view: int) -> Pixels:
    """The largest square in the middle, resized: what validation sees."""
    h, w = pixels.shape[:2]
    side = min(h, w)
    top, left = (h - side) // 2, (w - side) // 2
    return resized(pixels[top : top + side, left : left + side], view, view)


def resized(pixels: Pixels, height: int, width: int) -> Pixels:
    """Bilinear with antialiasing; uint8 (h, w, 3)."""
    if pixels.shape[:2] == (height, width):
        return np.ascontiguousarray(pixels)
    t = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]
    t = F.interpolate(t, size=(height, width), mode="bilinear", antialias=True)
    return np.ascontiguousarray(t[0].numpy().transpose(1, 2, 0))
