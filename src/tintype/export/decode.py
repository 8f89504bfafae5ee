"""From a distribution over bins to colors as ONNX nodes: `tintype.color.decode` and `tintype.steering`.

Maps are flat here: logits (Q, h · w), chroma (2, h · w), with the map's height and width beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tintype import steering
from tintype.color import decode as decoding
from tintype.color import guidance
from tintype.color.decode import Vividness
from tintype.color.lab import Float
from tintype.export.color import ab_from_codes
from tintype.export.resample import resampled
from tintype.export.values import Value


@dataclass(frozen=True, slots=True)
class Steering:
    """What a file is told beside the picture.

    Attributes
    ----------
    vividness, saturation, warmth : float32, shape ()
    hints : float32, shape (n, 6)
        x, y and radius in pixels of the photograph (radius 0: the default), red, green and blue 0-255.
    """

    vividness: Value
    saturation: Value
    warmth: Value
    hints: Value


def vividness(knots: Vividness, wanted: Value) -> tuple[Value, Value]:
    """Temperature and gain: as `Vividness.at`."""
    v = wanted.sheet.least(wanted.sheet.greatest(wanted, 0.0), 1.0)
    rows = zip(knots.safe, knots.matched, knots.vivid, strict=True)
    below = v < 0.5
    t, g = (
        v.sheet.where(below, low + (middle - low) * 2 * v, middle + (high - middle) * (2 * v - 1))
        for low, middle, high in rows
    )
    return t, g


def softmax(logits: Value, temperature: Value | float = 1.0) -> Value:
    """As `decoding.softmax`."""
    return logits.sheet.op("Softmax", logits / temperature, axis=0)


def annealed_mean(logits: Value, bins: Float, temperature: Value | float) -> Value:
    """As `decoding.annealed_mean`."""
    return logits.sheet.constant(bins.T) @ softmax(logits, temperature)


def lost_contrast(logits: Value, bins: Float, height: Value, width: Value) -> Value:
    """As `decoding.lost_contrast`: (1, h · w)."""
    sheet = logits.sheet
    p = softmax(logits)
    mean = sheet.constant(bins.T) @ p
    square = sheet.constant((bins**2).sum(axis=1)[None]) @ p
    chroma2 = (mean * mean).sum(0)
    within = sheet.greatest(square - chroma2, 0.0)
    away = mean - mean.mean(1)
    spread = (away * away).mean(1).sum(0)
    whole = sheet.least(within.mean(1) / sheet.greatest(spread, 1e-6) + 1.0, decoding.LARGEST_LOSS)
    planes = sheet.concat(within, chroma2, axis=0).reshape(2, height, width)
    cell = sheet.greatest(sheet.least(height, width).to(np.float32) / float(decoding.REGIONS), 1.0)
    coarse = [_rounded(side.to(np.float32) / cell) for side in (height, width)]
    regional = sheet.greatest(resampled(resampled(planes, *coarse), height, width), 0.0).reshape(2, -1)
    within, chroma2 = regional.take([0]), regional.take([1])
    regional = within / (chroma2 + decoding.DULL) + 1.0
    return sheet.least(regional / whole, 1.0) ** decoding.REGIONAL * whole


def _rounded(length: Value) -> Value:
    return length.sheet.greatest(length.sheet.op("Round", length).to(np.int64), 1)


def own_gain(gain: Value, lost: Value) -> Value:
    """As `decoding.own_gain`."""
    sheet = lost.sheet
    kept = sheet.least(sheet.greatest(lost, 1.0), decoding.LARGEST_LOSS)
    return gain ** (sheet.op("Log", kept) / np.log(decoding.TYPICAL_LOSS))


def enliven(ab: Value, gain: Value) -> Value:
    """As `decoding.enliven`."""
    chroma = ab.sheet.op("Sqrt", (ab * ab).sum(0))
    kept = (gain - 1) * chroma / (chroma + decoding.NEUTRAL)
    return ab * gain - ab.mean(1) * kept


def colors(logits: Value, bins: Float, knots: Vividness, wanted: Value, size: tuple[Value, Value]) -> Value:
    """The network's own choice: as `steering.candidates`."""
    temperature, gain = vividness(knots, wanted)
    lost = lost_contrast(logits, bins, *size)
    return enliven(annealed_mean(logits, bins, temperature), own_gain(gain, lost))


def livened(ab: Value, knots: Vividness, wanted: Value) -> Value:
    """The same of a network that gives colors and no distribution."""
    return enliven(ab, vividness(knots, wanted)[1] / knots.at(0.5)[1])


def steered(ab: Value, L: Value, given: Steering) -> Value:
    """As `steering.steered`: chroma (2, n) over lightness (1, n)."""
    middle = L / 100.0 * (1 - L / 100.0) * 4.0
    shift = ab.sheet.constant(np.array(steering.WARM).reshape(2, 1)) * given.warmth
    return ab * given.saturation + shift * middle


def honor_hints(ab: Value, L: Value, hints: Value, photo: Value, size: tuple[Value, Value]) -> Value:
    """As `guidance.honor_hints`, with places in pixels of the photograph (`photo`: height, width)."""
    sheet = ab.sheet
    height, width = (side.to(np.float32) for side in size)
    y, x = hints.part(1, 2, 1), hints.part(0, 1, 1)
    row = y / photo.take([0]) * height - 0.5
    column = x / photo.take([1]) * width - 0.5
    places = sheet.range(size[0] * size[1])
    rows, columns = (v.to(np.float32).reshape(1, -1) for v in _grid(places, size[1]))
    sigma = sheet.greatest(sheet.least(height, width) * guidance.REACH, 1.0)
    at = (_inside(row, height) * width + _inside(column, width)).to(np.int64).reshape(-1)
    away = (rows - row) * (rows - row) + (columns - column) * (columns - column)
    unlike = L - L.reshape(-1).take(at).reshape(-1, 1)
    near = sheet.op("Exp", -(away / (sigma * sigma * 2.0)) - unlike * unlike / (2 * guidance.ALIKE**2))
    missing = ab_from_codes(hints.part(3, 6, 1)).transpose(1, 0) - ab.take(at, axis=1)
    # One more of no weight, so that there is a largest one where there are no hints.
    nothing = rows * 0.0
    strongest = sheet.concat(near, nothing, axis=0).max(0)
    return ab + strongest * (missing @ near) / (near.sum(0) + 1e-6)


def _grid(places: Value, width: Value) -> tuple[Value, Value]:
    row = places / width
    return row, places - row * width


def _inside(place: Value, length: Value) -> Value:
    return place.sheet.least(place.sheet.greatest(place.sheet.op("Round", place), 0.0), length - 1)


def hint_planes(hints: Value, photo: Value, view: tuple[Value, Value]) -> Value:
    """Hints as a network sees them, (3, h, w): as `steering.hint_planes`; the later lie over the earlier."""
    sheet = hints.sheet
    given = hints.to(np.float64)  # so that where a hint ends is not a matter of the last bit
    sides = photo.to(np.float64)
    asked = given.part(2, 3, 1)
    short = sheet.least(sides.take([0]), sides.take([1]))
    radius = sheet.where(asked > 0.0, asked, short * steering.HINT_RADIUS)
    rows = _covered(given.part(1, 2, 1), radius, sides.take([0]), view[0])
    columns = _covered(given.part(0, 1, 1), radius, sides.take([1]), view[1])
    inside = rows.reshape(-1, view[0], 1) & columns.reshape(-1, 1, view[1])
    number = (sheet.range(hints.size(0)) + 1).reshape(-1, 1, 1)
    # Number 0 is no hint: it lies everywhere, under all others.
    nothing = sheet.constant([[[0]]], np.int64)
    everywhere = sheet.op("Expand", nothing, sheet.vector(1, *view))
    last = sheet.concat(everywhere, sheet.where(inside, number, nothing), axis=0).max(0)
    ab = ab_from_codes(hints.part(3, 6, 1))
    known = sheet.concat(ab, ab.part(0, 1, 1) * 0.0 + 1.0, axis=1)
    table = sheet.concat(sheet.constant([[0, 0, 0]]), known, axis=0)
    return table.take(last.reshape(view[0], view[1])).transpose(2, 0, 1)


def _covered(center: Value, radius: Value, photo: Value, view: Value) -> Value:
    """Which rows (or columns) of the view each hint lies on: (n, length)."""
    sheet = center.sheet
    length = view.to(np.float64)
    first = sheet.op("Floor", (center - radius) * (length / photo))
    first = sheet.least(sheet.greatest(first, 0.0), length - 1.0)
    end = sheet.greatest(sheet.op("Ceil", (center + radius) * (length / photo)), first + 1.0)
    places = sheet.range(view).to(np.float64).reshape(1, -1)
    return (places >= first) & (places < end)
