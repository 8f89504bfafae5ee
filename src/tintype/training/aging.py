"""Ageing: what decades do to a photograph, done to the input only, so that the network learns to see past it.

The ranges follow what old prints and plates show: orthochromatic emulsions do not see red, the first ones
saw blue only; prints fade, papers differ in gamma; grain, lens blur, scratches and JPEG come on top.

Everything here works on a batch at once, on the device that holds it: pictures are (n, 1, h, w), numbers of
a sample (n,).
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

from tintype.training.recipe import Film
from tintype.training.torch_color import f_from_ratio, linear_from_srgb, ratio_from_f, srgb_from_linear
from tintype.training.views import Draw

# Quantisation of luminance at quality 50: ITU-T T.81 (JPEG), table K.1.
_TABLE = ((16, 11, 10, 16, 24, 40, 51, 61), (12, 12, 14, 19, 26, 58, 60, 55),
          (14, 13, 16, 24, 40, 57, 69, 56), (14, 17, 22, 29, 51, 87, 80, 62),
          (18, 22, 37, 56, 68, 109, 103, 77),
          (24, 35, 55, 64, 81, 104, 113, 92), (49, 64, 78, 87, 103, 121, 120, 101),
          (72, 92, 95, 98, 112, 100, 103, 99))  # fmt: skip
_LINES, _SPECKS = 4, 11  # at the most, on one photograph


def aged(L: torch.Tensor, linear: torch.Tensor, film: Film, draw: Draw) -> torch.Tensor:
    """Lightness of the same photographs as old prints may show them.

    Parameters
    ----------
    L : float32, shape (n, 1, h, w)
        True lightness, 0-100.
    linear : float32, shape (n, 3, h, w)
        The photographs in linear light, 0-1.
    film : Film
        How often, and how often each kind.
    draw : Draw

    Returns
    -------
    float32, shape (n, 1, h, w), 0-100; as in `L` for the samples that stay as they are.
    """
    if not film.share:
        return L
    chosen = draw.uniform() < film.share

    def some(share: float) -> torch.Tensor:
        return (chosen & (draw.uniform() < share)).view(-1, 1, 1, 1)

    x = torch.where(some(film.spectral), through_emulsion(linear, emulsion(draw)), L) / 100
    gamma = draw.uniform(0.6, 1.6).view(-1, 1, 1, 1)
    x = torch.where(some(film.gamma), x.clamp(1e-4, 1) ** gamma, x)
    low, high = draw.uniform(0, 0.15).view(-1, 1, 1, 1), draw.uniform(0.85, 1).view(-1, 1, 1, 1)
    x = torch.where(some(film.fade), low + x * (high - low), x)
    x = torch.where(some(film.blur), blurred(x, draw.uniform(0.3, 1.0)), x)
    x = torch.where(some(film.grain), grained(x, draw.uniform(0, 0.05), draw), x)
    if film.scratches:
        x = torch.where(some(film.scratches), scratched(x, draw), x)
    if film.jpeg:
        x = torch.where(some(film.jpeg), through_jpeg(x.clamp(0, 1), draw.uniform(30, 96).floor()), x)
    return torch.where(chosen.view(-1, 1, 1, 1), x.clamp(0, 1) * 100, L)


def emulsion(draw: Draw) -> torch.Tensor:
    """Sensitivities to red, green and blue, (n, 3), summing to 1: orthochromatic, blue-sensitive, or any."""
    ortho = torch.stack([draw.uniform(0, 0.1), draw.uniform(0.45, 0.65), draw.uniform(0.35, 0.5)], 1)
    zero = torch.zeros(draw.count, device=draw.device)
    blue = torch.stack([zero, draw.uniform(0, 0.25), draw.uniform(0.75, 1)], 1)
    # Dirichlet with all parameters 2: a gamma of shape 2 is the sum of two exponentials.
    any_ = -(1 - draw.uniform(0, 1, 3, 2)).log().sum(2)
    kind = draw.uniform()[:, None]
    weights = torch.where(kind < 0.45, ortho, torch.where(kind < 0.6, blue, any_))
    return weights / weights.sum(1, keepdim=True)


def through_emulsion(linear: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Lightness (n, 1, h, w) of photographs in linear light (n, 3, h, w) taken with sensitivities (n, 3)."""
    y = (linear * weights[:, :, None, None]).sum(1, keepdim=True)  # no matrix product, as in lab_from_linear
    return 116 * f_from_ratio(y) - 16


def blurred(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """Gaussian blur with σ in px, (n,), five taps, mirrored at the edge."""
    place = torch.arange(-2, 3, device=x.device)
    taps = torch.exp(-(place**2) / (2 * sigma[:, None] ** 2))
    taps = (taps / taps.sum(1, keepdim=True)).view(-1, 5, 1, 1, 1)
    h, w = x.shape[2:]
    wide = F.pad(x, (0, 0, 2, 2), mode="reflect")
    x = sum((taps[:, i] * wide[:, :, i : i + h] for i in range(5)), torch.zeros_like(x))
    wide = F.pad(x, (2, 2, 0, 0), mode="reflect")
    return sum((taps[:, i] * wide[..., i : i + w] for i in range(5)), torch.zeros_like(x))


def grained(x: torch.Tensor, strength: torch.Tensor, draw: Draw) -> torch.Tensor:
    """Noise with this standard deviation (0-1), (n,), half of the time in clumps of about three pixels."""
    noise = draw.normal(*x.shape[1:]) * strength.view(-1, 1, 1, 1)
    clumps = blurred(noise, torch.ones_like(strength)) * 3.0
    return x + torch.where((draw.uniform() < 0.5).view(-1, 1, 1, 1), clumps, noise)


def scratched(x: torch.Tensor, draw: Draw) -> torch.Tensor:
    """A few thin, nearly vertical, light or dark lines, and specks of dust."""
    h, w = x.shape[2:]
    rows = torch.arange(h, device=x.device).view(1, h, 1)
    columns = torch.arange(w, device=x.device).view(1, 1, w)
    lines, specks = draw.uniform(1, _LINES + 1).floor(), draw.uniform(0, _SPECKS + 1).floor()

    def number(low: float, high: float) -> torch.Tensor:
        return draw.uniform(low, high).view(-1, 1, 1)

    for i in range(_LINES):
        at = number(0, w) + number(-0.3, 0.3) * rows + 2 * torch.sin(rows / number(8, 40))
        part = (rows >= number(0, h)) | (number(0, 1) < 0.5)
        here = (at.floor() == columns) & part & (lines > i).view(-1, 1, 1)
        depth = torch.where(number(0, 1) < 0.5, -0.5, 0.5) * number(0.3, 1)
        x = x + (here * depth)[:, None]
    for i in range(_SPECKS):
        row, column, size = number(0, h).floor(), number(0, w).floor(), number(1, 3).floor()
        here = (rows >= row) & (rows < row + size) & (columns >= column) & (columns < column + size)
        here &= (specks > i).view(-1, 1, 1)
        x = torch.where(here[:, None], torch.where(number(0, 1) < 0.5, 0.05, 0.95)[:, None], x)
    return x


def through_jpeg(x: torch.Tensor, quality: torch.Tensor) -> torch.Tensor:
    """Grey pictures (0-1) as they come back from JPEG files of these qualities (n,), 1-100.

    The transform and its quantisation are JPEG's; the file itself, which loses nothing, is left out.
    """
    h, w = x.shape[2:]
    codes = srgb_from_linear(ratio_from_f((x * 100 + 16) / 116)) * 255
    codes = F.pad(codes.round(), (0, -w % 8, 0, -h % 8), mode="replicate") - 128
    rows, columns = codes.shape[2] // 8, codes.shape[3] // 8
    cosines = _cosines(x.device)
    blocks = codes.view(-1, rows, 8, columns, 8).transpose(2, 3)
    frequencies = cosines @ blocks @ cosines.T
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)
    table = torch.tensor(_TABLE, dtype=torch.float32, device=x.device)
    steps = ((table * scale.view(-1, 1, 1) + 50) / 100).floor().clamp(1, 255).view(-1, 1, 1, 8, 8)
    blocks = cosines.T @ ((frequencies / steps).round() * steps) @ cosines
    codes = blocks.transpose(2, 3).reshape(-1, 1, 8 * rows, 8 * columns)[..., :h, :w] + 128
    codes = codes.round().clamp(0, 255) / 255
    return (116 * f_from_ratio(linear_from_srgb(codes)) - 16) / 100


def _cosines(device: torch.device) -> torch.Tensor:
    """The 8 × 8 matrix of the discrete cosine transform (DCT-II, orthonormal)."""
    k = torch.arange(8, dtype=torch.float32, device=device)
    matrix = torch.cos(math.pi / 8 * (k[None] + 0.5) * k[:, None]) / 2
    matrix[0] /= math.sqrt(2)
    return matrix
