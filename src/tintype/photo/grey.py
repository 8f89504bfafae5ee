"""Which grey: is this a neutral photograph, a toned print or one in colour, and which channel is best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyvips

from tintype.photo.errors import translate
from tintype.photo.model import Photo

_SIDE = 256
"""Long side of the view that is measured, px."""

_LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601: the very grey that a JPEG file stores."""

_LINEAR = (0.2126, 0.7152, 0.0722)
"""IEC 61966-2-1: luminance of linear sRGB."""


@dataclass(frozen=True, slots=True)
class Tone:
    """What kind of grey a photograph is, and how its grey is taken.

    Attributes
    ----------
    kind
        grey, sepia, cyanotype, toned or colour.
    channel
        lightness, luma, red, green, blue or mix: the grey that is taken.
    weights
        Of red, green and blue as encoded, summing to 1; None takes CIE lightness.
    chroma
        The median C*ab measured.
    spread
        How far the colours stray from one tone that depends on lightness alone, C*ab (90th percentile).
    """

    kind: str
    channel: str
    weights: tuple[float, float, float] | None
    chroma: float = 0.0
    spread: float = 0.0


_CHANNELS: dict[str, tuple[float, float, float] | None] = {
    "lightness": None,
    "luma": _LUMA,
    "red": (1.0, 0.0, 0.0),
    "green": (0.0, 1.0, 0.0),
    "blue": (0.0, 0.0, 1.0),
}


def measure(photo: Photo, how: str = "auto") -> Tone:
    """Look at a small view of `photo` and say what kind of grey it is.

    Parameters
    ----------
    photo
        The photograph; only a thumbnail of it is decoded.
    how
        auto, or the grey to take whatever is measured: lightness, luma, red, green or blue.
    """
    scale = min(1.0, _SIDE / max(photo.width, photo.height))
    view = photo.thumbnail(max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    if view.bands == 1:
        return Tone("grey", "luma", _LUMA)
    with translate(photo.name):
        lab = view.colourspace("lab").numpy().reshape(-1, 3)
    kind, chroma, spread = _classify(lab)
    channel = how if how != "auto" else ("lightness" if kind == "colour" else "luma")
    return Tone(kind, channel, _CHANNELS[channel], chroma, spread)


def _classify(lab: np.ndarray) -> tuple[str, float, float]:
    C = np.hypot(lab[:, 1], lab[:, 2])
    chroma = float(np.median(C))
    if np.percentile(C, 99) < 3:
        return "grey", chroma, 0.0
    return "colour", chroma, float(np.percentile(C, 90))


def grey(image: pyvips.Image, tone: Tone) -> pyvips.Image:
    """The grey of `image` that `tone` names: one band, sRGB-encoded, of the same depth; streams.

    A neutral picture gives back its own channel, exactly.
    """
    deep = image.format == "ushort"
    label = "grey16" if deep else "b-w"
    if image.bands == 1:
        return image.copy(interpretation=label)
    if tone.weights is None:
        return _lightness(image).copy(interpretation=label)
    if max(tone.weights) == 1.0:
        return image.extract_band(tone.weights.index(1.0)).copy(interpretation=label)
    mixed = image.recomb(pyvips.Image.new_from_list([list(tone.weights)]))
    return mixed.rint().cast(image.format).copy(interpretation=label)


def _lightness(image: pyvips.Image) -> pyvips.Image:
    """The grey of the same CIE lightness: luminance of linear light, encoded again (IEC 61966-2-1)."""
    full = 65535 if image.format == "ushort" else 255
    v = np.arange(full + 1) / full
    linear = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    table = pyvips.Image.new_from_array(linear.astype(np.float32).reshape(1, -1))
    Y = image.maplut(table).recomb(pyvips.Image.new_from_list([list(_LINEAR)]))
    encoded = (Y <= 0.0031308).ifthenelse(Y * 12.92, Y ** (1 / 2.4) * 1.055 - 0.055)
    return (encoded * full).rint().cast(image.format)
