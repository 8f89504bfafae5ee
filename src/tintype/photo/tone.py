"""What a photograph is, which a small view of it tells; and which of its channels is the best grey."""

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
from tintype.photo.negative import score, small
from tintype.photo.screen import Screen, screened
from tintype.photo.tone_kind import SIDE, Kind, judge

Float64 = NDArray[np.float64]

_SIDE_NOISE = 1024
"""Long side of the view whose noise is measured, px: grain and JPEG's blocks show in it."""

_STRONG = 8.0
"""Chroma of a tone, C*ab, from which channels differ enough to choose."""

_CLEARLY = 1.25
"""How much more contrast for its noise another channel must have than luma, which averages all three.

On real toned prints luma is the best, or within 3 % of it, and single channels of a JPEG up to a third worse.
"""

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
    negative
        It looks like a negative, and isn't turned.
    """

    kind: Kind
    channel: str
    weights: tuple[float, float, float] | None
    chroma: float = 0.0
    spread: float = 0.0
    framed: bool = False
    colored: float = 0.0
    inverted: bool = False
    screen: Screen | None = None
    descreened: bool = False
    negative: bool = False

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
        if self.negative:
            notes.append(Note("it looks like a negative; --invert turns it", "negative"))
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
    of L. What strays from that curve is stains, noise, or real colour (`tone_kind`). A coloured mount or
    target around a print is told from the print (`apart`).

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
    view = _view(photo, SIDE)
    may_be_negative = not invert and screen is None
    if view.bands == 1:
        return made("grey", "luma", LUMA, negative=may_be_negative and _looks_negative(photo, view))
    lab = _lab_view(photo, view)
    judged = judge(lab)
    channel = how
    if how == "auto":
        strong = judged.kind not in ("grey", "color") and judged.chroma > _STRONG
        channel = "lightness" if judged.kind == "color" else _best_channel(photo) if strong else "luma"
    colored = 0.0 if judged.kind == "color" else apart.small_share(judged.own[judged.area])
    found = judged.kind, channel, _CHANNELS[channel], judged.chroma, judged.spread
    negative = may_be_negative and judged.kind != "color" and _looks_negative(photo, view)
    return made(*found, framed=judged.framed, colored=colored, negative=negative)


def mixed(image: pyvips.Image, weights: tuple[float, float, float]) -> pyvips.Image:
    """An image's bands mixed as encoded: one band of the same depth; a grey image as it is."""
    if image.bands == 1:
        return image
    return image.recomb(pyvips.Image.new_from_list([list(weights)])).rint().cast(image.format)


def own_colors(photo: Photo) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Real colours of a photograph that is black and white else.

    Returns
    -------
    tuple of float32: a and b, shape (2, h, w), Lab units; and how far each place has a colour of its own,
    0-1, shape (h, w).
    """
    view = _view(photo, SIDE)
    if view.bands == 1:
        return np.zeros((2, 1, 1), np.float32), np.zeros((1, 1), np.float32)
    judged = judge(_lab_view(photo, view))
    with translate(photo.name):
        sharp = view.colourspace("lab").numpy()[..., 1:].astype(np.float32)
        mask = pyvips.Image.new_from_array(judged.own.astype(np.uint8) * 255).rank(3, 3, 8).gaussblur(1)
    return np.ascontiguousarray(sharp.transpose(2, 0, 1)), mask.numpy().astype(np.float32) / 255


def _looks_negative(photo: Photo, view: pyvips.Image) -> bool:
    with translate(photo.name):
        seen = small(mixed(view, LUMA))
    return seen is not None and score(seen) > 0


def _lab_view(photo: Photo, view: pyvips.Image) -> Float64:
    with translate(photo.name):
        # Grain and JPEG's blocks are no colour, and smaller than what is.
        blurred = view.colourspace("lab").gaussblur(min(2.0, max(view.width, view.height) / 16))
        return blurred.numpy().astype(np.float64)


def _view(photo: Photo, side: int) -> pyvips.Image:
    height, width = fit_longest(photo.height, photo.width, side)
    return photo.thumbnail(width, height)


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
