"""How near one picture comes to another, and how colourful it is: the one definition of each number.

docs/evaluation.md says what they mean. scikit-image computes SSIM and CIEDE2000, and is needed for these
alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float

RGB = NDArray[np.uint8]
BEST_PSNR = 99.0
"""PSNR of identical pictures, dB: it is infinite, and would be the mean of any set."""


def psnr(truth: RGB, result: RGB) -> float:
    """Return the peak signal to noise ratio over all three channels of sRGB 0-255, dB; 99 at the most."""
    error = float(np.mean((truth.astype(np.float64) - result) ** 2))
    return min(float(10 * np.log10(255**2 / error)), BEST_PSNR) if error else BEST_PSNR


def ssim(truth: RGB, result: RGB) -> float:
    """Structural similarity (Wang et al. 2004: Gaussian window, σ = 1.5), mean over the channels of sRGB.

    Pictures smaller than the window of 11 px give nan.
    """
    from skimage.metrics import structural_similarity

    if min(truth.shape[:2]) < 11:
        return float("nan")
    # In float32: twice as quick, the same to six digits.
    pair = [x.astype(np.float32) for x in (truth, result)]
    value: Any = structural_similarity(
        *pair, channel_axis=-1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    return float(value)


def ciede2000(truth_lab: Float, result_lab: Float) -> float:
    """Mean CIEDE2000 colour difference of two pictures in Lab (h, w, 3)."""
    from skimage.color import deltaE_ciede2000

    return float(np.mean(deltaE_ciede2000(truth_lab, result_lab)))


def ab_distances(truth: Float, result: Float) -> Float:
    """Return the Euclidean distance in ab of every pixel, float32 (h, w), Lab units.

    At equal lightness this is CIE 1976 ΔE.

    Parameters
    ----------
    truth, result : float32, shape (h, w, 3)
        Lab.
    """
    gap = truth[..., 1:] - result[..., 1:]
    return np.asarray(np.hypot(gap[..., 0], gap[..., 1]), dtype=np.float32)


def root_mean_square(distances: Float) -> float:
    """Root of the mean square of `ab_distances`: ab RMSE."""
    return float(np.sqrt(np.mean(np.square(distances, dtype=np.float64))))


def colorfulness(rgb: RGB, *, absolute: bool = False) -> float:
    """Colourfulness (Hasler and Süsstrunk 2003, eq. 7, M⁽³⁾): 0 for grey, to about 110.

    Parameters
    ----------
    rgb : uint8, shape (h, w, 3)
    absolute : bool
        Take the absolute value of both opponent channels first, as DDColor's published code does. It makes
        opposite hues look alike, so the numbers are not comparable with the others.
    """
    r, g, b = (rgb[..., i].astype(np.float32) for i in range(3))
    rg, yb = r - g, (r + g) / 2 - b
    if absolute:
        rg, yb = np.abs(rg), np.abs(yb)
    spread = np.hypot(rg.std(dtype=np.float64), yb.std(dtype=np.float64))
    middle = np.hypot(rg.mean(dtype=np.float64), yb.mean(dtype=np.float64))
    return float(spread + 0.3 * middle)
