"""The evaluation: every photograph is decoded once a pass and shown to all networks."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.bins import srgb_bins
from tintype.dataset.sources import Source, photographs_to_measure
from tintype.errors import Cancelled, PhotoError, TintypeError
from tintype.evaluation.cost import cost
from tintype.evaluation.entrants import Entrant, enter, mean_ab, random_hints, sit
from tintype.evaluation.extra import require
from tintype.evaluation.metrics import (
    ClassAreas,
    Truth,
    color_features,
    frechet,
    measure,
)
from tintype.evaluation.photos import encode, load
from tintype.evaluation.results import Evaluation, Result, Row
from tintype.metrics import RGB, colourfulness, psnr
from tintype.settings import Settings

Progress = Callable[[str, int, int], bool | None]  # what is going on, how many are done, of how many
Keep = Callable[[str, str, RGB], None]  # photograph, column, pixels

HINT_COUNTS = (0, 1, 5, 10, 50)
_GRID = (0.0, 0.25, 0.5, 0.75, 1.0)  # of vividness, where colourfulness is looked at for the search
_SEARCHED = 100  # photographs that the search looks at; the result is checked on all
_CLOSE = 0.01  # how near the truth's mean colourfulness "matched" is
_ROUNDS = 4
_FEW = 96  # photographs below which 48 features have no covariance worth the name
_COST_PHOTOS = 9
_CLASSES = len(srgb_bins())


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one photograph said under one entrant."""

    numbers: dict[str, float]
    class_areas: NDArray[Any]
    features: NDArray[np.float64]
    curve: dict[float, float] = field(default_factory=dict)  # colourfulness by vividness


@dataclass(frozen=True, slots=True)
class _Photo:
    """One photograph under all entrants, or why not."""

    name: str
    seen: dict[str, _Seen] = field(default_factory=dict)
    cf: float = 0.0
    cf_abs: float = 0.0
    class_counts: NDArray[np.float64] | None = None
    features: NDArray[np.float64] | None = None
    grey_psnr: float = 0.0
    failed: str = ""


class _Run:
    """One evaluation in progress."""

    def __init__(
        self, entrants: list[Entrant], found: list[Source], settings: Settings, short: int, jobs: int,
        progress: Progress | None, keep: Keep | None,
    ) -> None:  # fmt: skip
        self.entrants, self.found, self.settings, self.short = entrants, found, settings, short
        self.jobs = jobs
        self.progress, self.keep = progress, keep
        self.mean = (0.0, 0.0)
        self.searched: frozenset[str] = frozenset()
        self.grey = enter(("grey",), settings)[0]

    def each(self, what: str, work: Callable[[Source], Any], found: Sequence[Source]) -> Iterator[Any]:
        """Do the work for all photographs, in order, a few at a time."""
        with ThreadPoolExecutor(self.jobs) as pool:
            todo = iter(found)
            waiting = [pool.submit(work, s) for s in islice(todo, 2 * self.jobs)]
            done = 0
            try:
                while waiting:
                    value = waiting.pop(0).result()
                    waiting += [pool.submit(work, s) for s in islice(todo, 1)]
                    done += 1
                    if self.progress and self.progress(what, done, len(found)) is False:
                        msg = "evaluation cancelled"
                        raise Cancelled(msg)
                    yield value
            finally:
                for future in waiting:
                    future.cancel()

    def survey(self) -> None:
        """Mean colour of the set, for the baseline; photographs that fail are told later."""

        def work(source: Source) -> Any:
            try:
                return mean_ab(load(source, self.short))
            except (TintypeError, OSError):
                return None

        means = [m for m in self.each("looking", work, self.found) if m is not None]
        if means:
            a, b = np.mean(means, axis=0)
            self.mean = float(a), float(b)

    def photo(self, source: Source, entrants: list[Entrant], at: dict[str, float]) -> _Photo:
        """Measure one photograph under the entrants, at their vividness in `at` or the setting's."""
        try:
            truth = Truth(source.name, load(source, self.short))
            sitting = sit(self.grey.colorizer, truth)
            plain = self.grey.paint(sitting, self.grey.chroma(sitting, (), truth, self.mean))
            base = psnr(truth.rgb, plain)
            kept: list[tuple[str, RGB]] = [] if at else [("truth", truth.rgb)]
            seen = {}
            for one in entrants:
                predictions = one.predict(sitting)
                chroma = one.chroma(sitting, predictions, truth, self.mean, vividness=at.get(one.name))
                result = one.paint(sitting, chroma)
                numbers, areas, lab = measure(truth, result, base)
                sums = np.bincount(truth.classes.ravel(), areas.ravel(), _CLASSES)
                curve = {}
                if source.name in self.searched and one.is_network and not at:
                    for v in _GRID:
                        other = one.chroma(sitting, predictions, truth, self.mean, vividness=v)
                        curve[v] = colourfulness(one.paint(sitting, other))
                seen[one.name] = _Seen(numbers, sums, color_features(lab), curve)
                kept.append((_column(one, matched=bool(at)), result))
        except (TintypeError, OSError) as error:
            return _Photo(source.name, failed=" ".join(str(error).split()))
        if self.keep is not None:
            for column, pixels in kept:
                self.keep(source.name, column, pixels)
        counts = np.bincount(truth.classes.ravel(), minlength=_CLASSES).astype(float)
        return _Photo(source.name, seen, truth.colourfulness, truth.colourfulness_abs, counts,
                      color_features(truth.lab), base)  # fmt: skip

    def all(self, what: str, entrants: list[Entrant], at: dict[str, float]) -> list[_Photo]:
        """`photo` for all photographs."""
        return list(self.each(what, lambda s: self.photo(s, entrants, at), self.found))

    def hints(self, entrants: list[Entrant], found: list[Source], seed: int) -> dict[str, dict[int, float]]:
        """Mean PSNR by number of hints."""

        def work(source: Source) -> Any:
            try:
                truth = Truth(source.name, load(source, self.short))
                sitting = sit(self.grey.colorizer, truth)
                every = random_hints(truth, max(HINT_COUNTS), seed)
                values = {}
                for one in entrants:
                    for count in HINT_COUNTS:
                        hints = every[:count]
                        predictions = one.predict(sitting, hints)
                        chroma = one.chroma(sitting, predictions, truth, self.mean, hints=hints)
                        values[one.name, count] = psnr(truth.rgb, one.paint(sitting, chroma))
            except (TintypeError, OSError):
                return None  # told already, when it was measured without hints
            return values

        each = [v for v in self.each("hinting", work, found) if v is not None]
        if not each:
            return {}
        return {
            o.name: {n: float(np.mean([v[o.name, n] for v in each])) for n in HINT_COUNTS} for o in entrants
        }


def evaluate(
    models: Sequence[str],
    data: str | Path,
    *,
    settings: Settings | None = None,
    short: int = 256,
    split: str = "val",
    limit: int = 0,
    match: bool = False,
    hint_photos: int = 60,
    costs: bool = True,
    seed: int = 0,
    jobs: int = 0,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> Evaluation:
    """Measure networks against photographs whose colours are known.

    Parameters
    ----------
    models : sequence of str
        Names of networks, ONNX files, training runs' folders, several of these with commas (merged), or
        `entrants.BASELINES`.
    data : path
        A folder, a tar, or a set of `tintype dataset`.
    settings : Settings, optional
    short : int
        Short side that photographs are shrunk to, px; 0 leaves them. Smaller ones stay as they are.
    split : str
        Of a training set.
    limit : int
        Take so many photographs, spread evenly over the names; 0 takes all.
    match : bool
        Also find the vividness at which mean colourfulness is within 1 % of the truth's.
    hint_photos : int
        Photographs on which PSNR against hints is measured, spread evenly; 0 leaves it out.
    costs : bool
        Measure time and memory.
    seed : int
        Of the hints.
    jobs : int
        Photographs at a time; 0 takes all cores.
    progress : callable, optional
        Returning False raises Cancelled.
    keep : callable, optional
        Gets every picture: photograph, column (``truth``, or as `Result` model and setting), pixels.
        Called from several threads.

    Raises
    ------
    PhotoError
        If no photograph can be measured.
    NetworkError, Cancelled
    """
    require("skimage")
    cores = os.cpu_count() or 1
    jobs = jobs or cores
    settings = settings or Settings()
    asked = settings
    if not settings.threads:
        settings = settings.replace(threads=max(1, cores // jobs))
    entrants = enter(tuple(models), settings)
    found = _spread(photographs_to_measure(data, split), limit)
    run = _Run(entrants, found, settings, short, jobs, progress, keep)
    if any(e.name == "mean-colour" for e in entrants):
        run.survey()
    if match:
        run.searched = frozenset(s.name for s in _spread(found, _SEARCHED))
    photos = run.all("measuring", entrants, {})
    failed = {p.name: p.failed for p in photos if p.failed}
    photos = [p for p in photos if not p.failed]
    run.found = good = [s for s in found if s.name not in failed]
    if not photos:
        why = next(iter(failed.values()))
        msg = f"{data}: none of {len(found)} photographs can be measured ({why})"
        raise PhotoError(msg)
    results = {e.name: [_result(e, photos, settings.vividness if e.is_network else None)] for e in entrants}
    if match:
        for name, matched in _matched(run, photos).items():
            results[name].append(matched)
    hinted = [e for e in entrants if e.takes_hints]
    few = _spread(good, hint_photos) if hint_photos else []
    hints = run.hints(hinted, few, seed) if hinted and few else {}
    spent = {}
    if costs:
        pictures = [encode(load(s, short)) for s in _spread(good, _COST_PHOTOS)]
        networks = [e for e in entrants if e.is_network]
        for i, one in enumerate(networks, 1):
            told = one.colorizer.settings.replace(threads=asked.threads)
            spent[one.name] = cost(told.to_json(), pictures)
            if progress and progress("timing", i, len(networks)) is False:
                msg = "evaluation cancelled"
                raise Cancelled(msg)
    truth = {
        "cf": _mean([p.cf for p in photos]),
        "cf_abs": _mean([p.cf_abs for p in photos]),
    }
    return Evaluation(
        str(data), len(photos), failed, short, truth, tuple(r for rs in results.values() for r in rs),
        hints, len(few), spent, asked.to_json(), seed,
    )  # fmt: skip


def _matched(run: _Run, photos: list[_Photo]) -> dict[str, Result]:
    """Results of the networks at the vividness where mean colourfulness is the truth's."""
    target = _mean([p.cf for p in photos])
    networks = [e for e in run.entrants if e.is_network]
    curves = {e.name: _curve(e, photos, run.settings.vividness) for e in networks}
    done: dict[str, Result] = {}
    todo = networks
    for _ in range(_ROUNDS):
        at = {e.name: crossing(curves[e.name], target) for e in todo}
        again = [p for p in run.all("matching", todo, at) if not p.failed]
        for one in todo:
            made = _result(one, again, at[one.name], matched=True)
            off = made.means["cf"] / target - 1 if target else 0.0
            if abs(off) > _CLOSE:
                note = f"{one.name}: no vividness gives the truth's colourfulness; nearest is {off:+.1%}"
                made = replace(made, notes=(note,))
            done[one.name] = made
            curves[one.name][at[one.name]] = made.means["cf"]
        # At an end of the slider there is nothing left to try.
        todo = [e for e in todo if done[e.name].notes and 0 < at[e.name] < 1]
        if not todo:
            break
    return done


def _curve(one: Entrant, photos: list[_Photo], known: float) -> dict[float, float]:
    """Mean colourfulness of the set by vividness: shape from a few, height from all, at `known`."""
    every = _mean([p.seen[one.name].numbers["cf"] for p in photos])
    few = [p.seen[one.name] for p in photos if p.seen[one.name].curve]
    here = _mean([s.numbers["cf"] for s in few])
    scale = every / here if here > 0 else 1.0
    return {v: scale * _mean([s.curve[v] for s in few]) for v in _GRID if few} | {known: every}


def crossing(curve: dict[float, float], target: float) -> float:
    """Where a rising curve, joined by lines, meets the target; the nearest end if it does not.

    >>> crossing({0.0: 10.0, 0.5: 20.0, 1.0: 40.0}, 30.0)
    0.75
    """
    at = sorted(curve)
    for low, high in pairwise(at):
        if curve[low] <= target <= curve[high]:
            rise = curve[high] - curve[low]
            return low if rise == 0 else low + (high - low) * (target - curve[low]) / rise
    return min(at, key=lambda v: abs(curve[v] - target))


def _result(one: Entrant, photos: list[_Photo], vividness: float | None, matched: bool = False) -> Result:
    seen = [p.seen[one.name] for p in photos]
    means = {k: _mean([s.numbers[k] for s in seen]) for k in seen[0].numbers}
    areas = ClassAreas()
    for photo, one_seen in zip(photos, seen, strict=True):
        assert photo.class_counts is not None
        areas.sum += one_seen.class_areas
        areas.count += photo.class_counts
    far = math.nan
    if len(photos) >= _FEW:
        far = frechet(np.stack([s.features for s in seen]), np.stack([p.features for p in photos]))  # type: ignore[misc]
    whole = {
        "auc_rebalanced": 100 * areas.value(),
        "cf_set_gap": means["cf"] - _mean([p.cf for p in photos]),
        "cf_abs_set_gap": means["cf_abs"] - _mean([p.cf_abs for p in photos]),
        "frechet_colour": far,
    }
    rows = tuple(Row(p.name, s.numbers) for p, s in zip(photos, seen, strict=True))
    setting = "baseline" if not one.is_network else "matched" if matched else "default"
    return Result(one.name, setting, vividness, means, whole, rows)


def _mean(values: list[float]) -> float:
    known = [v for v in values if not math.isnan(v)]
    return float(np.mean(known)) if known else math.nan


def _column(one: Entrant, *, matched: bool) -> str:
    return f"{one.name}|{'matched' if matched else 'default' if one.is_network else 'baseline'}"


def _spread(found: list[Source], count: int) -> list[Source]:
    if not count or count >= len(found):
        return found
    return [found[int(i)] for i in np.linspace(0, len(found) - 1, count).round()]
