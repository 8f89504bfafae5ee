"""Real colour in a black-and-white photograph: a mount or a colour target around it, one red thing in it.

A photograph is judged by its print, not by what lies around it: a straight edge, beyond which everything is
coloured and within which nothing is, is the print's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Mask = NDArray[np.bool_]

_FAR = 14.0
"""Lab units from the tone, beyond which a place has a colour of its own."""

_BESIDE = 0.4
"""Share of a strip beyond the print's edge that must be coloured: a row of patches has gaps."""

_WITHIN = 0.03
"""Share of a strip within the print that may be."""

_LEAST = 0.35
"""Share of the picture that a print takes at least."""

_SMALL = 0.0015
"""Share of the print from which a real colour is worth a word."""

_STRIP = 3
"""Rows or columns, of a view of 256 px, over which an edge is sharp."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a view: rows top to bottom (exclusive), columns left to right (exclusive)."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def inner(self) -> tuple[slice, slice]:
        """Rows and columns, without those into which the view's blur has carried colour from beyond."""
        less = _STRIP + 1
        return slice(self.top + less, self.bottom - less), slice(self.left + less, self.right - less)


def colored(stray: Float64) -> Mask:
    """Places whose colour is their own: stray (h, w, 2) is what a and b have beyond the print's tone."""
    return np.asarray(np.hypot(stray[..., 0], stray[..., 1]) > _FAR)


def print_area(own: Mask) -> Area | None:
    """The print in a picture whose surroundings are coloured; None where there is no such frame.

    Parameters
    ----------
    own : bool (h, w)
        Places with a colour of their own, seen from the tone of the picture's middle.
    """
    height, width = own.shape
    area = Area(height // 4, height - height // 4, width // 4, width - width // 4)
    if own[area.inner].mean() > _WITHIN:
        return None
    area = _grown(own, area)
    if (area.bottom - area.top) * (area.right - area.left) < _LEAST * height * width:
        return None
    sides = [_sharp(own, area, side) for side in ("top", "bottom", "left", "right")]
    return area if True in sides and False not in sides else None


def _grown(own: Mask, area: Area) -> Area:
    """The area, with every side moved out until a row or column is coloured."""
    top, bottom, left, right = area.top, area.bottom, area.left, area.right
    height, width = own.shape
    for _ in range(2):  # corners: the second round sees the sides of the first
        while top > 0 and own[top - 1, left:right].mean() <= _WITHIN * 4:
            top -= 1
        while bottom < height and own[bottom, left:right].mean() <= _WITHIN * 4:
            bottom += 1
        while left > 0 and own[top:bottom, left - 1].mean() <= _WITHIN * 4:
            left -= 1
        while right < width and own[top:bottom, right].mean() <= _WITHIN * 4:
            right += 1
    return Area(top, bottom, left, right)


def _sharp(own: Mask, area: Area, side: str) -> bool | None:
    """Whether the picture turns coloured at once beyond a side of the area; None: nothing lies beyond."""
    turned = own if side in ("top", "bottom") else own.T
    first, last = (area.top, area.bottom) if side in ("top", "bottom") else (area.left, area.right)
    begin, end = (area.left, area.right) if side in ("top", "bottom") else (area.top, area.bottom)
    beyond = turned[:first][::-1] if side in ("top", "left") else turned[last:]
    if len(beyond) <= _STRIP:
        return None
    # The blur of the view makes the first rows of a frame half coloured.
    return bool(beyond[_STRIP - 1 : 3 * _STRIP, begin:end].mean() >= _BESIDE)


def small_share(own: Mask) -> float:
    """Share of a print that has a colour of its own, 0 where it is not worth a word."""
    share = float(own.mean())
    return share if share >= _SMALL else 0.0
