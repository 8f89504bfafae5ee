"""How to choose colours from a distribution: each way at the truth's mean colourfulness, by PSNR over grey.

    python benchmarks/decoding.py PHOTOS [--limit 114] [--whole]

PHOTOS is a folder or tar of colour photographs. All is done at the size of the network's chroma map (a
quarter of its view), so the figures are not those of `tintype evaluate`; docs/decoding.md reads them. With
`--whole` photographs are painted at a short side of 256 px, and other things are tried: what is done to a
finished map, and the mirror image as a second view.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import tintype
from tintype.color import decode
from tintype.color.gamut import srgb_from_lab
from tintype.color.lab import Float, lab_from_srgb
from tintype.color.resample import Upsampler
from tintype.dataset.sources import photographs_to_measure
from tintype.evaluation.photos import encode, load
from tintype.metrics import ab_distances, colorfulness, psnr

TEMPERATURES = (1.0, 0.8, 0.6, 0.38)


@dataclass
class Seen:
    """One photograph: truth and lightness at the size that is painted, and what the network thinks."""

    rgb: np.ndarray
    L: Float
    small: Float  # lightness at the size of the chroma map
    means: dict[float, Float]
    place: Float  # lost contrast, place by place
    region: Float  # the same of the region alone
    whole: float  # of the photograph as a whole
    spread: float  # standard deviation of the mean colors, Lab units
    doubt: float  # mean variance of the distribution at a place
    both: tuple[
        Float, Float
    ]  # moments of the distribution, mean of those of the view and of its mirror image


def look(colorizer: tintype.Colorizer, rgb: np.ndarray, *, whole_size: bool = False) -> Seen:
    """Ask the network about one photograph, uint8 (h, w, 3)."""
    sitting = colorizer.prepare(encode(rgb))[0]
    prediction = colorizer.predict(sitting, grey="lightness")[0]
    logits, bins = prediction.logits, prediction.bins
    if logits is None or bins is None:
        raise SystemExit("this network gives no distribution: there is nothing to choose from")
    small = Upsampler(rgb.transpose(2, 0, 1).astype(np.float32), *prediction.shape).all()
    true = rgb if whole_size else np.rint(small.clip(0, 255)).astype(np.uint8).transpose(1, 2, 0)
    mean, square = both = decode.moments(logits, bins)
    if whole_size:
        network = colorizer.networks()[0]
        other = network.predict(np.ascontiguousarray(prediction.L[:, ::-1]), None).logits
        assert other is not None
        mirrored = decode.moments(np.ascontiguousarray(other[:, :, ::-1]), bins)
        both = (mean + mirrored[0]) / 2, (square + mirrored[1]) / 2
    means = {t: decode.annealed_mean(logits, bins, t) for t in TEMPERATURES}
    light = Upsampler(prediction.L[None], *prediction.shape).all()[0]
    spread = max(float(mean.var(axis=(1, 2)).sum()), 1e-2) ** 0.5
    doubt = float((square - (mean**2).sum(axis=0)).mean())
    place = decode.lost_contrast_of(mean, square)
    whole, region = decode.losses_of(mean, square)
    return Seen(true, lab_from_srgb(true)[..., 0], light, means, place, region, whole, spread, doubt, both)


Way = Callable[[Seen, float], Float]


def paint(L: Float, ab: Float) -> np.ndarray:
    """sRGB, uint8 (h, w, 3), of a map of any size."""
    if ab.shape[1:] != L.shape:
        ab = Upsampler(ab, *L.shape).all()
    return np.rint(255 * srgb_from_lab(np.stack([L, *ab], axis=-1))).astype(np.uint8)


def matched(seen: list[Seen], way: Way) -> tuple[float, ...]:
    """Gain at which mean colourfulness is the truth's; there ΔPSNR, colourfulness, its error, ab RMSE."""
    true = [colorfulness(s.rgb) for s in seen]
    low, high = 1.0, 8.0
    for _ in range(10):
        gain = (low * high) ** 0.5
        made = [paint(s.L, way(s, gain)) for s in seen]
        found = [colorfulness(m) for m in made]
        low, high = (gain, high) if np.mean(found) < np.mean(true) else (low, gain)
    grey = [paint(s.L, np.zeros_like(s.means[1.0])) for s in seen]
    over = [psnr(s.rgb, m) - psnr(s.rgb, g) for s, m, g in zip(seen, made, grey, strict=True)]
    gaps = np.abs(np.subtract(found, true))
    far = [float(np.sqrt(np.mean(ab_distances(lab_from_srgb(s.rgb), lab_from_srgb(m)) ** 2)))
           for s, m in zip(seen, made, strict=True)]  # fmt: skip
    return gain, float(np.mean(over)), float(np.mean(found)), float(gaps.mean()), float(np.mean(far))


def _all_chroma(t: float) -> Way:
    return lambda s, gain: s.means[t] * np.float32(gain)


def _differences(t: float) -> Way:
    return lambda s, gain: decode.enliven(s.means[t], gain)


def _by_photograph(s: Seen, gain: float) -> Float:
    return decode.enliven(s.means[1.0], decode.own_gain(gain, np.float32(s.whole)))


def _by_doubt(s: Seen, gain: float) -> Float:
    """Spread is added in proportion to the doubt: where an error is large anyway, color costs least PSNR."""
    return decode.enliven(s.means[1.0], min(1 + (gain - 1) * s.doubt / (70 * s.spread), 8.0))


def _by_place(t: float) -> Way:
    return lambda s, gain: decode.enliven(s.means[t], decode.own_gain(gain, s.place))


_shipped = _by_place(1.0)


def _regions(share: float) -> Way:
    """Regions counted for a share, up and down, and the photograph for the rest."""

    def way(s: Seen, gain: float) -> Float:
        lost = np.minimum(s.region, decode.LARGEST_LOSS) ** share * s.whole ** (1 - share)
        return decode.enliven(s.means[1.0], decode.own_gain(gain, np.asarray(lost, np.float32)))

    return way


def _capped(s: Seen, gain: float) -> Float:
    return decode.enliven(s.means[1.0], np.minimum(decode.own_gain(gain, s.place), np.float32(4)))


def _mirrored(s: Seen, gain: float) -> Float:
    return decode.enliven(s.both[0], decode.own_gain(gain, decode.lost_contrast_of(*s.both)))


def _along_edges(s: Seen, ab: Float, radius: int, *, whole: bool = False) -> Float:
    """Guided filter on the map; `whole`: its slopes are applied to the lightness of the whole photograph."""

    def mean(x: Float) -> Float:
        pad = [(0, 0)] * (x.ndim - 2) + [(radius, radius)] * 2
        window = (2 * radius + 1,) * 2
        views = np.lib.stride_tricks.sliding_window_view(np.pad(x, pad, "symmetric"), window, axis=(-2, -1))
        return np.asarray(views.mean((-2, -1)), np.float32)

    L, flat = s.small, np.float32(25)
    level = mean(ab)
    slope = (mean(L * ab) - mean(L) * level) / (mean(L * L) - mean(L) ** 2 + flat)
    slope, rest = mean(slope), mean(level - slope * mean(L))
    if not whole:
        return slope * L + rest
    size = s.L.shape
    return Upsampler(slope, *size).all() * s.L + Upsampler(rest, *size).all()


WAYS: dict[str, Way] = {f"annealed mean, T = {t:g}, all chroma × gain": _all_chroma(t) for t in TEMPERATURES}
for _t in (1.0, 0.6):
    WAYS[f"T = {_t:g}, differences from the photograph's mean × gain"] = _differences(_t)
WAYS["the same, T = 1, gain by what the photograph lost"] = _by_photograph
WAYS["the same, T = 1, spread added by the photograph's doubt"] = _by_doubt
WAYS["the same, T = 1, by what photograph and region lost (`tintype`)"] = _shipped
WAYS["regions counted for a half, up and down"] = _regions(0.5)
WAYS["regions counted for a quarter, up and down"] = _regions(0.25)
WAYS["the same, T = 0.6"] = _by_place(0.6)

FINISHED: dict[str, Way] = {
    "`tintype`": _shipped,
    "by what the photograph lost alone": _by_photograph,
    "regions counted for a half, up and down": _regions(0.5),
    "regions counted for a quarter, up and down": _regions(0.25),
    "spread added by the photograph's doubt": _by_doubt,
    "gain of a place at most 4": _capped,
    "mean of the view and its mirror image": _mirrored,
    "guided filter on the map, radius 2": lambda s, gain: _along_edges(s, _shipped(s, gain), 2),
    "guided filter on the map, radius 8": lambda s, gain: _along_edges(s, _shipped(s, gain), 8),
    "its slopes on the whole photograph, radius 2": lambda s, gain: _along_edges(
        s, _shipped(s, gain), 2, whole=True
    ),
    "mirror image, and slopes": lambda s, gain: _along_edges(s, _mirrored(s, gain), 2, whole=True),
}


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos")
    parser.add_argument("--model", default="tintype")
    parser.add_argument("--limit", type=int, default=114)
    parser.add_argument("--whole", action="store_true", help="paint at a short side of 256 px")
    asked = parser.parse_args()
    found = photographs_to_measure(asked.photos)
    chosen = [found[i] for i in np.linspace(0, len(found) - 1, min(asked.limit, len(found))).astype(int)]
    colorizer = tintype.Colorizer(model=asked.model)
    seen = [look(colorizer, load(one, 256), whole_size=asked.whole) for one in chosen]
    print(f"{len(seen)} photographs, true colourfulness {np.mean([colorfulness(s.rgb) for s in seen]):.1f}\n")
    print("| choice | gain | ΔPSNR, dB | colourfulness | its error, a photograph | ab RMSE |\n"
          "|---|--:|--:|--:|--:|--:|")  # fmt: skip
    for name, way in (FINISHED if asked.whole else WAYS).items():
        gain, over, color, gap, far = matched(seen, way)
        print(f"| {name} | {gain:.2f} | {over:+.2f} | {color:.1f} | {gap:.1f} | {far:.2f} |", flush=True)


if __name__ == "__main__":
    main()
