"""From a distribution over ab bins to colours: annealed mean, candidates, confidence, suggestions.

The annealed mean is that of Zhang et al. 2016 (section 2.3): the mean of the distribution sharpened by a
temperature T; T = 1 is the mean (safe, dull), T → 0 the mode (vivid, blotchy).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tintype.color.bins import nearest
from tintype.color.lab import Float, lab_from_srgb
from tintype.color.resample import Upsampler

_SPREAD = 10.0  # Lab units over which a wanted colour counts for neighbouring bins
REACH = 0.05  # of the short side: standard deviation of the distance to which a hint reaches
ALIKE = 8.0  # L: standard deviation of the lightness to which it does


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
TYPICAL_LOSS = 12.0  # of `lost_contrast`, in the middle of our validation photographs
LARGEST_LOSS = 60.0  # beyond it the network knows next to nothing, and there is nothing to give back
REGIONS = 8  # along the short side
REGIONAL = 0.5  # how much of the loss is counted region by region, the rest over the whole photograph
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
    The two are joined as a geometric mean: skin, of which the network is sure, has lost little in a
    photograph that has lost much.

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
    chroma2 = (mean**2).sum(axis=0)
    within = np.maximum(square - chroma2, 0)
    whole = 1 + float(within.mean()) / max(float(mean.var(axis=(1, 2)).sum()), 1e-6)
    h, w = within.shape
    cell = max(1.0, min(h, w) / REGIONS)
    coarse = Upsampler(np.stack([within, chroma2]), max(1, round(h / cell)), max(1, round(w / cell))).all()
    within, chroma2 = np.maximum(Upsampler(coarse, h, w).all(), 0)
    regional = np.minimum(1 + within / (chroma2 + np.float32(DULL)), np.float32(LARGEST_LOSS))
    lost = regional**REGIONAL * min(whole, LARGEST_LOSS) ** (1 - REGIONAL)
    return np.asarray(lost, dtype=np.float32)


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


def histogram(ab: Float, bins: Float) -> Float:
    """Share of each bin in a picture: ab float32 (..., 2) → float32 (Q,), summing to 1."""
    counts = np.bincount(nearest(ab, bins).ravel(), minlength=len(bins)).astype(np.float32)
    return counts / max(float(counts.sum()), 1.0)


def palette_histogram(colors: list[tuple[int, int, int]], bins: Float) -> Float:
    """Wanted share of each bin, given a few sRGB colours (0-255); neutral always stays possible."""
    ab = lab_from_srgb(np.array([*colors, (128, 128, 128)], dtype=np.uint8))[:, 1:]
    square = ((bins[:, None] - ab[None]) ** 2).sum(axis=-1)
    share = np.exp(-square / (2 * _SPREAD**2)).sum(axis=1)
    return np.asarray(share / share.sum(), dtype=np.float32)


def toward(logits: Float, bins: Float, wanted: Float, strength: float = 0.7) -> Float:
    """Logits whose mean histogram is moved towards a wanted one (Q,), by a prior over bins.

    Both histograms are blurred over neighbouring bins first: a bin that the reference happens to lack is
    not forbidden.
    """
    square = ((bins[:, None] - bins[None]) ** 2).sum(axis=-1)
    blur = np.exp(-square / (2 * _SPREAD**2))
    blur /= blur.sum(axis=0, keepdims=True)
    present = softmax(logits).mean(axis=(1, 2))
    prior = np.log((blur @ wanted + 1e-4) / (blur @ present + 1e-4)) * strength
    return logits + prior.astype(np.float32)[:, None, None]


def tilts(logits: Float, bins: Float, count: int, temperature: float) -> list[Float]:
    """`count` versions of the logits that decode to distinct pictures; the first is the logits themselves.

    Each other one leans the whole distribution towards one hue, so that a picture stays of one piece:
    where the network is sure nothing changes, where it hesitates the leaning decides. Of twelve hues those
    are taken whose pictures differ most from the ones taken before.
    """
    if count == 1:
        return [logits]
    taken = [logits]
    pictures = [annealed_mean(logits, bins, temperature)]
    pool = []
    for lean in leans(bins):
        leaned = logits + lean[:, None, None]
        pool.append((leaned, annealed_mean(leaned, bins, temperature)))
    while len(taken) < count and pool:
        gaps = [min(float(np.abs(ab - other).mean()) for other in pictures) for _, ab in pool]
        leaned, ab = pool.pop(int(np.argmax(gaps)))
        taken.append(leaned)
        pictures.append(ab)
    return taken[:count]


def leans(bins: Float) -> Float:
    """What is added to logits to lean a distribution towards each of twelve hues: float32 (12, Q)."""
    chroma = np.hypot(bins[:, 0], bins[:, 1])
    hue = np.arctan2(bins[:, 1], bins[:, 0])
    angles = np.arange(12) * (2 * np.pi / 12)
    each = [2.0 * np.cos(hue - angle) * np.minimum(chroma / 40, 1) for angle in angles]
    return np.array(each).astype(np.float32)


NEIGHBORS = 7.0  # Lab units: standard deviation over which bins vote for a suggestion together
APART = 18.0  # Lab units between two suggestions, so that they differ to the eye


def suggest(logits: Float, bins: Float, count: int = 9, apart: float = APART) -> Float:
    """Colours that the network finds likely at one place, most likely first.

    Parameters
    ----------
    logits : float32, shape (Q,)
    bins : float32, shape (Q, 2)
    count : int
        How many colours at the most.
    apart : float
        Smallest distance in ab between two suggestions.

    Returns
    -------
    float32, shape (n, 2): ab in Lab units.
    """
    square = ((bins[:, None] - bins[None]) ** 2).sum(axis=-1)
    p = np.exp(-square / (2 * NEIGHBORS**2)) @ softmax(logits[:, None, None])[:, 0, 0]
    chosen: list[int] = []
    for i in np.argsort(-p):
        if all(square[i, j] >= apart**2 for j in chosen):
            chosen.append(int(i))
        if len(chosen) == count:
            break
    return bins[chosen]


def honor_hints(ab: Float, L: Float, places: Float, wanted: Float, reach: float = REACH) -> Float:
    """Pull the picture to the hinted colours at the hinted places.

    What a network makes of a hint comes near the colour asked for but not onto it. The rest of the way is
    spread around each place with a weight that falls with distance and with difference of lightness, so
    that it stops at the edges of things.

    Parameters
    ----------
    ab : float32, shape (2, h, w)
    L : float32, shape (h, w)
        Lightness at the size of ab.
    places : float32, shape (n, 2)
        Row and column of each hint, in pixels of ab.
    wanted : float32, shape (n, 2)
        ab asked for.
    reach : float
        Standard deviation of the distance, as a share of the picture's short side.

    Returns
    -------
    float32, shape (2, h, w)
    """
    if len(places) == 0:
        return ab
    h, w = L.shape
    rows, cols = np.mgrid[:h, :w].astype(np.float32)
    sigma = max(reach * min(h, w), 1.0)
    total = np.zeros((2, h, w), dtype=np.float32)
    weight = np.full((h, w), 1e-6, dtype=np.float32)
    strongest = np.zeros((h, w), dtype=np.float32)
    for (row, col), target in zip(places, wanted, strict=True):
        r, c = min(max(round(float(row)), 0), h - 1), min(max(round(float(col)), 0), w - 1)
        far = ((rows - row) ** 2 + (cols - col) ** 2) / (2 * sigma**2)
        unlike = (L - L[r, c]) ** 2 / (2 * ALIKE**2)
        near = np.exp(-far - unlike)
        total += near * (target - ab[:, r, c])[:, None, None]
        weight += near
        np.maximum(strongest, near, out=strongest)
    return np.asarray(ab + strongest * total / weight, dtype=np.float32)
