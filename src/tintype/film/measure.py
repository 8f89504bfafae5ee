"""How steady and how true the colours of a film are, held against the film's own and against frame by frame.

CDC is that of Liu et al. 2021 (arXiv:2102.00322); the warp error with its occlusions that of Lai et al. 2018
(arXiv:1808.00449). Lightness, which is the film's own, dominates both, so the warp error of a and b alone
stands beside them, and every number has the truth's beside it: grey is perfectly steady.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float, lab_from_srgb
from tintype.colorizer import Colorizer
from tintype.film.camera import Camera
from tintype.film.dependencies import cv2
from tintype.film.motion import Flow, identity, sample
from tintype.film.options import FilmOptions
from tintype.film.paint import painted
from tintype.film.plan import Plan
from tintype.film.pulse import blocks, pulse, runs
from tintype.film.segment import Colors
from tintype.film.show import Picture, rgb_of
from tintype.film.source import Decoder, probe
from tintype.film.survey import survey
from tintype.metrics import colorfulness
from tintype.settings import Settings

_APART = (1, 2, 4)  # frames between the pictures whose histograms are compared


@dataclass(frozen=True, slots=True)
class Steadiness:
    """One way of colouring one film, measured; means over its frames.

    Attributes
    ----------
    cdc : float
        Jensen-Shannon divergence of the histograms of frames 1, 2 and 4 apart.
    warp_error : float
        Mean squared difference of sRGB 0-1 after motion, where nothing is hidden.
    warp_ab : float
        The same for a and b alone: their distance, Lab units.
    colorfulness : float
        Hasler and Suesstrunk 2003.
    ab_rmse : float
        To the film's own colours, Lab units.
    pulse : float or None
        How much stronger colour changes with the period of the key frames than with others: about 1 where it
        doesn't; None where key frames never stand an interval apart for long enough. See `film.pulse`.
    seconds : float
        Of the processor, a frame; 0 where nothing was computed.
    """

    cdc: float
    warp_error: float
    warp_ab: float
    colorfulness: float
    ab_rmse: float
    pulse: float | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class _Meter:
    """Takes the frames of one way of colouring, in order."""

    _histograms: list[Float] = field(default_factory=list)
    _ab: list[float] = field(default_factory=list)
    _rgb: list[float] = field(default_factory=list)
    _color: list[float] = field(default_factory=list)
    _error: list[float] = field(default_factory=list)
    _blocks: list[Float] = field(default_factory=list)
    _last: tuple[Picture, Float] | None = None

    def take(self, picture: Picture, truth: Float, warp: tuple[Float, NDArray[np.bool_]] | None) -> None:
        ab = lab_from_srgb(picture)[..., 1:]
        counts = [np.bincount(picture[..., i].ravel(), minlength=256) for i in range(3)]
        self._histograms.append((np.stack(counts) / picture[..., 0].size).astype(np.float32))
        self._color.append(colorfulness(picture))
        self._blocks.append(blocks(ab))
        self._error.append(float(np.sqrt(((ab - truth) ** 2).sum(axis=-1).mean())))
        if warp is not None and self._last is not None:
            at, seen = warp
            before, before_ab = self._last
            moved = sample(np.ascontiguousarray(ab), at) - before_ab
            self._ab.append(float(np.hypot(moved[..., 0], moved[..., 1])[seen].mean()))
            light = (sample(picture.astype(np.float32), at) - before) / 255
            self._rgb.append(float((light[seen] ** 2).mean()))
        self._last = picture, ab

    def result(self, spans: Sequence[tuple[int, int]], interval: int, seconds: float = 0.0) -> Steadiness:
        all_ = self._histograms
        cdc = [
            _mean([_divergence(a, b) for a, b in zip(all_, all_[gap:], strict=False)])
            for gap in _APART
            if len(all_) > gap
        ]
        return Steadiness(
            cdc=_mean(cdc),
            warp_error=_mean(self._rgb),
            warp_ab=_mean(self._ab),
            colorfulness=_mean(self._color),
            ab_rmse=_mean(self._error),
            pulse=pulse(np.stack(self._blocks), spans, interval),
            seconds=seconds,
        )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def _divergence(one: Float, other: Float) -> float:
    """Jensen-Shannon divergence (natural logarithm) of histograms (3, 256), mean over the channels."""
    middle = (one + other) / 2

    def from_middle(p: Float) -> Float:
        ratio = np.log(np.maximum(p, 1e-12) / np.maximum(middle, 1e-12))
        return np.asarray(np.where(p > 0, p * ratio, 0).sum(axis=-1), dtype=np.float32)

    return float(((from_middle(one) + from_middle(other)) / 2).mean())


def measure(
    path: Path,
    settings: Settings,
    options: FilmOptions,
    *,
    height: int = 240,
    frames: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Steadiness]:
    """Measure a film in colour: the film itself, in grey, coloured frame by frame, and as a film.

    Parameters
    ----------
    path : Path
    settings, options
        As for `FilmJob`.
    height : int
        Of the pictures that are compared, px.
    frames : int
        How many, from the beginning; 0 is all.

    Returns
    -------
    dict of name to Steadiness: ``truth``, ``grey``, ``frame by frame``, ``film``.
    """
    info = probe(path)
    plan = survey(info, options)
    count = min(frames or plan.frames, plan.frames)
    size = max(16, round(info.width * height / info.height)), height
    network = Colorizer(settings).networks()[0]
    camera = Camera(info, plan.area, network, settings)
    colors = Colors(plan, camera, Decoder(info, deinterlace=options.deinterlace))
    cuts = frozenset(s.start for s in plan.shots)
    meters = {name: _Meter() for name in ("truth", "grey", "frame by frame", "film")}
    spent = dict.fromkeys(meters, 0.0)
    motion = _Motion()
    truths = _truths(path, size)

    def alone(luma: Any) -> Float:
        return camera.steer(camera.decode(camera.ask(luma)), camera.small(luma))

    film = _timed(_in_order(colors, plan), spent, "film")
    for index in range(count):
        frame, ab = next(film)
        truth = next(truths)
        warp = motion(frame.luma, size, fresh=index in cuts)
        true_ab = lab_from_srgb(truth)[..., 1:]
        began = time.process_time()
        by_frame = alone(frame.luma)
        spent["frame by frame"] += time.process_time() - began
        given = {"grey": np.zeros_like(ab), "frame by frame": by_frame, "film": ab}
        meters["truth"].take(truth, true_ab, warp)
        for name, chroma in given.items():
            planes = painted(frame.luma, chroma, plan.area, info.encoding, halves=True)
            meters[name].take(rgb_of(planes, size, info.encoding), true_ab, warp)
        if progress is not None:
            progress(index + 1, count)
    spans = runs(plan.keys, options.interval, cuts)
    return {
        name: meter.result(spans, options.interval, spent[name] / count) for name, meter in meters.items()
    }


def _in_order(colors: Colors, plan: Plan) -> Iterator[tuple[Any, Float]]:
    for segment in plan.segments():
        yield from colors.of(segment)


def _timed(items: Iterator[Any], spent: dict[str, float], name: str) -> Iterator[Any]:
    while True:
        began = time.process_time()
        item = next(items, None)
        spent[name] += time.process_time() - began
        if item is None:
            return
        yield item


def _truths(path: Path, size: tuple[int, int]) -> Iterator[Picture]:
    from tintype.film.source import opened

    with opened(path) as container:
        for frame in container.decode(container.streams.video[0]):
            yield cv2().resize(frame.to_ndarray(format="rgb24"), size, interpolation=cv2().INTER_AREA)


class _Motion:
    """Flow from each frame to the next at the size of the measurement, and where nothing is hidden."""

    def __init__(self) -> None:
        self._flow = Flow()
        self._last: Any = None

    def __call__(
        self, luma: Any, size: tuple[int, int], *, fresh: bool
    ) -> tuple[Float, NDArray[np.bool_]] | None:
        from tintype.film.motion import small

        here, before = small(luma, size[1], size[0]), self._last
        self._last = here
        if before is None or fresh:
            return None
        forth, back = self._flow(before, here), self._flow(here, before)
        at = identity(*here.shape) + forth
        home = sample(back, at)
        length = (forth**2).sum(axis=-1) + (home**2).sum(axis=-1)
        hidden = ((forth + home) ** 2).sum(axis=-1) > 0.01 * length + 0.5
        bend = sum((g**2).sum(axis=-1) for g in np.gradient(forth, axis=(0, 1)))
        edge = bend > 0.01 * (forth**2).sum(axis=-1) + 0.002
        return at, ~(hidden | edge)
