"""Whether the colours of a view are a print's tone or colours of their own: neutral, toned or in colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tintype.photo import apart

Float64 = NDArray[np.float64]

Kind = Literal["grey", "sepia", "cyanotype", "toned", "color"]
"""What a photograph can be: neutral, a print of one tone (two of them have a name), or in colour."""

SIDE = 256
"""Long side of the view that is measured, px."""

_KNOTS = 24
"""Places of the tone curve over lightness."""

_COLORED = 5.5
"""Spread above which a photograph is in colour, unless its colours stray as stains alone do.

Measured, on views of 256 px: of 20 old prints (7 of them toned) the largest has 3.5, none is called colour;
of 454 colour photographs 4 are taken for prints, of 1720 small ones 9 (hazy mountains, black clothes on a
tinted wall; a few are sepia indeed); of 908 photographs toned (sepia, selenium, gold, cyanotype, two tones,
faded, yellowed), stained, made noisy and compressed by program 0.4 % are called colour. By the spread alone
it would be 16 %, 41 % of those toned in selenium or gold: the stains are stronger than such tones.
"""

_STAIN = np.array([0.25, 0.97])
"""Where the colour of paper goes that yellows: a unit vector of a and b."""

_STAINED = (3.0, 8.0)
"""How far colours of a stained print stray at most, Lab units: across that way (red, green), and to blue."""

_FEW_KNOTS = 6
"""As `_KNOTS`, where things with a colour of their own are looked for: none of them must bend the curve."""

_SHOWS = 8.0
"""Standard deviation of L that a print has at least."""

_NEUTRAL = 3.0
"""Chroma of a tone, C*ab, that nobody sees as one."""

_HUES: dict[Kind, tuple[float, float]] = {"sepia": (25.0, 115.0), "cyanotype": (200.0, 295.0)}
"""CIE hue angles, degrees, of brown and yellow, and of Prussian blue."""


def numbers() -> dict[str, object]:
    """Return what a program needs to tell kinds of grey as `judge` does of a whole view."""
    found = {"side": SIDE, "knots": _KNOTS, "colored": _COLORED, "neutral": _NEUTRAL, "hues": _HUES}
    return found | {"stain": _STAIN.tolist(), "stained": _STAINED}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a view shows: as in `Tone`; which places have a colour of their own; where the print is."""

    kind: Kind
    chroma: float
    spread: float
    own: NDArray[np.bool_]
    area: tuple[slice, slice]
    framed: bool = False


def judge(lab: Float64) -> Judged:
    """Judge a view, whole, and if it is in colour its print alone.

    Parameters
    ----------
    lab
        CIE Lab, shape (h, w, 3): a view of `SIDE`, blurred so that grain and JPEG's blocks are no colour.
    """
    height, width = lab.shape[:2]
    everything = slice(0, height), slice(0, width)
    flat = lab.reshape(-1, 3)
    tone = _tone_curve(flat)
    kind, chroma, spread = _classify(tone, flat[:, 1:] - tone)
    plain = _tone_curve(flat, knots=_FEW_KNOTS).reshape(height, width, 2)
    whole = Judged(kind, chroma, spread, apart.colored(lab[..., 1:] - plain), everything)
    if kind != "color" or min(height, width) < 32:
        return whole
    middle = lab[height // 4 : height - height // 4, width // 4 : width - width // 4].reshape(-1, 3)
    plain = _tone_curve(flat, middle, knots=_FEW_KNOTS).reshape(height, width, 2)
    own = apart.colored(lab[..., 1:] - plain)
    area = apart.print_area(own)
    if area is None:
        return whole
    inner = lab[area.inner].reshape(-1, 3)
    if inner[:, 0].std() < _SHOWS:  # a sky beside a tower is no print
        return whole
    tone = _tone_curve(inner)
    kind, chroma, spread = _classify(tone, inner[:, 1:] - tone)
    return whole if kind == "color" else Judged(kind, chroma, spread, own, area.inner, framed=True)


def _tone_curve(lab: Float64, basis: Float64 | None = None, knots: int = _KNOTS) -> Float64:
    """The a and b that each pixel of (n, 3) Lab has by its lightness: medians of L's quantiles, joined.

    `basis` (m, 3) gives the curve; the pixels themselves unless told.
    """
    seen = lab[:, 0]
    lab = lab if basis is None else basis
    L = lab[:, 0]
    order = np.argsort(L, kind="stable")
    parts = np.array_split(order, min(knots, len(L)))
    at = np.array([L[part].mean() for part in parts])
    tones = np.array([np.median(lab[part, 1:], axis=0) for part in parts])
    padded = np.pad(tones, ((1, 1), (0, 0)), mode="edge")
    tones = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return np.stack([np.interp(seen, at, tones[:, k]) for k in (0, 1)], axis=-1)


def _classify(tone: Float64, stray: Float64) -> tuple[Kind, float, float]:
    """The kind, the tone's chroma, and the measure of what strays from it."""
    C = np.hypot(tone[:, 0], tone[:, 1])
    chroma = float(np.percentile(C, 90))
    spread = _strays(tone, stray, C)
    if spread > _COLORED and not _only_stained(stray):
        return "color", chroma, spread
    if chroma < _NEUTRAL:
        return "grey", chroma, spread
    mean = tone.mean(axis=0)
    hue = float(np.degrees(np.arctan2(mean[1], mean[0]))) % 360
    # Shadows and highlights of different hues make no sepia or cyanotype.
    if np.hypot(*mean) > 0.7 * C.mean():
        for kind, (low, high) in _HUES.items():
            if low <= hue <= high:
                return kind, chroma, spread
    return "toned", chroma, spread


def _only_stained(stray: Float64) -> bool:
    """Whether colours stray from the tone nearly as yellowed paper does alone, however far."""
    along, across = stray @ _STAIN, np.abs(stray @ np.array([_STAIN[1], -_STAIN[0]]))
    return bool(np.percentile(across, 99) < _STAINED[0] and -np.percentile(along, 1) < _STAINED[1])


def _strays(tone: Float64, stray: Float64, C: Float64) -> float:
    """How far colours stray from the tone.

    The 99th percentile of the distance finds small coloured things; the 95th of the distance across the
    tone's hue tells colour from stains and fading, which mostly lie along it; and what strays from a strong
    tone counts less. The exponents are about those of a logistic regression on photographs and toned prints.
    """
    unit = tone / np.maximum(C, 1e-6)[:, None]
    across = np.abs(stray[:, 0] * unit[:, 1] - stray[:, 1] * unit[:, 0])
    away = np.hypot(stray[:, 0], stray[:, 1])
    strength = float(np.percentile(C, 90)) + 0.5
    return float(np.percentile(away, 99) * np.sqrt(np.percentile(across, 95)) / strength**0.3)
