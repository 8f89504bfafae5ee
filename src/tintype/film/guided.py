"""Colours laid along the edges of the lightness, by the guided filter of He, Sun and Tang 2010."""

from __future__ import annotations

import numpy as np

from tintype.color.lab import Float
from tintype.film.dependencies import cv2
from tintype.film.luma import Plane

_RADIUS = 2
"""px of the grid that colour is carried on. The network's answers are several times as coarse."""

_FLAT = np.float32(25.0)
"""L²: where lightness varies less, colour is smoothed; where it varies more, colour turns with it."""


def guided(ab: Float, seen: Plane) -> Float:
    """Chroma whose edges come nearer to those of the lightness.

    An answer of the network is coarser than the picture: its edges lie beside those of things, and move
    across them as motion is followed inexactly, which shows as unrest along every outline. In each small
    window chroma is fitted as a linear function of lightness; a pixel gets the mean of the fits around it.

    Parameters
    ----------
    ab : float32 (h, w, 2)
        Lab units.
    seen : uint8 (h, w)
        Luma of the same frame.

    Returns
    -------
    float32 (h, w, 2)
    """
    light = np.asarray(seen * np.float32(100 / 255), dtype=np.float32)
    middle = _mean(light)
    spread = _mean(light * light) - middle * middle + _FLAT
    level = _mean(ab)
    together = _mean(np.asarray(light[..., None] * ab, dtype=np.float32)) - middle[..., None] * level
    slope = np.asarray(together / spread[..., None], dtype=np.float32)
    return _mean(slope) * light[..., None] + _mean(level - slope * middle[..., None])


def _mean(values: Float) -> Float:
    """Mean over the window around each pixel; the picture is mirrored at its edges."""
    side = 2 * _RADIUS + 1
    return np.asarray(cv2().blur(values, (side, side), borderType=cv2().BORDER_REFLECT), dtype=np.float32)
