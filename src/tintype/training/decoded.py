"""What a distribution looks like when it is decoded as a photograph will be, so that a run can follow that.

The same steps as in `tintype.color.decode`, in torch and with gradients: means, contrasts given back by what
photograph and regions have lost, the photograph's own cast left alone.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch

from tintype.color.decode import DULL, LARGEST_LOSS, NEUTRAL, REGIONAL, REGIONS, TYPICAL_LOSS
from tintype.color.resample import taps

_FLOOR = 60.0  # square of Lab units: a smaller error is hardly seen, and must not count for all
_PRICE = 1.2  # of the truth's colorfulness: about what the error pays for a little of it there
_PULL = 12.0  # how much that price rises or falls by a share that is missing or too much


def decoded(mean: torch.Tensor, square: torch.Tensor, gain: float) -> torch.Tensor:
    """Colors of distributions at vividness 0.5.

    Parameters
    ----------
    mean : (n, 2, h, w) float32
        Mean ab, Lab units.
    square : (n, h, w) float32
        Mean of a² + b².
    gain : float
        Of a typical place, at vividness 0.5.

    Returns
    -------
    ab : (n, 2, h, w), Lab units
    """
    chroma2 = (mean**2).sum(1)
    within = (square - chroma2).clamp(min=0)
    spread = mean.var((2, 3), correction=0).sum(1).clamp(min=1e-3)
    whole = (1 + within.mean((1, 2)) / spread).clamp(max=LARGEST_LOSS)
    local = 1 + _by_region(within) / (_by_region(chroma2) + DULL)
    less = (local.log() - whole.log()[:, None, None]).clamp(max=0)
    lost = whole.log()[:, None, None] + REGIONAL * less
    gains = torch.exp(math.log(gain) / math.log(TYPICAL_LOSS) * lost)[:, None]
    chroma = (chroma2 + 1e-6).sqrt()[:, None]
    kept = (gains - 1) * chroma / (chroma + NEUTRAL)
    return mean * gains - mean.mean((2, 3), keepdim=True) * kept


def decoded_loss(ab: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """How wrong decoded colors are when they are as colorful as the truth.

    The mean over photographs of the logarithm of the squared error, as PSNR counts it, less what the mean
    colorfulness is worth, so that a run can't gain by growing dull; and a share of it that is missing, or too
    much, costs the more the larger it is.

    Parameters
    ----------
    ab, truth : (n, 2, h, w), Lab units

    Returns
    -------
    scalar
    """
    error = torch.log(((ab - truth) ** 2).sum(1).mean((1, 2)) + _FLOOR).mean()
    ratio = _colorfulness(ab).mean() / _colorfulness(truth).mean()
    return error - _PRICE * ratio + _PULL / 2 * (1 - ratio) ** 2


def _by_region(values: torch.Tensor) -> torch.Tensor:
    """Means over regions of an eighth of the short side, smoothly between them: (n, h, w) to the same."""
    h, w = values.shape[1:]
    cell = max(1.0, min(h, w) / REGIONS)
    size = max(1, round(h / cell)), max(1, round(w / cell))
    rows, columns = (_resampling(old, new, values.device) for old, new in zip((h, w), size, strict=True))
    means = rows @ values @ columns.T
    rows, columns = (_resampling(old, new, values.device) for old, new in zip(size, (h, w), strict=True))
    return (rows @ means @ columns.T).clamp(min=0)


@lru_cache(maxsize=64)
def _resampling(source: int, target: int, device: torch.device) -> torch.Tensor:
    """The weights of `tintype.color.resample` as a matrix (target, source), made once for a size."""
    first, weights = taps(source, target)
    matrix = np.zeros((target, source), np.float32)
    np.put_along_axis(matrix, first[:, None] + np.arange(weights.shape[1]), weights, 1)
    return torch.from_numpy(matrix).to(device)


def _colorfulness(ab: torch.Tensor) -> torch.Tensor:
    """Of each photograph, nearly as Hasler and Süsstrunk measure it: spread and mean of the chroma."""
    spread = (ab.var((2, 3), correction=0).sum(1) + 1e-3).sqrt()
    return spread + 0.3 * ((ab.mean((2, 3)) ** 2).sum(1) + 1e-3).sqrt()
