"""What the network said, as numbers that can be carried, mixed and decoded.

The moments of a mixture of distributions are the mixture of their moments, so a few numbers a place stand
for the whole distribution: the mean colour and the mean square of the chroma (from which the stills' gain is
computed), and the annealed mean at the temperature in use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tintype.color import decode as decoding
from tintype.color.decode import Vividness
from tintype.color.lab import Float
from tintype.film.motion import Carried, sample
from tintype.network.descriptor import Prediction
from tintype.settings import Settings
from tintype.steering import prior

_MOST = np.float32(8.0)  # key frames that count at the most: older ones fade
_LEAST = np.float32(1e-3)
_MOST_KEPT = 1.25  # times: colours further apart than that mean two different pictures


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the colours of a frame.

    Attributes
    ----------
    values : float32 (h, w, 5 or 2)
        Annealed mean a, b; mean a, b; mean of a² + b². Of a network that gives colours: a, b alone.
    weight : float32 (h, w)
        How many key frames it stands for.
    """

    values: Float
    weight: Float


def said(prediction: Prediction, settings: Settings) -> Float:
    """What one prediction says, (h, w, 5 or 2): see `Evidence.values`."""
    if prediction.logits is None or prediction.bins is None:
        assert prediction.ab is not None
        return np.ascontiguousarray(prediction.ab.transpose(1, 2, 0))
    logits = prior(prediction.logits, prediction.bins, settings)
    temperature, _ = prediction.vividness.at(settings.vividness)
    annealed = decoding.annealed_mean(logits, prediction.bins, temperature)
    mean, square = decoding.moments(logits, prediction.bins)
    stacked = np.concatenate([annealed, mean, square[None]])
    return np.ascontiguousarray(stacked.transpose(1, 2, 0))


def colors(values: Float, vividness: Vividness, settings: Settings) -> Float:
    """Chroma, float32 (2, h, w), that the values stand for: what stills make of a distribution."""
    _, gain = vividness.at(settings.vividness)
    planes = np.ascontiguousarray(values.transpose(2, 0, 1))
    if len(planes) == 2:
        return decoding.enliven(planes, gain / vividness.at(0.5)[1])
    lost = decoding.lost_contrast_of(planes[2:4], planes[4])
    return decoding.enliven(planes[:2], decoding.own_gain(gain, lost) if gain != 1 else 1.0)


def joined(before: tuple[Evidence, Carried] | None, new: Float, doubt: Float | None = None) -> Evidence:
    """Evidence of a key frame: what was carried there, as far as it is trusted, and what is new.

    Parameters
    ----------
    before : (Evidence, Carried), optional
        Of an earlier key frame, and how it leads to this one.
    new : float32 (h, w, channels)
        What the network says of this one.
    doubt : float32 (h, w), optional
        0-1: where the frame itself can't be trusted (dirt, scratches).
    """
    fresh = np.ones(new.shape[:2], np.float32) if doubt is None else np.maximum(1 - doubt, _LEAST)
    if before is None:
        return Evidence(new, fresh)
    evidence, carried = before
    weight = np.minimum(sample(evidence.weight, carried.at) * carried.trust, _MOST)
    total = weight + fresh
    mixed = sample(evidence.values, carried.at) * weight[..., None] + new * fresh[..., None]
    return Evidence(mixed / total[..., None], total)


def between(left: tuple[Float, Carried] | None, right: tuple[Float, Carried] | None, share: float) -> Float:
    """Chroma (h, w, 2) of a frame between two key frames.

    Parameters
    ----------
    left, right : (float32 (h, w, 2), Carried), optional
        Chroma of each key frame, and how the frame leads there; one of them may be missing.
    share : float
        How far the frame lies towards the right one, 0-1.
    """
    if left is None or right is None:
        one = left or right
        assert one is not None, "a frame lies before, after or between key frames"
        return sample(one[0], one[1].at)
    (first, a), (second, b) = ((sample(ab, c.at), c.trust + _LEAST) for ab, c in (left, right))
    b = b * np.float32(share)
    part = b / (a * np.float32(1 - share) + b)
    mixed = np.asarray(first + (second - first) * part[..., None], dtype=np.float32)
    return mixed * _kept_chroma(first, second, np.asarray(part, np.float32), mixed)


def _kept_chroma(first: Float, second: Float, part: Float, mixed: Float) -> float:
    """What a mixture is multiplied by to be as colourful as what it is mixed of.

    Two colours that differ are weaker mixed than alone: without this, colour is strongest at each key frame.
    """
    before, after, now = (np.hypot(ab[..., 0], ab[..., 1]) for ab in (first, second, mixed))
    wanted = float((before + (after - before) * part).mean())
    return min(wanted / max(float(now.mean()), 1e-3), _MOST_KEPT)
