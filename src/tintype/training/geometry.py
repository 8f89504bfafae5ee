"""Cuts and turns: the same for lightness and colour, decided by the random numbers of one sample."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from tintype.training.recipe import Augment

Pixels = NDArray[np.uint8]


def cut(pixels: Pixels, view: int, augment: Augment, rng: np.random.Generator) -> Pixels:
    """A square view of a photograph, augmented.

    Parameters
    ----------
    pixels : uint8, shape (h, w, 3)
    view : int
        Side of the view, px.
    augment : Augment
    rng : numpy.random.Generator

    Returns
    -------
    uint8, shape (view, view, 3)
    """
    h, w = pixels.shape[:2]
    side = min(h, w)
    if rng.random() < augment.crop_share:
        side = max(1, int(side * rng.uniform(augment.crop, 1.0)))
    top, left = rng.integers(h - side + 1), rng.integers(w - side + 1)
    square = pixels[top : top + side, left : left + side]
    if augment.flip and rng.random() < 0.5:
        square = square[:, ::-1]
    square = resized(square, view, view)
    if augment.shear or augment.zoom or augment.rotation:
        square = turned(
            square,
            rng.uniform(-augment.shear, augment.shear),
            (
                rng.uniform(1 - augment.zoom, 1 + augment.zoom),
                rng.uniform(1 - augment.zoom, 1 + augment.zoom),
            ),
            math.radians(rng.uniform(-augment.rotation, augment.rotation)),
        )
    return square


def centred(pixels: Pixels, view: int) -> Pixels:
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


def turned(pixels: Pixels, shear: float, zoom: tuple[float, float], angle: float) -> Pixels:
    """Rotated (radians), sheared (radians) and zoomed about the middle; what comes in is reflected."""
    cos, sin = math.cos(angle), math.sin(angle)
    rotate = np.array([[cos, -sin], [sin, cos]])
    slant = np.array([[1, -math.sin(shear)], [0, math.cos(shear)]])
    matrix = rotate @ slant @ np.diag(zoom)
    theta = torch.from_numpy(np.column_stack([matrix, [0, 0]]).astype(np.float32))[None]
    t = torch.from_numpy(pixels.transpose(2, 0, 1).astype(np.float32))[None]
    grid = F.affine_grid(theta, list(t.shape), align_corners=False)
    t = F.grid_sample(t, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    return np.ascontiguousarray(t[0].round().clamp(0, 255).to(torch.uint8).numpy().transpose(1, 2, 0))
