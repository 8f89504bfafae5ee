"""Halftones and scans of one bit: black dots on white that stand for greys.

There is no colour in pure black and white, so such a picture stays as it is unless its dots are first turned
back into the tones they stand for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.photo.errors import translate
from tintype.photo.model import Photo

_SIDE = 512  # px of the part that is looked at, at full size
_LARGEST = 16_000_000  # pixels of a photograph that is decoded for it; of a JPEG a quarter
_EXTREME = 8  # codes from black, or white
_BITONAL = 0.95  # share of extreme codes
_PEAK = 40.0  # times the median of its ring: a screen's peak in the spectrum
_WITHOUT = 4.0  # px: period assumed of dots without order


@dataclass(frozen=True, slots=True)
class Screen:
    """How a picture is screened.

    Attributes
    ----------
    bitonal : bool
        It is black and white alone.
    period : float
        px from one row of dots to the next.
    """

    bitonal: bool
    period: float


def screened(photo: Photo) -> Screen | None:
    """Look for a screen in the middle of a photograph of 8 bits; None where there is none.

    Raises PhotoError if it can't be decoded.
    """
    most = _LARGEST // 4 if photo.format == "jpeg" else _LARGEST
    if photo.bits != 8 or not 64 * 64 <= photo.width * photo.height <= most:
        return None
    with translate(photo.name):
        image = photo.open()
        if image.bands > 1:
            image = image.extract_band(1)
        width, height = min(_SIDE, image.width), min(_SIDE, image.height)
        part = image.crop((image.width - width) // 2, (image.height - height) // 2, width, height).numpy()
    return measured(part.reshape(height, width))


def measured(part: NDArray[np.uint8]) -> Screen | None:
    """The screen of a part of a picture, uint8 (h, w); None where there is none."""
    dark, light = (part <= _EXTREME).mean(), (part >= 255 - _EXTREME).mean()
    bitonal = bool(dark + light >= _BITONAL and min(dark, light) > 0.02)
    period = _period(part)
    if bitonal and not _dotted(part):
        return None  # text or a drawing: its black and white stand for themselves
    if not bitonal and not period:
        return None
    return Screen(bitonal, period or _WITHOUT)


def _dotted(part: NDArray[np.uint8]) -> bool:
    """Whether black and white change so often that they stand for greys."""
    black = part < 128
    changes = float((black[:, 1:] != black[:, :-1]).mean() + (black[1:] != black[:-1]).mean()) / 2
    return changes > 0.06


def _period(part: NDArray[np.uint8]) -> float:
    """px between rows of dots, from the two strongest peaks of the spectrum; 0 where there are none."""
    height, width = part.shape
    if min(height, width) < 64:
        return 0.0
    window = np.hanning(height)[:, None] * np.hanning(width)
    power = np.abs(np.fft.rfft2((part - part.mean()) * window))
    down, across = np.meshgrid(np.fft.fftfreq(height), np.fft.rfftfreq(width), indexing="ij")
    radius = np.hypot(down, across)
    ring = (radius > 1 / 20) & (radius < 1 / 2.1)
    rows = np.rint(radius * 200).astype(int)
    floor = np.array([np.median(power[(rows == r) & ring]) if ((rows == r) & ring).any() else np.inf
                      for r in range(rows.max() + 1)])  # fmt: skip
    height_of = np.where(ring, power / np.maximum(floor[rows], 1e-6), 0)
    first = np.unravel_index(int(height_of.argmax()), power.shape)
    if height_of[first] < _PEAK:
        return 0.0
    # A screen has rows in two directions; stripes and hems have one.
    along = (down * down[first] + across * across[first]) / (radius * radius[first] + 1e-9)
    near = np.abs(radius - radius[first]) < 0.15 * radius[first]
    second = np.where(near & (np.abs(along) < 0.4), height_of, 0)
    return float(1 / radius[first]) if second.max() > _PEAK / 2 else 0.0


def descreened(image: pyvips.Image, screen: Screen, scale: float) -> pyvips.Image:
    """The tones that the dots of a grey picture stand for; `scale` is its size over the photograph's."""
    sigma = 0.5 * screen.period * scale
    return image if sigma < 0.3 else image.gaussblur(sigma).copy(interpretation=image.interpretation)
