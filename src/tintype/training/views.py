"""Square views out of photographs that lie on the device: cut, turned and resized in one sampling.

All photographs of a set are there as they are stored, uint8, decoded once; a batch of views is drawn from
them without a loader. On a GPU they are one tensor in its memory; on the CPU the set's files stay mapped.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from tintype.dataset.shards import PhotoSet
from tintype.errors import TrainingError
from tintype.training.recipe import Augment


class DevicePhotos:
    """The photographs of a split on a device.

    Parameters
    ----------
    photos : PhotoSet
    device : torch.device

    Raises
    ------
    TrainingError
        If a GPU has too little memory for them.
    """

    def __init__(self, photos: PhotoSet, device: torch.device) -> None:
        self.device = device
        pieces = photos.mapped()
        offset, shape, home = photos.places()
        self.shortest_at_most = int(shape.min(1).max()) if len(shape) else 0
        if device.type == "cpu" or not pieces:
            self.pieces = [torch.from_numpy(piece) for piece in pieces]
        else:
            starts = np.cumsum([0, *(piece.size for piece in pieces[:-1])])
            offset, home = offset + starts[home], np.zeros_like(home)
            self.pieces = [_together(pieces, device, photos.folder)]
        self.offset, self.shape, self.home = (
            torch.from_numpy(a.astype(np.int64)).to(device) for a in (offset, shape, home)
        )

    def __len__(self) -> int:
        return len(self.offset)

    def sample(self, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        """Colours at places between pixels, bilinear; places outside are reflected at the edge.

        Parameters
        ----------
        which : int64, shape (n,)
            Indices of photographs.
        rows, columns : float32, shape (n, h, w)
            Places in pixels: 0 is the middle of the first one.

        Returns
        -------
        float32, shape (n, 3, h, w): sRGB codes, 0-255.
        """
        height, width = (self.shape[which, i].view(-1, 1, 1) for i in (0, 1))
        top, bottom, down = _between(rows, height)
        left, right, across = _between(columns, width)
        start = self.offset[which].view(-1, 1, 1)
        upper = self._codes(which, start + (top * width + left) * 3).lerp(
            self._codes(which, start + (top * width + right) * 3), across[:, None]
        )
        lower = self._codes(which, start + (bottom * width + left) * 3).lerp(
            self._codes(which, start + (bottom * width + right) * 3), across[:, None]
        )
        return upper.lerp(lower, down[:, None])

    def _codes(self, which: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
        """Red, green and blue of the pixels that begin `at`, (n, h, w) → float32 (n, 3, h, w)."""
        # A row of three bytes for each place that one could begin at: no copy, and one index for a pixel.
        rows = [piece.unfold(0, 3, 1) for piece in self.pieces]
        if len(rows) == 1:
            pixels = rows[0][at]
        else:
            home = self.home[which]
            pixels = torch.empty((*at.shape, 3), dtype=torch.uint8, device=self.device)
            for piece in sorted(set(home.tolist())):
                of_it = home == piece
                pixels[of_it] = rows[piece][at[of_it]]
        return pixels.permute(0, 3, 1, 2).contiguous().float()


def sample_views(
    photos: DevicePhotos, which: torch.Tensor, view: int, augment: Augment, generator: torch.Generator
) -> torch.Tensor:
    """Square views of photographs, augmented.

    Parameters
    ----------
    photos : DevicePhotos
    which : int64, shape (n,)
    view : int
        Side of the views, px.
    augment : Augment
    generator : torch.Generator
        Of the photographs' device.

    Returns
    -------
    float32, shape (n, 3, view, view): sRGB codes, 0-255, not rounded.
    """
    draw = Draw(generator, len(which))
    size = photos.shape[which].float()
    short = size.min(1).values
    cropped = draw.uniform() < augment.crop_share
    side = torch.where(cropped, short * draw.uniform(augment.crop, 1.0), short).floor().clamp(min=1)
    top, left = (((size[:, i] - side + 1) * draw.uniform()).floor() for i in (0, 1))
    # As many samples a pixel and side as the strongest shrinking needs, so that nothing is skipped.
    fine = max(1, math.ceil(photos.shortest_at_most / view - 0.25))
    line = (torch.arange(view * fine, device=photos.device) + 0.5) / (view * fine) - 0.5
    y, x = torch.meshgrid(line, line, indexing="ij")
    matrix = _turns(augment, draw)
    across = _reflected(matrix[0][0] * x + matrix[0][1] * y)
    down = _reflected(matrix[1][0] * x + matrix[1][1] * y)
    rows, columns = (
        (place + 0.5) * side.view(-1, 1, 1) - 0.5 + first.view(-1, 1, 1)
        for place, first in ((down, top), (across, left))
    )
    codes = photos.sample(which, rows, columns)
    return F.avg_pool2d(codes, fine) if fine > 1 else codes


def _together(pieces: list[NDArray[np.uint8]], device: torch.device, folder: Path) -> torch.Tensor:
    """All pieces in one tensor on a device, copied one by one: never twice in its memory."""
    size = sum(piece.size for piece in pieces)
    try:
        whole = torch.empty(size, dtype=torch.uint8, device=device)
    except torch.cuda.OutOfMemoryError:
        msg = f"{folder}: its photographs take {size / 1e9:.1f} GB, more than this GPU has free; "
        msg += "make a set of smaller ones (`tintype dataset --short`), or train with --device cpu"
        raise TrainingError(msg) from None
    at = 0
    for piece in pieces:
        whole[at : at + piece.size].copy_(torch.from_numpy(piece))
        at += piece.size
    return whole


class Draw:
    """Random numbers, one a sample."""

    def __init__(self, generator: torch.Generator, count: int) -> None:
        self.generator, self.count, self.device = generator, count, generator.device

    def uniform(self, low: float = 0.0, high: float = 1.0, *more: int) -> torch.Tensor:
        """Float32 numbers from `low` to below `high`, shape (count, *more)."""
        return (
            torch.rand(self.count, *more, generator=self.generator, device=self.device) * (high - low) + low
        )

    def normal(self, *more: int) -> torch.Tensor:
        """Float32 standard normal numbers, shape (count, *more)."""
        return torch.randn(self.count, *more, generator=self.generator, device=self.device)


def _turns(augment: Augment, draw: Draw) -> list[list[torch.Tensor]]:
    """From places in a view to places in the cut square, both from -0.5 to 0.5: a 2 × 2 matrix of (n, 1, 1).

    Rotation after shear after zoom; then half of the squares are mirrored.
    """
    turn = draw.uniform(-augment.rotation, augment.rotation) * (math.pi / 180)
    shear = draw.uniform(-augment.shear, augment.shear)
    zoom = [draw.uniform(1 - augment.zoom, 1 + augment.zoom) for _ in range(2)]
    cos, sin = turn.cos(), turn.sin()
    mirrored = torch.where(draw.uniform() < 0.5, -1.0, 1.0) if augment.flip else torch.ones_like(cos)
    matrix = [
        [mirrored * cos * zoom[0], mirrored * (-cos * shear.sin() - sin * shear.cos()) * zoom[1]],
        [sin * zoom[0], (-sin * shear.sin() + cos * shear.cos()) * zoom[1]],
    ]
    return [[entry.view(-1, 1, 1) for entry in row] for row in matrix]


def _reflected(place: torch.Tensor) -> torch.Tensor:
    """Fold what lies outside -0.5 to 0.5 back at the edge."""
    folded = (place + 0.5) % 2
    return torch.where(folded > 1, 2 - folded, folded) - 0.5


def _between(place: torch.Tensor, count: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The pixels before and after a place, and how far it is from the first to the second."""
    place = place.clamp(min=0).minimum(count.float() - 1)
    before = place.floor().long()
    return before, (before + 1).minimum(count - 1), place - before
