"""A frame of a film as a picture, as players show it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tintype.film.dependencies import cv2
from tintype.film.luma import Encoding, grey_of, rgb_from_ycc
from tintype.film.paint import Planes

Picture = NDArray[np.uint8]


def rgb_of(planes: Planes, size: tuple[int, int], encoding: Encoding) -> Picture:
    """R'G'B' of a frame, uint8 (height, width, 3), at a size given as (width, height)."""
    cv = cv2()
    luma, cb, cr = (cv.resize(p.astype(np.float32), size, interpolation=cv.INTER_AREA) for p in planes)
    _, _, reach = encoding.span
    neutral = np.float32(2 ** (encoding.bits - 1))
    scale = np.float32(1 / (2 * reach))
    rgb = rgb_from_ycc(grey_of(luma, encoding), (cb - neutral) * scale, (cr - neutral) * scale, encoding)
    return np.rint(np.clip(np.stack(rgb, axis=-1), 0, 1) * 255).astype(np.uint8)
