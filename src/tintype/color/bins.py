"""The grid of quantised ab colours that networks give probabilities over (Zhang et al., ECCV 2016)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float, lab_from_srgb

GRID = 10  # Lab units between neighbouring bins, as in Zhang et al. 2016


@cache
def srgb_bins() -> Float:
    """The points of a 10-unit ab grid that are nearest to some sRGB colour: float32 (261, 2).

    Zhang et al. 2016 list 313 points, which also hold bins that no sRGB colour under D65 falls into;
    those are read from the user's file where a published network needs them.

    >>> srgb_bins().shape
    (261, 2)
    """
    codes = np.append(np.arange(0, 255, 3), 255).astype(np.uint8)
    found: set[tuple[int, int]] = set()
    for red in codes:
        cube = np.stack(np.meshgrid([red], codes, codes, indexing="ij"), axis=-1)
        near = np.rint(lab_from_srgb(cube)[..., 1:] / GRID).astype(int).reshape(-1, 2)
        found.update(map(tuple, np.unique(near, axis=0)))
    return np.array(sorted(found), dtype=np.float32) * GRID


def nearest(ab: Float, bins: Float) -> NDArray[np.intp]:
    """Index of the bin nearest to each colour.

    Parameters
    ----------
    ab : float32, shape (..., 2)
    bins : float32, shape (Q, 2)

    Returns
    -------
    int array, shape (...)
    """
    flat = ab.reshape(-1, 2)
    # |ab - bin|^2 without the term that is the same for every bin
    score = flat @ bins.T
    score -= 0.5 * (bins**2).sum(axis=1)
    return score.argmax(axis=1).reshape(ab.shape[:-1])
