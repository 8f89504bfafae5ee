"""Ageing: what decades do to a photograph, done to the input only, so that the network learns to see past it.

The ranges follow what old prints and plates show: orthochromatic emulsions do not see red, the first ones
saw blue only; prints fade, papers differ in gamma; grain, lens blur, scratches and JPEG come on top.
"""

from __future__ import annotations

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color.lab import Float, L_from_grey, f_from_ratio
from tintype.training.recipe import Film

Random = np.random.Generator


def aged(L: Float, linear: Float, film: Film, rng: Random) -> Float:
    """Lightness of the same photograph as an old print may show it.

    Parameters
    ----------
    L : float32, shape (h, w)
        True lightness, 0-100.
    linear : float32, shape (h, w, 3)
        The photograph in linear light, 0-1.
    film : Film
        How often, and how often each kind.
    rng : numpy.random.Generator

    Returns
    -------
    float32, shape (h, w), 0-100; `L` itself for the samples that stay as they are.
    """
    if rng.random() >= film.share:
        return L
    if rng.random() < film.spectral:
        L = through_emulsion(linear, *emulsion(rng))
    x = L / np.float32(100)
    if rng.random() < film.gamma:
        x = np.clip(x, 1e-4, 1) ** np.float32(rng.uniform(0.6, 1.6))
    if rng.random() < film.fade:
        low, high = rng.uniform(0, 0.15), rng.uniform(0.85, 1)
        x = low + x * (high - low)
    if rng.random() < film.blur:
        x = blurred(x, rng.uniform(0.3, 1.0))
    if rng.random() < film.grain:
        x = grained(x, rng.uniform(0, 0.05), rng)
    if rng.random() < film.scratches:
        x = scratched(x, rng)
    x = np.clip(x, 0, 1)
    if rng.random() < film.jpeg:
        x = through_jpeg(x, int(rng.integers(30, 96)))
    return np.asarray(x * 100, np.float32)


def emulsion(rng: Random) -> tuple[float, float, float]:
    """Sensitivity to red, green and blue, summing to 1: orthochromatic, blue-sensitive, or any."""
    kind = rng.random()
    if kind < 0.45:
        weights = np.array([rng.uniform(0, 0.1), rng.uniform(0.45, 0.65), rng.uniform(0.35, 0.5)])
    elif kind < 0.6:
        weights = np.array([0, rng.uniform(0, 0.25), rng.uniform(0.75, 1)])
    else:
        weights = rng.dirichlet((2, 2, 2))
    r, g, b = weights / weights.sum()
    return float(r), float(g), float(b)


def through_emulsion(linear: Float, red: float, green: float, blue: float) -> Float:
    """Lightness (h, w) of a photograph in linear light (h, w, 3) taken with these sensitivities."""
    y = linear @ np.array([red, green, blue], np.float32)
    return 116 * f_from_ratio(y) - 16


def blurred(x: Float, sigma: float) -> Float:
    """Gaussian blur with σ in px, five taps, mirrored at the edge."""
    taps = np.exp(-(np.arange(-2, 3) ** 2) / (2 * sigma**2)).astype(np.float32)
    taps /= taps.sum()
    for axis in (0, 1):
        pad = [(2, 2) if a == axis else (0, 0) for a in (0, 1)]
        wide = np.pad(x, pad, mode="reflect")
        size = x.shape[axis]
        x = sum(t * np.take(wide, range(i, i + size), axis) for i, t in enumerate(taps))
    return x


def grained(x: Float, strength: float, rng: Random) -> Float:
    """Noise with this standard deviation (0-1), half of the time in clumps of about three pixels."""
    noise = rng.standard_normal(x.shape, np.float32) * np.float32(strength)
    if rng.random() < 0.5:
        noise = blurred(noise, 1.0) * np.float32(3.0)
    return x + noise


def scratched(x: Float, rng: Random) -> Float:
    """A few thin, nearly vertical, light or dark lines, and specks of dust."""
    x = x.copy()
    h, w = x.shape
    rows = np.arange(h)
    for _ in range(rng.integers(1, 5)):
        columns = rng.uniform(0, w) + rng.uniform(-0.3, 0.3) * rows + 2 * np.sin(rows / rng.uniform(8, 40))
        part = (rows >= rng.integers(0, h)) | (rng.random() < 0.5)
        inside = part & (columns >= 0) & (columns < w)
        x[rows[inside], columns[inside].astype(np.intp)] += rng.choice([-0.5, 0.5]) * rng.uniform(0.3, 1)
    for _ in range(rng.integers(0, 12)):
        row, column, size = rng.integers(0, h), rng.integers(0, w), rng.integers(1, 3)
        x[row : row + size, column : column + size] = rng.choice([0.05, 0.95])
    return x


def through_jpeg(x: Float, quality: int) -> Float:
    """A grey picture (0-1) as it comes back from a JPEG file, as sRGB codes of its lightness."""
    codes: NDArray[np.uint8] = np.rint(_grey_from_lightness(x)).astype(np.uint8)
    image = pyvips.Image.new_from_array(codes, interpretation="b-w")
    data = image.jpegsave_buffer(Q=quality)
    back: NDArray[np.uint8] = pyvips.Image.new_from_buffer(data, "").numpy()
    return L_from_grey(back.reshape(x.shape)) / np.float32(100)


_CODES = np.arange(256, dtype=np.uint8)


def _grey_from_lightness(x: Float) -> Float:
    return np.interp(x * 100, L_from_grey(_CODES), np.arange(256)).astype(np.float32)
