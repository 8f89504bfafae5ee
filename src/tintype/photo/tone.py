"""What a photograph is: neutral, a toned print or in colour; and which of its channels is the best grey."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color.resample import fit_longest
from tintype.notes import Note
from tintype.photo import apart
from tintype.photo.errors import translate
from tintype.photo.model import Photo
from tintype.photo.screen import Screen, screened

Float64 = NDArray[np.float64]

_SIDE = 256
"""Long side of the view that is measured, px."""

_SIDE_NOISE = 1024
"""Long side of the view whose noise is measured, px: grain and JPEG's blocks show in it."""

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

_STRONG = 8.0
"""Chroma of a tone, C*ab, from which channels differ enough to choose."""

_CLEARLY = 1.25
"""How much more contrast for its noise another channel must have than luma, which averages all three.

On real toned prints luma is the best, or within 3 % of it, and single channels of a JPEG up to a third worse.
"""

_HUES = {"sepia": (25.0, 115.0), "cyanotype": (200.0, 295.0)}
"""CIE hue angles, degrees, of brown and yellow, and of Prussian blue."""

LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601: the very grey that a JPEG file stores."""


@dataclass(frozen=True, slots=True)
class Tone:
    """What kind of grey a photograph is, and how its grey is taken.

    Attributes
    ----------
    kind
        grey, sepia, cyanotype, toned or color.
    channel
        lightness, luma, red, green, blue or mix: the grey that is taken.
    weights
        Of red, green and blue as encoded, summing to 1; None takes CIE lightness.
    chroma
        Of the tone, C*ab: the 90th percentile.
    spread
        How far the colours stray from a tone that depends on lightness alone.
    framed
        What lies around the print is in colour, and was left out of the judgement.
    colored
        Share of the print that is in a colour of its own, 0-1; 0 where it is not worth a word.
    inverted
        The grey is turned: the photograph is a negative.
    screen
        The dots that the print is made of, if it is.
    descreened
        The dots are turned into tones.
    """

    kind: str
    channel: str
    weights: tuple[float, float, float] | None
    chroma: float = 0.0
    spread: float = 0.0
    framed: bool = False
    colored: float = 0.0
    inverted: bool = False
    screen: Screen | None = None
    descreened: bool = False

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the user should know."""
        notes: list[Note] = []
        if self.framed:
            told = "what lies around the print is in colour, and is coloured anew with it"
            notes.append(Note(told, "framed"))
        if self.colored:
            share = max(round(self.colored * 100), 1)
            told = f"about {share} % of it is in colour already, and is coloured anew"
            notes.append(Note(told, "some_color", share=share))
        if notes:
            last = notes[-1]
            notes[-1] = Note(f"{last}; --keep-colors keeps its colours", last.code, **last.values)
        if self.screen and not self.screen.dots:
            notes.append(Note("it is pure black and white, which holds no colour", "stark"))
        elif self.screen and not self.descreened:
            dots = "black and white dots" if self.screen.bitonal else "the dots of a halftone"
            less = ", which hold no colour" if self.screen.bitonal else ""
            told = f"it is made of {dots}{less}; --descreen turns them into tones first"
            notes.append(Note(told, "bitonal" if self.screen.bitonal else "halftone"))
        elif self.screen:
            told = f"its dots, {self.screen.period:.1f} px apart, were turned into tones"
            notes.append(Note(told, "descreened", period=round(self.screen.period, 1)))
        return tuple(notes)


def numbers() -> dict[str, object]:
    """Return what a program needs to tell kinds of grey as `measure` does of a whole view."""
    found = {"side": _SIDE, "knots": _KNOTS, "colored": _COLORED, "neutral": _NEUTRAL, "hues": _HUES}
    return found | {"stain": _STAIN.tolist(), "stained": _STAINED}


_CHANNELS: dict[str, tuple[float, float, float] | None] = {
    "lightness": None,
    "luma": LUMA,
    "red": (1.0, 0.0, 0.0),
    "green": (0.0, 1.0, 0.0),
    "blue": (0.0, 0.0, 1.0),
}


def measure(photo: Photo, how: str = "auto", *, invert: bool = False, descreen: bool = False) -> Tone:
    """Look at a small view of `photo` and say what kind of grey it is.

    In a toned print the colour of a pixel follows from its lightness alone: a and b are smooth functions
    of L. What strays from that curve is stains, noise, or real colour; `_strays` measures it. A coloured
    mount or target around a print is told from the print (`apart`).

    Parameters
    ----------
    photo
        The photograph; only thumbnails of it are decoded, and a part at full size to look for a screen.
    how
        auto, or the grey to take whatever is measured: lightness, luma, red, green or blue.
    invert
        Turn the grey: the photograph is a negative.
    descreen
        Turn the dots of a halftone into tones.

    Raises
    ------
    PhotoError
        When the photograph is damaged.
    """
    screen = screened(photo)
    dotted = screen is not None and screen.dots
    made = partial(Tone, inverted=invert, screen=screen, descreened=descreen and dotted)
    view = _view(photo, _SIDE)
    if view.bands == 1:
        return made("grey", "luma", LUMA)
    lab = _lab_view(photo, view)
    judged = _judged(lab)
    channel = how
    if how == "auto":
        strong = judged.kind not in ("grey", "color") and judged.chroma > _STRONG
        channel = "lightness" if judged.kind == "color" else _best_channel(photo) if strong else "luma"
    colored = 0.0 if judged.kind == "color" else apart.small_share(judged.own[judged.area])
    found = judged.kind, channel, _CHANNELS[channel], judged.chroma, judged.spread
    return made(*found, framed=judged.framed, colored=colored)


def own_colors(photo: Photo) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Real colours of a photograph that is black and white else.

    Returns
    -------
    tuple of float32: a and b, shape (2, h, w), Lab units; and how far each place has a colour of its own,
    0-1, shape (h, w).
    """
    view = _view(photo, _SIDE)
    if view.bands == 1:
        return np.zeros((2, 1, 1), np.float32), np.zeros((1, 1), np.float32)
    judged = _judged(_lab_view(photo, view))
    with translate(photo.name):
        sharp = view.colourspace("lab").numpy()[..., 1:].astype(np.float32)
        mask = pyvips.Image.new_from_array(judged.own.astype(np.uint8) * 255).rank(3, 3, 8).gaussblur(1)
    return np.ascontiguousarray(sharp.transpose(2, 0, 1)), mask.numpy().astype(np.float32) / 255


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a view shows: as in `Tone`; which places have a colour of their own; where the print is."""

    kind: str
    chroma: float
    spread: float
    own: NDArray[np.bool_]
    area: tuple[slice, slice]
    framed: bool = False


def _lab_view(photo: Photo, view: pyvips.Image) -> Float64:
    with translate(photo.name):
        # Grain and JPEG's blocks are no colour, and smaller than what is.
        blurred = view.colourspace("lab").gaussblur(min(2.0, max(view.width, view.height) / 16))
        return blurred.numpy().astype(np.float64)


def _judged(lab: Float64) -> _Judged:
    """Judge a view (h, w, 3): whole, and if it is in colour its print alone."""
    height, width = lab.shape[:2]
    everything = slice(0, height), slice(0, width)
    flat = lab.reshape(-1, 3)
    tone = _tone_curve(flat)
    kind, chroma, spread = _classify(tone, flat[:, 1:] - tone)
    plain = _tone_curve(flat, knots=_FEW_KNOTS).reshape(height, width, 2)
    whole = _Judged(kind, chroma, spread, apart.colored(lab[..., 1:] - plain), everything)
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
    return whole if kind == "color" else _Judged(kind, chroma, spread, own, area.inner, framed=True)


def _view(photo: Photo, side: int) -> pyvips.Image:
    height, width = fit_longest(photo.height, photo.width, side)
    return photo.thumbnail(width, height)


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


def _classify(tone: Float64, stray: Float64) -> tuple[str, float, float]:
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


def _best_channel(photo: Photo) -> str:
    """The channel with the most contrast for its noise; luma unless another is clearly better.

    Noise is what the Laplacian's difference of Immerkær (1996) leaves, with a median for the mean.
    """
    with translate(photo.name):
        view = _view(photo, _SIDE_NOISE)
        pixels: Float64 = view.numpy().astype(np.float64) / (257 if view.format == "ushort" else 1)
    found: dict[str, float] = {}
    for name in ("luma", "red", "green", "blue"):
        plane = pixels @ np.array(_CHANNELS[name])
        low, high = np.percentile(plane[::4, ::4], (2, 98))
        cross = plane[1:-1, :-2] + plane[1:-1, 2:] + plane[:-2, 1:-1] + plane[2:, 1:-1]
        corners = plane[:-2, :-2] + plane[:-2, 2:] + plane[2:, :-2] + plane[2:, 2:]
        left = np.abs(corners - 2 * cross + 4 * plane[1:-1, 1:-1])
        noise = float(np.median(left[::2, ::2])) / (6 * 0.6745) if left.size else 0.0
        found[name] = (high - low) / max(noise, 0.3)  # below it 8 bits show no noise
    best = max(found, key=lambda name: found[name])
    return best if found[best] > _CLEARLY * found["luma"] else "luma"
