"""Hints as a user might give them, drawn from the true colours."""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

from tintype.training.views import Draw

HINT_SCALE = 110.0
_MOST, _LARGEST = 60, 9  # hints on a photograph; px of a hint's side
_CHANCE = 0.12  # of the geometric distribution of their number


def some_hints(ab: torch.Tensor, draw: Draw) -> torch.Tensor:
    """Known colours at a few places, as Zhang et al. 2017 draw them.

    Their number is geometric; a hint is a square of 1-9 px that carries its mean colour, half of them
    anywhere, half near the middle, where people click. Where two overlap, the later one is seen.

    Parameters
    ----------
    ab : float32, shape (n, 2, v, v)
    draw : Draw

    Returns
    -------
    float32, shape (n, 3, v, v): a / 110, b / 110, mask.
    """
    n, _, v, _ = ab.shape
    count = (1 - draw.uniform()).log().div(math.log(1 - _CHANCE)).ceil().clamp(1, _MOST)
    used = torch.arange(_MOST, device=ab.device) < count[:, None]
    side = draw.uniform(1, min(_LARGEST + 1, v), _MOST).long()
    room = v - side
    anywhere = draw.uniform(0, 1, _MOST, 2) * room[..., None]
    middle = (draw.normal(_MOST, 2) * (v / 4) + v / 2).clamp(min=0).minimum(room[..., None] - 1.0)
    corner = torch.where((draw.uniform(0, 1, _MOST) < 0.5)[..., None], anywhere, middle).clamp(min=0).long()
    colors = _square_means(ab, corner, side) / HINT_SCALE
    top = _topmost(corner, side, used, v)
    flat = torch.cat([colors, torch.zeros_like(colors[:, :1])], 1)  # the last one: no hint
    shown = flat.gather(1, top.view(n, -1, 1).expand(-1, -1, 2)).view(n, v, v, 2).permute(0, 3, 1, 2)
    return torch.cat([shown, (top < _MOST)[:, None].float()], 1)


def _square_means(ab: torch.Tensor, corner: torch.Tensor, side: torch.Tensor) -> torch.Tensor:
    """Mean ab of squares (n, k), from sums over everything above and left of a place: (n, k, 2)."""
    v = ab.shape[2]
    sums = F.pad(ab.double().cumsum(2).cumsum(3), (1, 0, 1, 0)).flatten(2)

    def up_to(rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        at = (rows * (v + 1) + columns)[:, None].expand(-1, 2, -1)
        return sums.gather(2, at).transpose(1, 2)

    top, left = corner.unbind(2)
    bottom, right = top + side, left + side
    total = up_to(bottom, right) - up_to(top, right) - up_to(bottom, left) + up_to(top, left)
    return (total / (side**2)[..., None]).float()


def _topmost(corner: torch.Tensor, side: torch.Tensor, used: torch.Tensor, v: int) -> torch.Tensor:
    """Which hint is seen at each pixel, the last of those there; `_MOST` for none: int64 (n, v, v)."""
    n = len(corner)
    step = torch.arange(_LARGEST, device=corner.device)
    rows = corner[..., 0, None, None] + step[:, None]
    columns = corner[..., 1, None, None] + step
    inside = (step[:, None] < side[..., None, None]) & (step < side[..., None, None]) & used[..., None, None]
    at = torch.where(inside, rows * v + columns, v * v)  # a place more, for what is not there
    rank = torch.arange(_MOST, device=corner.device).view(1, -1, 1, 1).expand_as(at)
    seen = torch.full((n, v * v + 1), -1, device=corner.device)
    seen.scatter_reduce_(1, at.flatten(1), rank.flatten(1), "amax")
    seen = seen[:, :-1].view(n, v, v)
    return torch.where(seen < 0, _MOST, seen)
