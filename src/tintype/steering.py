"""What the settings ask of a prediction: priors, candidates, hints, light, and what stays grey."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color import decode as decoding
from tintype.color import guidance
from tintype.color.gamut import fit
from tintype.color.lab import Float, lab_from_srgb, srgb_from_linear
from tintype.color.resample import Upsampler, fit_longest
from tintype.errors import PhotoError
from tintype.network.descriptor import Prediction
from tintype.photo.depth import eight_bit
from tintype.photo.errors import translate
from tintype.photo.grey import grey
from tintype.photo.model import Photo
from tintype.photo.read import read
from tintype.photo.resize import resize_exactly
from tintype.photo.tone import measure, own_colors
from tintype.settings import Hint, Settings

HINT_RADIUS = 0.014  # of the short side: 7 × 7 px in a view of 256 px
WARM = (4.0, 16.0)  # a and b that the warmest light adds to the middle tones


def hint_planes(hints: Sequence[Hint], photo: tuple[int, int], view: tuple[int, int]) -> Float:
    """Hints as a network sees them: a, b in Lab units and a mask, float32 (3, h, w) at the view's size."""
    planes = np.zeros((3, *view), dtype=np.float32)
    down, across = view[0] / photo[0], view[1] / photo[1]
    for hint in hints:
        radius = hint.radius or HINT_RADIUS * min(photo)
        top, bottom = sorted((int((hint.y - radius) * down), int(np.ceil((hint.y + radius) * down))))
        left, right = sorted((int((hint.x - radius) * across), int(np.ceil((hint.x + radius) * across))))
        top, left = min(max(top, 0), view[0] - 1), min(max(left, 0), view[1] - 1)
        rows, cols = slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))
        planes[:2, rows, cols] = _ab(hint.color)[:, None, None]
        planes[2, rows, cols] = 1
    return planes


def _ab(color: tuple[int, int, int]) -> Float:
    return lab_from_srgb(np.array(color, dtype=np.uint8))[1:]


def hinted(hints: Sequence[Hint], photo: tuple[int, int], shape: tuple[int, ...]) -> tuple[Float, Float]:
    """Hints on a chroma map of this shape: rows and columns (n, 2), and the ab asked for (n, 2)."""
    places = [(h.y / photo[0] * shape[0] - 0.5, h.x / photo[1] * shape[1] - 0.5) for h in hints]
    wanted = [_ab(h.color) for h in hints]
    return np.array(places, np.float32).reshape(-1, 2), np.array(wanted, np.float32).reshape(-1, 2)


def candidates(prediction: Prediction, settings: Settings) -> list[tuple[Float, Float | None]]:
    """Colours that one prediction allows, the network's own choice first, as many as the settings want.

    Returns
    -------
    list of (ab float32 (2, h, w), confidence float32 (h, w)); a network that gives colours and no
    distribution has one opinion and no confidence.
    """
    temperature, gain = prediction.vividness.at(settings.vividness)
    if prediction.logits is None or prediction.bins is None:
        assert prediction.ab is not None
        # A network that gives colours has no temperature: vividness is a gain, 1 at the middle.
        return [(decoding.enliven(prediction.ab, gain / prediction.vividness.at(0.5)[1]), None)]
    logits, bins = prediction.logits, prediction.bins
    logits = prior(logits, bins, settings)
    made = guidance.tilts(logits, bins, settings.candidates, temperature)
    sure = decoding.confidence(logits)
    gains = decoding.own_gain(gain, decoding.lost_contrast(logits, bins)) if gain != 1 else 1.0
    return [(decoding.enliven(decoding.annealed_mean(one, bins, temperature), gains), sure) for one in made]


def prior(logits: Float, bins: Float, settings: Settings) -> Float:
    """Logits (Q, h, w) moved towards the palette and the reference photograph that the settings name."""
    if settings.palette:
        colors = [tuple(bytes.fromhex(c[1:])) for c in settings.palette]
        logits = guidance.toward(logits, bins, guidance.palette_histogram(colors, bins))  # type: ignore[arg-type]
    if settings.reference:
        logits = guidance.toward(logits, bins, _reference(settings.reference, bins.tobytes(), len(bins)))
    return logits


def steered(ab: Float, L: Float, settings: Settings) -> Float:
    """Saturation and warmth: ab (2, h, w) over lightness (h, w), 0-100."""
    ab = ab * np.float32(settings.saturation)
    if settings.warmth:
        # Light that is warm or cool shows in the middle tones; paper white and ink stay neutral.
        middle = 4 * (L / 100) * (1 - L / 100)
        shift: Float = np.array(WARM, np.float32)[:, None, None] * np.float32(settings.warmth)
        ab = ab + shift * middle.astype(np.float32)
    return ab


def suggestions(
    predictions: Sequence[Prediction], x: float, y: float, count: int
) -> list[tuple[tuple[int, int, int], float]]:
    """Colours likely at one place, see `tintype.Colorizer.suggest`."""
    prediction = next((p for p in predictions if p.logits is not None), predictions[0])
    height, width = prediction.shape
    row, col = min(int(y * height), height - 1), min(int(x * width), width - 1)
    rows, cols = prediction.L.shape
    L = prediction.L[min(int(y * rows), rows - 1), min(int(x * cols), cols - 1)]
    if prediction.logits is None or prediction.bins is None:
        assert prediction.ab is not None
        ab = prediction.ab[:, row, col][None]
        shares: NDArray[Any] = np.ones(1)
    else:
        logits, bins = prediction.logits[:, row, col], prediction.bins
        ab = guidance.suggest(logits, bins, count)
        near = ((bins[:, None] - ab[None]) ** 2).sum(axis=-1).argmin(axis=1)
        p = decoding.softmax(logits[:, None, None].copy())[:, 0, 0]
        shares = np.bincount(near, weights=p, minlength=len(ab)).astype(np.float64)
    rgb = fit(np.full(len(ab), L, np.float32), ab[:, 0].copy(), ab[:, 1].copy())
    codes = np.rint(srgb_from_linear(np.stack(rgb, axis=1)) * 255).astype(int)
    found = [((int(r), int(g), int(b)), float(s)) for (r, g, b), s in zip(codes, shares, strict=True)]
    return sorted(found, key=lambda one: -one[1])


@lru_cache(maxsize=8)
def _reference(path: str, raw_bins: bytes, count: int) -> Float:
    photo = read(path, Settings(page=1))[0]
    bins = np.frombuffer(raw_bins, np.float32).reshape(count, 2)
    with translate(photo.name):
        height, width = fit_longest(photo.height, photo.width, 256)
        small = photo.thumbnail(width, height).numpy()
    if small.ndim == 2 or small.shape[-1] < 3:
        msg = f"{path}: the reference photograph is grey; give one in colour"
        raise PhotoError(msg)
    return guidance.histogram(lab_from_srgb(small)[..., 1:], bins)


def with_own_colors(ab: Float, photo: Photo) -> Float:
    """Chroma (2, h, w) with the photograph's own where it has any (2, h', w'): real colours are kept."""
    own, mask = own_colors(photo)
    if not mask.any():
        return ab
    fine = Upsampler(ab, *mask.shape).all() if ab.shape[1:] != mask.shape else ab
    return np.asarray(fine + (own - fine) * mask, dtype=np.float32)


def keep_mask(path: str, height: int, width: int, settings: Settings) -> pyvips.Image:
    """The mask of what stays grey (white: keep) as one 8-bit band of this size.

    Raises
    ------
    PhotoError
        If it can't be read or has another shape than the photograph.
    """
    photo = read(path, settings.replace(page=1))[0]
    if abs(photo.width / photo.height - width / height) > 0.02 * width / height:
        msg = f"{path}: the mask is {photo.width}×{photo.height} px, of another shape than the photograph "
        msg += f"({width}×{height}); draw it on the upright photograph"
        raise PhotoError(msg)
    mask = eight_bit(grey(photo.open(), measure(photo, "lightness")))
    return resize_exactly(mask, width, height)
