"""Colours as distributions over ab bins: soft targets, how common each bin is, and what a bin weighs."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tintype.color.bins import GRID, nearest
from tintype.color.lab import Float, lab_from_srgb
from tintype.dataset.shards import PhotoSet

_REACH = 110  # whole Lab units that the table covers; sRGB ends at 107.9
_SIDE = 2 * _REACH + 1


class SoftEncoding(nn.Module):
    """Looks up soft targets of colours, rounded to whole Lab units.

    Parameters
    ----------
    bins : float32, shape (Q, 2)
    kind : str
        ``bilinear``: shared between the corners of the grid cell. ``nearest5``: between the five nearest
        bins, by a Gaussian with σ = 5 (Zhang et al. 2016).
    """

    weight: torch.Tensor
    index: torch.Tensor
    near: torch.Tensor

    def __init__(self, bins: Float, kind: str = "bilinear") -> None:
        super().__init__()
        line = np.arange(-_REACH, _REACH + 1, dtype=np.float32)
        grid = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)
        near = torch.from_numpy(nearest(grid, bins))
        centers, points = torch.from_numpy(bins), torch.from_numpy(grid)
        if kind == "bilinear":
            share = (1 - (points[:, None] - centers).abs() / GRID).clamp(min=0).prod(-1)
            # Outside the bins' outline no corner is there: the nearest bin takes it all.
            outside = share.sum(1) < 1e-3
            share[outside] = F.one_hot(near[outside], len(bins)).float()
            weight, index = share.topk(min(4, len(bins)), 1)
        else:
            square = ((points[:, None] - centers) ** 2).sum(-1)
            closest, index = square.topk(min(5, len(bins)), 1, largest=False)
            weight = torch.exp(-(closest - closest[:, :1]) / (2 * 5.0**2))
        self.register_buffer("weight", weight / weight.sum(1, keepdim=True), persistent=False)
        self.register_buffer("index", index, persistent=False)
        self.register_buffer("near", near, persistent=False)

    def forward(self, ab: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Colours (n, 2) → weights (n, k), their bins (n, k), and the nearest bin (n,)."""
        place = ab.round().long().clamp(-_REACH, _REACH) + _REACH
        row = place[:, 0] * _SIDE + place[:, 1]
        return self.weight[row], self.index[row], self.near[row]


def prior(photos: PhotoSet, bins: Float, seed: int, count: int = 1500) -> Float:
    """How often each bin occurs, over every fourth pixel of at most `count` photographs; sums to 1."""
    rng = np.random.default_rng([seed, 0x9B10])
    total = np.zeros(len(bins), np.float64)
    for i in rng.choice(len(photos), min(count, len(photos)), replace=False):
        ab = lab_from_srgb(photos[int(i)][::4, ::4])[..., 1:]
        total += np.bincount(nearest(ab, bins).ravel(), minlength=len(bins))
    return np.asarray(total / total.sum(), np.float32)


def bin_weights(prior: Float, bins: Float, rebalance: float, smooth: float = 0.0, clip: float = 0.0) -> Float:
    """Weight of each bin in the loss (Zhang et al. 2016, eq. 4).

    w ∝ 1 / ((1 - λ) p + λ / Q), scaled so that its mean over true colours, Σ p w, is 1.

    Parameters
    ----------
    prior : float32, shape (Q,)
    bins : float32, shape (Q, 2)
    rebalance : float
        λ; at 1 all weigh 1.
    smooth : float
        σ of the Gaussian that smooths p over the bins first, Lab units; 0 leaves it.
    clip : float
        Largest weight, before the scale is fixed again; 0 for none.
    """
    p = prior.astype(np.float64)
    q = p
    if smooth:
        square = ((bins[:, None] - bins[None]) ** 2).sum(-1)
        kernel = np.exp(-square / (2 * smooth**2))
        q = (kernel / kernel.sum(0, keepdims=True)) @ p
    w = 1 / ((1 - rebalance) * q + rebalance / len(p))
    w /= (p * w).sum()
    if clip:
        w = np.minimum(w, clip)
        w /= (p * w).sum()
    return w.astype(np.float32)
