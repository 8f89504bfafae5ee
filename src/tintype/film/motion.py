"""Motion between frames, and coordinates carried along it.

Coordinates are composed from frame to frame and the thing carried is sampled once, at its source: sampled
at every step it would blur.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float
from tintype.film.dependencies import cv2

_AGREE = np.float32(10.0)  # L: lightness that differs by more is not the same thing
_RETURN = np.float32(3.0)  # px of the flow's grid: further off after going there and back, it is occluded
# Grain, blur and flow differ by as much on one and the same thing. Without these, trust would be worn out
# within an interval wherever a camera pans fast, and each key frame's answer would stand for itself.
_GRAIN = np.float32(5.0)  # L
_DRIFT = np.float32(2.0)  # px of the flow's grid


def small(luma: Any, height: int, width: int) -> Any:
    """A luma plane resized to the grid of the flow, uint8."""
    cv = cv2()
    resized = cv.resize(luma, (width, height), interpolation=cv.INTER_AREA)
    return resized if resized.dtype == np.uint8 else (resized >> 2).astype(np.uint8)


class Flow:
    """Optical flow of one size (DIS, Kroeger et al. 2016, as OpenCV has it)."""

    def __init__(self) -> None:
        cv = cv2()
        self._dis = cv.DISOpticalFlow_create(cv.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        # The preset's own stops at a quarter of the size: coordinates then drift from key frame to key frame
        # and jump back at each, which shows as a pulse.
        self._dis.setFinestScale(1)

    def __call__(self, here: Any, there: Any) -> Float:
        """Where each pixel of `here` lies in `there`, as an offset in px: float32 (h, w, 2), x first."""
        return self._dis.calc(here, there, None)


@cache
def identity(height: int, width: int) -> Float:
    """Coordinates of a frame in itself, float32 (h, w, 2), x first; not to be written to."""
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
    grid.flags.writeable = False
    return grid


def drift(here: Any, there: Any, flow: Flow) -> Float:
    """The camera's own motion from one picture to another, as an offset of each pixel in px: (h, w, 2).

    An affine map fitted to the flow; what moves otherwise than most is left out of a second fit.
    """
    height, width = here.shape
    field = flow(here, there).reshape(-1, 2)
    across, down = (identity(height, width)[..., i].ravel() for i in (0, 1))
    basis = np.stack([np.ones_like(across), across / width, down / height], axis=-1)
    fitted = _affine(basis, field, np.ones(len(field), bool))
    away = np.hypot(*(field - fitted).T)
    fitted = _affine(basis, field, away <= 2 * np.median(away) + np.float32(0.1))
    return np.asarray(fitted.reshape(height, width, 2), dtype=np.float32)


def _affine(basis: Float, field: Float, most: NDArray[np.bool_]) -> Float:
    """The least squares fit to some rows of a field, at all of them; by the normal equations."""
    few = basis[most].astype(np.float64)
    solved = np.linalg.lstsq(few.T @ few, few.T @ field[most], rcond=None)[0]
    return np.asarray(basis @ solved.astype(np.float32), dtype=np.float32)


def sample(image: Float, at: Float) -> Float:
    """An image (h, w) or (h, w, channels) at coordinates (h', w', 2), bilinear; edges repeat."""
    cv = cv2()
    return cv.remap(image, at, None, cv.INTER_LINEAR, borderMode=cv.BORDER_REPLICATE)


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """Coordinates of a moving frame in one that it has come from, and how far they can be trusted.

    Attributes
    ----------
    at : float32 (h, w, 2)
        Where each pixel of the frame reached lies in the frame begun with.
    trust : float32 (h, w)
        0-1.
    """

    at: Float
    trust: Float

    @classmethod
    def begun(cls, height: int, width: int) -> Carried:
        """A frame in itself."""
        return cls(identity(height, width), np.ones((height, width), np.float32))

    def stepped(self, back: Float, forth: Float, here: Any, before: Any) -> Carried:
        """One frame further.

        Parameters
        ----------
        back, forth : float32 (h, w, 2)
            Flow from the new frame to the one before, and from that to the new one.
        here, before : uint8 (h, w)
            Luma of the new frame, and of the one before.
        """
        to = identity(*here.shape) + back
        return Carried(sample(self.at, to), sample(self.trust, to) * trust(to, back, forth, here, before))


def trust(to: Float, back: Float, forth: Float, here: Any, before: Any) -> Float:
    """How far a step can be trusted: 1 for the same lightness, inside the picture, and back home again."""
    height, width = here.shape
    seen = sample(before.astype(np.float32), to)
    gap = np.abs(here.astype(np.float32) - seen) * np.float32(100 / 255)
    unlike = np.maximum(gap - _GRAIN, 0) / _AGREE
    home = back + sample(forth, to)
    allowed = _RETURN + np.float32(0.05) * np.hypot(back[..., 0], back[..., 1])
    far = np.maximum(np.hypot(home[..., 0], home[..., 1]) - _DRIFT, 0) / allowed
    inside = (to[..., 0] > -1) & (to[..., 0] < width) & (to[..., 1] > -1) & (to[..., 1] < height)
    return np.exp(-(unlike**2) - far**2).astype(np.float32) * inside
