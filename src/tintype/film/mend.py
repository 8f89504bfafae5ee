"""Frames that a film has lost, made of those before and after them along the motion."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from tintype.color.lab import Float
from tintype.film.dependencies import cv2
from tintype.film.luma import Plane
from tintype.film.motion import Flow, identity, sample, small

_SIDE = 240
"""Short side, px, of the pictures that motion is found in."""


def between(before: Plane, after: Plane, share: float) -> Plane:
    """The luma of a moment between two frames.

    Parameters
    ----------
    before, after : uint8 or uint16 (h, w)
    share : float
        How far the moment lies towards the second, 0-1.
    """
    height, width = before.shape
    scale = min(1.0, _SIDE / min(height, width))
    size = max(8, round(height * scale)), max(8, round(width * scale))
    here, there = small(before, *size), small(after, *size)
    flow = Flow()
    back, forth = flow(there, here), flow(here, there)
    first = _moved(before, back, share)
    second = _moved(after, forth, 1 - share)
    mixed = first * np.float32(1 - share) + second * np.float32(share)
    return cast(Plane, np.rint(mixed).astype(before.dtype))


def _moved(luma: Plane, field: Float, part: float) -> Float:
    height, width = luma.shape
    rows, columns = field.shape[:2]
    stretched: Any = cv2().resize(field, (width, height), interpolation=cv2().INTER_LINEAR)
    stretched *= np.array([width / columns, height / rows], np.float32) * np.float32(part)
    return sample(luma.astype(np.float32), identity(height, width) + stretched)
