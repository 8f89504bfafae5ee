"""How near a coloured photograph comes to the true one. docs/evaluation.md defines every number.

`tintype.metrics` has what compares two pictures; here is what concerns a whole set.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tintype.color.bins import GRID, nearest, srgb_bins
from tintype.color.lab import Float, lab_from_srgb
from tintype.metrics import RGB, ab_distances, ciede2000, colorfulness, psnr, root_mean_square, ssim

THRESHOLDS = 151  # 0, 1, …, 150 Lab units: Zhang et al. 2016, section 3.1


def pixel_areas(errors: Float) -> Float:
    """Area, 0-1, under each pixel's own curve "error ≤ t" for t = 0, 1, …, 150.

    Its mean over pixels is the AuC: the mean of curves is the curve of means.

    >>> [round(a, 4) for a in pixel_areas(np.array([0, 0.5, 150, 151], np.float32)).tolist()]
    [1.0, 0.9934, 0.0066, 0.0]
    """
    reached = np.clip(THRESHOLDS - np.ceil(errors), 0, None)
    return np.asarray(reached / THRESHOLDS, dtype=np.float32)


class ClassAreas:
    """AuC with every class of true colour counting alike ("rebalanced": Zhang et al. 2016, section 3.1).

    A class is the bin of a 10-unit ab grid that the true colour is nearest to. A pixel's weight is one over
    the share of its class among the pixels of the whole set, so classes that do not occur do not count.
    """

    def __init__(self) -> None:
        self.sum = np.zeros(len(srgb_bins()))
        self.count = np.zeros(len(srgb_bins()))

    def add(self, classes: NDArray[np.intp], areas: Float) -> None:
        """Count one photograph: the class of every pixel of the truth, and `pixel_areas`."""
        flat = classes.ravel()
        self.sum += np.bincount(flat, areas.ravel(), len(self.sum))
        self.count += np.bincount(flat, minlength=len(self.count))

    def merge(self, other: ClassAreas) -> None:
        """Count the photographs that another one has counted."""
        self.sum += other.sum
        self.count += other.count

    def value(self) -> float:
        """The AuC, 0-1."""
        seen = self.count > 0
        return float((self.sum[seen] / self.count[seen]).mean()) if seen.any() else float("nan")


def color_classes(lab: Float) -> NDArray[np.intp]:
    """Class of every pixel of a picture in Lab (h, w, 3)."""
    ab = np.ascontiguousarray(lab[..., 1:])
    # The bins lie on a grid: rounding finds the nearest, except beyond the grid's ragged edge.
    cell = np.rint(ab / GRID).astype(np.intp) + _HALF
    classes = _table()[cell[..., 0], cell[..., 1]]
    beyond = classes < 0
    if beyond.any():
        classes[beyond] = nearest(ab[beyond], srgb_bins())
    return classes


_HALF = 13  # cells from the middle of the table to its edge: 130 Lab units, more than sRGB reaches


@cache
def _table() -> NDArray[np.intp]:
    """Class by cell of the grid; -1 where there is none."""
    table = np.full((2 * _HALF + 1, 2 * _HALF + 1), -1, np.intp)
    rows, cols = (srgb_bins() / GRID).astype(int).T + _HALF
    table[rows, cols] = np.arange(len(srgb_bins()))
    return table


def color_features(lab: Float, cells: int = 4) -> NDArray[np.float64]:
    """Where which colour is: means of a, b and chroma in 4×4 cells; 48 numbers."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    planes = np.concatenate([lab[..., 1:], chroma[..., None]], axis=-1).astype(np.float64)
    rows = list(np.array_split(planes, cells, axis=0))
    means = [
        cell.mean(axis=(0, 1)) if cell.size else np.zeros(3)
        for row in rows
        for cell in np.array_split(row, cells, axis=1)
    ]
    return np.concatenate(means)


def frechet(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Fréchet distance of two sets of features taken as Gaussians (Dowson and Landau 1982).

    |m₁ - m₂|² + tr(C₁ + C₂ - 2 (C₁ C₂)^½), as it is, without a root.

    Parameters
    ----------
    one, other : float64, shape (photographs, features)
        Each with at least two photographs.
    """
    gap = one.mean(axis=0) - other.mean(axis=0)
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    first, second = np.atleast_2d(first), np.atleast_2d(second)
    # tr (C₁ C₂)^½ = tr (C₁^½ C₂ C₁^½)^½, which is symmetric: no complex roots from rounding.
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    joint = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second @ root), 0, None)).sum()
    return max(float(gap @ gap + np.trace(first) + np.trace(second) - 2 * joint), 0.0)


class Truth:
    """What is needed of a true photograph to measure others against it, computed once.

    Parameters
    ----------
    name : str
    rgb : uint8, shape (h, w, 3)
    """

    def __init__(self, name: str, rgb: RGB) -> None:
        self.name, self.rgb = name, rgb
        self.lab = lab_from_srgb(rgb)
        self.classes = color_classes(self.lab)
        self.colorfulness = colorfulness(rgb)
        self.colorfulness_abs = colorfulness(rgb, absolute=True)


def measure(
    truth: Truth, result: RGB, grey_psnr: float | None = None
) -> tuple[dict[str, float], Float, Float]:
    """Everything that one photograph says alone.

    Parameters
    ----------
    truth : Truth
    result : uint8, shape (h, w, 3)
    grey_psnr : float, optional
        PSNR of the same photograph left grey.

    Returns
    -------
    tuple: numbers by name, `pixel_areas` of the photograph, its Lab.
    """
    lab = lab_from_srgb(result)
    errors = ab_distances(truth.lab, lab)
    areas = pixel_areas(errors)
    quality = psnr(truth.rgb, result)
    cf, cf_abs = colorfulness(result), colorfulness(result, absolute=True)
    numbers = {
        "psnr": quality,
        "dpsnr": quality - (quality if grey_psnr is None else grey_psnr),
        "ssim": ssim(truth.rgb, result),
        "ab_rmse": root_mean_square(errors),
        "ciede2000": ciede2000(truth.lab, lab),
        "auc": 100 * float(areas.mean()),
        "cf": cf,
        "cf_abs": cf_abs,
        "cf_gap": abs(cf - truth.colorfulness),
        "cf_abs_gap": abs(cf_abs - truth.colorfulness_abs),
    }
    return numbers, areas, lab
