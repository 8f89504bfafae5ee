"""The grey of a photograph: the channel that its tone names, without its dots, turned if it is a negative."""

from __future__ import annotations

import numpy as np
import pyvips

from tintype.color.lab import ENCODED_KNEE, LINE, LINEAR_KNEE, OFFSET, POWER, SCALE
from tintype.photo.screen import descreened
from tintype.photo.tone import Tone, mixed

_LINEAR = (0.2126, 0.7152, 0.0722)
"""IEC 61966-2-1: luminance of linear sRGB."""


def grey(image: pyvips.Image, tone: Tone, scale: float = 1.0) -> pyvips.Image:
    """The grey of `image` that `tone` names: one band, sRGB-encoded, of the same depth; streams.

    A neutral picture gives back its own channel, exactly. `scale` is the image's size over the photograph's.
    """
    taken = _taken(image, tone)
    if tone.screen and tone.descreened:
        taken = descreened(taken, tone.screen, scale)
    return taken.invert().copy(interpretation=taken.interpretation) if tone.inverted else taken


def _taken(image: pyvips.Image, tone: Tone) -> pyvips.Image:
    deep = image.format == "ushort"
    label = "grey16" if deep else "b-w"
    if image.bands == 1:
        return image.copy(interpretation=label)
    if tone.weights is None:
        return _lightness(image).copy(interpretation=label)
    if max(tone.weights) == 1.0:
        return image.extract_band(tone.weights.index(1.0)).copy(interpretation=label)
    return mixed(image, tone.weights).copy(interpretation=label)


def _lightness(image: pyvips.Image) -> pyvips.Image:
    """The grey of the same CIE lightness: luminance of linear light, encoded again (IEC 61966-2-1)."""
    full = 65535 if image.format == "ushort" else 255
    v = np.arange(full + 1) / full
    linear = np.where(v <= ENCODED_KNEE, v / LINE, ((v + OFFSET) / SCALE) ** POWER)
    table = pyvips.Image.new_from_array(linear.astype(np.float32).reshape(1, -1))
    Y = image.maplut(table).recomb(pyvips.Image.new_from_list([list(_LINEAR)]))
    encoded = (Y <= LINEAR_KNEE).ifthenelse(Y * LINE, Y ** (1 / POWER) * SCALE - OFFSET)
    return (encoded * full).rint().cast(image.format)
