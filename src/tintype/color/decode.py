"""From a distribution over ab bins to colours: annealed mean, gain, confidence.

The annealed mean is that of Zhang et al. 2016 (section 2.3): the mean of the distribution sharpened by a
temperature T; T = 1 is the mean (safe, dull), T → 0 the mode (vivid, blotchy).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tintype.color.lab import Float
from tintype.color.resample import Upsampler


@dataclass(frozen=True, slots=True)
class Vividness:
    """How a vividness of 0, 0.5 and 1 is decoded by one network: (temperature, gain) at each.

    At 0.5 the mean colourfulness of the network's results matched that of the true photographs when it was
    fitted; the network's card names the photographs.
    """

    safe: tuple[float, float] = (1.0, 1.0)
    matched: tuple[float, float] = (0.6, 1.3)
    vivid: tuple[float, float] = (0.38, 1.5)

    def at(self, vividness: float) -> tuple[float, float]:
        """Temperature and gain for a vividness of 0-1."""
        knots = np.array([self.safe, self.matched, self.vivid])
        t, g = (float(np.interp(vividness, (0.0, 0.5, 1.0), knots[:, i])) for i in (0, 1))
        return t, g


def softmax(logits: Float, temperature: float = 1.0) -> Float:
    """Probabilities over the first axis, sharpened by a temperature below 1."""
    z = logits / np.float32(temperature)
    z -= z.max(axis=0, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=0, keepdims=True)
    return z


def annealed_mean(logits: Float, bins: Float, temperature: float = 0.38) -> Float:
    """Mean colour of the sharpened distribution.

    Parameters
    ----------
    logits : float32, shape (Q, h, w)
    bins : float32, shape (Q, 2)
    temperature : float
        Above 0; 0.38 is Zhang et al.'s.

    Returns
    -------
    float32, shape (2, h, w): ab in Lab units.
    """
    return np.einsum("qhw,qc->chw", softmax(logits, temperature), bins, optimize=True)


NEUTRAL = 1.0  # Lab units of chroma below which a colour counts as neutral and is left so
TYPICAL_LOSS = 11.0  # of `lost_contrast`, in the middle of our validation photographs
LARGEST_LOSS = 60.0  # beyond it the network knows next to nothing, and there is nothing to give back
REGIONS = 8  # along the short side
REGIONAL = 0.5  # how much of the loss is counted region by region where that is less than the photograph's
DULL = 4.0  # square of the chroma, Lab units, below which a region has no colour to lose


def enliven(ab: Float, gain: float | Float) -> Float:
    """Multiply the differences of colour within a photograph, not its colour as a whole.

    A mean is duller than what it is the mean of, so its contrasts may be raised. Its common part must not:
    raised, an uncertain warm cast becomes a brown photograph. On our validation photographs, at the same mean
    colourfulness, this is 0.5 dB better than multiplying all chroma (see docs/decoding.md). What is neutral
    stays neutral: paper white does not turn into the complement of the cast.

    Parameters
    ----------
    ab : float32, shape (2, h, w)
        The whole photograph, in Lab units.
    gain : float, or float32 of shape (h, w)
        1 changes nothing.
    """
    gain = np.asarray(gain, dtype=np.float32)
    mean = ab.mean(axis=(1, 2), keepdims=True)
    chroma = np.hypot(ab[0], ab[1])
    kept = (gain - 1) * chroma / (chroma + np.float32(NEUTRAL))
    return np.asarray(ab * gain - mean * kept, dtype=np.float32)


def lost_contrast(logits: Float, bins: Float) -> Float:
    """How much contrast of colour the mean of a distribution has lost at each place, 1 or more.

    Over the photograph it is (S + V) / S: S is the variance of the mean colours, V the mean variance of the
    distribution at a place; by the law of total variance S + V is what the network expects of the true
    colours. In a region (an eighth of the short side) it is the same about neutral grey instead of the mean.
    Where that is less, the two are joined as a geometric mean: skin, of which the network is sure, has lost
    little in a photograph that has lost much. Where it is more, the photograph's counts: what the network
    knows least of is not made the most colourful.

    Parameters
    ----------
    logits : float32, shape (Q, h, w)
    bins : float32, shape (Q, 2)

    Returns
    -------
    float32, shape (h, w)
    """
    return lost_contrast_of(*moments(logits, bins))


def moments(logits: Float, bins: Float) -> tuple[Float, Float]:
    """Mean colour and mean square of the chroma of a distribution, at each place.

    Unlike the distribution itself they are three numbers, and those of a mixture of distributions are the
    mixture of theirs: films carry them from frame to frame.

    Parameters
    ----------
    logits : float32, shape (Q, h, w)
    bins : float32, shape (Q, 2)

    Returns
    -------
    tuple of float32: ab in Lab units, shape (2, h, w); a² + b², shape (h, w).
    """
    p = softmax(logits)
    mean = np.einsum("qhw,qc->chw", p, bins, optimize=True)
    return mean, np.einsum("qhw,q->hw", p, (bins**2).sum(axis=1), optimize=True)


def lost_contrast_of(mean: Float, square: Float) -> Float:
    """`lost_contrast` of a distribution of which only the `moments` are known."""
    whole, regional = losses_of(mean, square)
    lost = np.minimum(regional / whole, 1) ** REGIONAL * whole
    return np.asarray(lost, dtype=np.float32)


def losses_of(mean: Float, square: Float) -> tuple[float, Float]:
    """What `lost_contrast` is made of: the loss of the photograph, and that of the region of each place."""
    chroma2 = (mean**2).sum(axis=0)
    within = np.maximum(square - chroma2, 0)
    whole = min(1 + float(within.mean()) / max(float(mean.var(axis=(1, 2)).sum()), 1e-6), LARGEST_LOSS)
    h, w = within.shape
    cell = max(1.0, min(h, w) / REGIONS)
    coarse = Upsampler(np.stack([within, chroma2]), max(1, round(h / cell)), max(1, round(w / cell))).all()
    within, chroma2 = np.maximum(Upsampler(coarse, h, w).all(), 0)
    return whole, 1 + within / (chroma2 + np.float32(DULL))


def own_gain(gain: float, lost: Float) -> Float:
    """The gain of each place, given that of a typical one: what has lost more gets more back.

    gain ** (log lost / log typical). With one gain for all, what the network is sure of comes out garish and
    the rest grey; with this one the error in colourfulness of single photographs falls by a quarter, and PSNR
    at the same mean colourfulness rises by 0.1 dB (docs/decoding.md).

    Parameters
    ----------
    gain : float
    lost : float32, any shape
        From `lost_contrast`.

    >>> float(own_gain(2.0, np.float32(TYPICAL_LOSS)))
    2.0
    """
    share = np.log(np.clip(lost, 1, LARGEST_LOSS)) / np.log(TYPICAL_LOSS)
    return np.asarray(np.float32(gain) ** share, dtype=np.float32)


def confidence(logits: Float) -> Float:
    """1 where the network is sure of one bin, 0 where every bin is as likely: 1 - entropy / log Q, (h, w)."""
    p = softmax(logits)
    entropy = -(p * np.log(p + 1e-12)).sum(axis=0)
    return np.clip(1 - entropy / np.log(len(logits)), 0, 1).astype(np.float32)
