"""Halftones and scans of one bit: black dots on white that stand for greys.

There is no colour in pure black and white, so such a picture stays as it is unless its dots are first turned
back into the tones they stand for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.photo.model import Photo

_SIDE = 512  # px of the part that is looked at, at full size
_LARGEST = 16_000_000  # pixels of a photograph that is decoded for it; of a JPEG a quarter
_EXTREME = 8  # codes from black, or white
_BITONAL = 0.95  # share of extreme codes
_STARK = 0.995  # the same, where nothing else tells that it is no photograph
_EITHER = 0.005  # share of black, and of white, at least
_PEAK = 40.0  # times the median of its ring: a screen's peak in the spectrum
_TILE = 128  # px of the squares that are looked at first
_HINT = 10.0  # as _PEAK, of four such squares together: screens of 3 to 12 px have 14 and more
_BANDS = (1 / 6, 1 / 2)  # of the rows from the top: where bands are looked at
_PLAIN = 4.0  # codes: the deviation of a band that shows nothing
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
    dots : bool
        It is made of dots that stand for greys; else of black and white that stand for themselves.
    """

    bitonal: bool
    period: float
    dots: bool = True


def screened(photo: Photo) -> Screen | None:
    """Look for a screen in a photograph of 8 bits; None where there is none.

    A band of its upper part is looked at first, for which little has to be decoded, then one of its middle
    if that shows nothing; more of its middle where there could be dots. Raises PhotoError if it is damaged.
    """
    most = _LARGEST // 4 if photo.format == "jpeg" else _LARGEST
    if photo.bits != 8 or not 64 * 64 <= photo.width * photo.height <= most:
        return None
    if min(photo.width, photo.height) >= 2 * _TILE and not _worth_a_look(photo):
        return None
    part = _green(photo.part(_SIDE, _SIDE, 0.5))
    return measured(part) or (Screen(True, 0.0, dots=False) if stark(part) else None)


def _worth_a_look(photo: Photo) -> bool:
    """Whether a band of up to four squares beside each other could be dots, or no band shows anything."""
    for down in _BANDS:
        # Decoded anew for each: decoders that go from top to bottom don't go on where a part has ended.
        band = _green(photo.part(4 * _TILE, _TILE, down))
        if band.std(dtype=np.float32) >= _PLAIN:
            return suspicious(band)
    return True


def _green(part: pyvips.Image) -> NDArray[np.uint8]:
    """The channel that shows dots of all inks, shape (h, w)."""
    pixels = part.numpy().reshape(part.height, part.width, -1)
    return np.ascontiguousarray(pixels[..., min(1, pixels.shape[2] - 1)])


def stark(part: NDArray[np.uint8]) -> bool:
    """Whether a part of a picture is black and white and nothing else."""
    dark, light = (part <= _EXTREME).mean(), (part >= 255 - _EXTREME).mean()
    return bool(dark + light >= _STARK and min(dark, light) > _EITHER)


def suspicious(band: NDArray[np.uint8]) -> bool:
    """Whether a band, uint8 (_TILE, at least _TILE), might be made of dots."""
    extreme = ((band <= _EXTREME) | (band >= 255 - _EXTREME)).mean()
    if extreme > _BITONAL / 2:
        return True
    count = band.shape[1] // _TILE
    tiles = np.stack(np.hsplit(band[:, : count * _TILE], count)).astype(np.float32)
    spectrum = _Spectrum.of(_TILE, _TILE)
    power = np.mean([spectrum.power(tile) for tile in tiles], axis=0)
    return bool(spectrum.heights(power).max() > _HINT)


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


class _Spectrum:
    """Frequencies of parts of one size, and how high peaks stand out of their surroundings.

    Parameters
    ----------
    height, width : int
        px.
    """

    def __init__(self, height: int, width: int) -> None:
        self.window = (np.hanning(height)[:, None] * np.hanning(width)).astype(np.float32)
        self.down, self.across = np.meshgrid(np.fft.fftfreq(height), np.fft.rfftfreq(width), indexing="ij")
        self.radius = np.hypot(self.down, self.across)
        ring = (self.radius > 1 / 20) & (self.radius < 1 / 2.1)
        steps = min(200, max(height, width) // 2)
        rows = np.rint(self.radius * steps).astype(int)
        # Places ring by ring, and a table with a row a ring that they fill from the left.
        self.order = np.flatnonzero(ring)[np.argsort(rows[ring], kind="stable")]
        self.counts = np.unique(rows[ring], return_counts=True)[1]
        self.table = np.arange(self.counts.max()) < self.counts[:, None]

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, height: int, width: int) -> _Spectrum:
        """The one of a size."""
        return cls(height, width)

    def power(self, part: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Amplitudes of a part of that size."""
        plain = part.astype(np.float32)
        found: NDArray[np.float32] = np.abs(np.fft.rfft2((plain - plain.mean()) * self.window))
        return found

    def heights(self, power: NDArray[np.float32]) -> NDArray[np.float32]:
        """How many times the median of its ring each amplitude is; 0 outside the rings."""
        values = power.reshape(-1)[self.order]
        # All medians at once: a call a ring costs several times as much.
        table = np.full(self.table.shape, np.inf, np.float32)
        table[self.table] = values
        table.sort(axis=1)
        rings = np.arange(len(table))
        middle = (table[rings, self.counts // 2] + table[rings, (self.counts - 1) // 2]) / 2
        made = np.zeros(power.size, np.float32)
        made[self.order] = values / np.repeat(np.maximum(middle, 1e-6), self.counts)
        return made.reshape(power.shape)


def _period(part: NDArray[np.uint8]) -> float:
    """px between rows of dots, from the two strongest peaks of the spectrum; 0 where there are none."""
    height, width = part.shape
    if min(height, width) < 64:
        return 0.0
    spectrum = _Spectrum.of(height, width)
    down, across, radius = spectrum.down, spectrum.across, spectrum.radius
    heights = spectrum.heights(spectrum.power(part))
    first = np.unravel_index(int(heights.argmax()), heights.shape)
    if heights[first] < _PEAK:
        return 0.0
    # A screen has rows in two directions; stripes and hems have one.
    along = (down * down[first] + across * across[first]) / (radius * radius[first] + 1e-9)
    near = np.abs(radius - radius[first]) < 0.15 * radius[first]
    second = np.where(near & (np.abs(along) < 0.4), heights, 0)
    return float(1 / radius[first]) if second.max() > _PEAK / 2 else 0.0


def descreened(image: pyvips.Image, screen: Screen, scale: float) -> pyvips.Image:
    """The tones that the dots of a grey picture stand for; `scale` is its size over the photograph's."""
    sigma = 0.5 * screen.period * scale
    return image if sigma < 0.3 else image.gaussblur(sigma).copy(interpretation=image.interpretation)
