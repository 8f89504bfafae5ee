"""From a frame to what the network says of it, and back: sizes, bars, rotation, pixels that aren't square."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tintype.color.guidance import honor_hints
from tintype.color.lab import Float, L_from_grey
from tintype.film import evidence
from tintype.film.dependencies import cv2
from tintype.film.info import FilmInfo
from tintype.film.luma import Plane, grey_of
from tintype.film.motion import small
from tintype.network.adapter import Network
from tintype.network.descriptor import view_size
from tintype.settings import Hint, Settings
from tintype.steering import hint_planes, hinted, steered

GRID = 160
"""Short side, px, of the grid on which motion is found and colour is carried."""


@dataclass(slots=True, eq=False)
class Camera:
    """One network looking at the frames of one film.

    Attributes
    ----------
    info : FilmInfo
    area : (left, top, width, height)
        The picture without its bars.
    network : Network
    settings : Settings
    """

    info: FilmInfo
    area: tuple[int, int, int, int]
    network: Network
    settings: Settings
    _turns: int = field(init=False)
    _view: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._turns = self.info.rotation // 90
        self._view = view_size(self.network.descriptor.size, *self.upright, self.settings.size)

    @property
    def upright(self) -> tuple[int, int]:
        """Height and width of the picture as it is shown, px."""
        _, _, width, height = self.area
        width = max(1, round(width * self.info.pixel_aspect))
        return (width, height) if self._turns % 2 else (height, width)

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width of the grid that colour is carried on: as the picture is stored."""
        _, _, width, height = self.area
        scale = GRID / min(width, height)
        return max(8, round(height * scale)), max(8, round(width * scale))

    def inside(self, luma: Plane) -> Plane:
        """The picture without its bars."""
        left, top, width, height = self.area
        return luma[top : top + height, left : left + width]

    def small(self, luma: Plane) -> Any:
        """Luma on the grid, uint8 (h, w)."""
        return small(self.inside(luma), *self.grid)

    def ask(self, luma: Plane, hints: Sequence[Hint] = ()) -> Float:
        """What the network says of a frame, on the grid: see `evidence.said`."""
        cv = cv2()
        picture = np.ascontiguousarray(np.rot90(self.inside(luma), self._turns))
        seen = cv.resize(picture, self._view[::-1], interpolation=cv.INTER_AREA)
        codes = np.rint(grey_of(seen, self.info.encoding) * 65535).astype(np.uint16)
        planes = None
        if hints and self.network.descriptor.hints:
            planes = hint_planes(hints, self.upright, self._view)
        said = evidence.said(self.network.predict(L_from_grey(codes), planes), self.settings)
        said = np.ascontiguousarray(np.rot90(said, -self._turns))
        return cv.resize(said, self.grid[::-1], interpolation=cv.INTER_LINEAR)

    def decode(self, values: Float) -> Float:
        """Chroma (h, w, 2) that such values stand for."""
        ab = evidence.colors(values, self.network.descriptor.vividness, self.settings)
        return np.ascontiguousarray(ab.transpose(1, 2, 0))

    def steer(self, ab: Float, seen: Any, hints: Sequence[Hint] = ()) -> Float:
        """Saturation, warmth and hints as on stills; ab (h, w, 2) over small luma (h, w)."""
        if self.settings.saturation == 1 and not self.settings.warmth and not hints:
            return ab
        turned = np.rot90(ab, self._turns).transpose(2, 0, 1)
        L = L_from_grey(np.ascontiguousarray(np.rot90(seen, self._turns)))
        places, wanted = hinted(hints, self.upright, L.shape)
        made = honor_hints(steered(turned, L, self.settings), L, places, wanted)
        return np.ascontiguousarray(np.rot90(made.transpose(1, 2, 0), -self._turns))

    def to_upright(self, x: float, y: float) -> tuple[float, float]:
        """Grid coordinates (px, as stored) as a place of the picture as it is shown, px of `upright`."""
        (rows, cols), (height, width) = self.grid, self.upright
        u, v = (x + 0.5) / cols, (y + 0.5) / rows
        for _ in range(self._turns):
            u, v = v, 1 - u
        return u * width, v * height

    def to_grid(self, x: float, y: float) -> tuple[float, float]:
        """A place of the whole film's upright picture, px, on the grid."""
        height, width = self.info.upright_size
        u, v = x / width, y / height
        for _ in range(self._turns):
            u, v = 1 - v, u
        left, top, across, down = self.area
        rows, cols = self.grid
        return (
            (u * self.info.width - left) / across * cols - 0.5,
            (v * self.info.height - top) / down * rows - 0.5,
        )
