"""What somebody wants, over what a network says: palettes, references, candidates, suggestions, hints."""

from __future__ import annotations

import numpy as np

from tintype.color.bins import nearest
from tintype.color.decode import annealed_mean, softmax
from tintype.color.lab import Float, lab_from_srgb

_SPREAD = 10.0  # Lab units over which a wanted colour counts for neighbouring bins
REACH = 0.05  # of the short side: standard deviation of the distance to which a hint reaches
ALIKE = 8.0  # L: standard deviation of the lightness to which it does


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
