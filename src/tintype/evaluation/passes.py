"""Passes over the photographs: each is decoded once a pass, and shown to all networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tintype.dataset.sources import FoundPhoto
from tintype.errors import Cancelled, TintypeError
from tintype.evaluation.consistency import consistency
from tintype.evaluation.entrants import Entrant, enter, mean_ab, random_hints, sit
from tintype.evaluation.faces import Face, FaceNumbers, find_faces, measure_faces
from tintype.evaluation.metrics import ClassAreas, Truth, color_features, measure
from tintype.evaluation.photos import load
from tintype.metrics import RGB, colorfulness, psnr
from tintype.settings import Settings
from tintype.steps import StageProgress

Keep = Callable[[str, str, RGB], None]  # photograph, column, pixels
T = TypeVar("T")

HINT_COUNTS = (0, 1, 5, 10, 50)
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)  # of vividness, where colourfulness is looked at for the search


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one photograph said under one entrant."""

    numbers: dict[str, float]
    areas: ClassAreas
    features: NDArray[np.float64]
    curve: dict[float, float] = field(default_factory=dict)  # colourfulness by vividness
    faces: tuple[FaceNumbers, ...] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """One photograph under all entrants."""

    name: str
    group: str
    seen: dict[str, Measurement]
    cf: float
    cf_abs: float
    features: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Failed:
    """A photograph that could not be measured, and why."""

    name: str
    why: str


class Passes:
    """The photographs of one evaluation, and the entrants that are shown them.

    Parameters
    ----------
    found : list of FoundPhoto
    settings : Settings
    short : int
        Short side, px; 0 leaves photographs as they are.
    jobs : int
        Photographs at a time.
    faces : bool
        Look for faces, too.
    progress, keep : callable, optional
        As `tintype.evaluation.run.evaluate`.
    """

    def __init__(
        self, found: list[FoundPhoto], settings: Settings, *, short: int, jobs: int, faces: bool = False,
        progress: StageProgress | None = None, keep: Keep | None = None,
    ) -> None:  # fmt: skip
        self.found, self.settings, self.short, self.jobs, self.faces = found, settings, short, jobs, faces
        self.progress, self.keep = progress, keep
        self.mean = (0.0, 0.0)
        self.searched: frozenset[str] = frozenset()
        self.grey = enter(("grey",), settings)[0]

    def tell(self, what: str, done: int, count: int) -> None:
        """Say how far it is; raises Cancelled when told to stop."""
        if self.progress and self.progress(what, done, count) is False:
            msg = "evaluation cancelled"
            raise Cancelled(msg)

    def each(self, what: str, work: Callable[[FoundPhoto], T], found: Sequence[FoundPhoto]) -> Iterator[T]:
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
                    self.tell(what, done, len(found))
                    yield value
            finally:
                for future in waiting:
                    future.cancel()

    def known(self, what: str, work: Callable[[Truth], T], found: Sequence[FoundPhoto]) -> list[T]:
        """The same for true photographs; what fails here was named when it was measured."""

        def attempt(source: FoundPhoto) -> T | None:
            try:
                return work(Truth(source.name, load(source, self.short)))
            except (TintypeError, OSError):
                return None

        return [value for value in self.each(what, attempt, found) if value is not None]

    def survey(self) -> None:
        """Find the mean colour of the set, for the baseline."""
        means = self.known("looking", lambda truth: mean_ab(truth.rgb), self.found)
        if means:
            a, b = np.mean(means, axis=0)
            self.mean = float(a), float(b)

    def measured(self, what: str, entrants: list[Entrant], at: dict[str, float]) -> list[Photo | Failed]:
        """Measure all photographs under the entrants, at their vividness in `at` or the setting's."""
        return list(self.each(what, lambda source: self.photo(source, entrants, at), self.found))

    def photo(self, source: FoundPhoto, entrants: list[Entrant], at: dict[str, float]) -> Photo | Failed:
        """Measure one photograph."""
        try:
            truth = Truth(source.name, load(source, self.short))
            sitting = sit(self.grey.colorizer, truth)
            plain = self.grey.paint(sitting, self.grey.chroma(sitting, (), truth, self.mean))
            base = psnr(truth.rgb, plain)
            faces = find_faces(truth.rgb, truth.lab) if self.faces else []
            kept: list[tuple[str, RGB]] = [] if at else [("truth", truth.rgb)]
            seen = {}
            for one in entrants:
                predictions = one.predict(sitting)
                chroma = one.chroma(sitting, predictions, truth, self.mean, vividness=at.get(one.name))
                result = one.paint(sitting, chroma)
                curve = {}
                if source.name in self.searched and one.is_network and not at:
                    for v in GRID:
                        other = one.chroma(sitting, predictions, truth, self.mean, vividness=v)
                        curve[v] = colorfulness(one.paint(sitting, other))
                seen[one.name] = _measurement(truth, result, base, curve, faces)
                kept.append((column(one, matched=bool(at)), result))
        except (TintypeError, OSError) as error:
            return Failed(source.name, " ".join(str(error).split()))
        if self.keep is not None:
            for name, pixels in kept:
                self.keep(source.name, name, pixels)
        return Photo(source.name, source.group, seen, truth.colorfulness, truth.colorfulness_abs,
                     color_features(truth.lab))  # fmt: skip

    def hints(
        self, entrants: list[Entrant], found: list[FoundPhoto], seed: int
    ) -> dict[str, dict[int, float]]:
        """Mean PSNR by number of hints."""

        def work(truth: Truth) -> dict[tuple[str, int], float]:
            sitting = sit(self.grey.colorizer, truth)
            every = random_hints(truth, max(HINT_COUNTS), seed)
            values = {}
            for one in entrants:
                for count in HINT_COUNTS:
                    hints = every[:count]
                    predictions = one.predict(sitting, hints)
                    chroma = one.chroma(sitting, predictions, truth, self.mean, hints=hints)
                    values[one.name, count] = psnr(truth.rgb, one.paint(sitting, chroma))
            return values

        each = self.known("hinting", work, found) if entrants and found else []
        names = [one.name for one in entrants] if each else []
        return {name: {n: float(np.mean([v[name, n] for v in each])) for n in HINT_COUNTS} for name in names}

    def consistency(self, entrants: list[Entrant], found: list[FoundPhoto]) -> dict[str, dict[str, float]]:
        """Mean of `tintype.evaluation.consistency.consistency` for each network."""

        def work(truth: Truth) -> dict[str, dict[str, float]]:
            return {one.name: consistency(one, truth) for one in entrants}

        each = self.known("looking again", work, found) if entrants and found else []
        names = [one.name for one in entrants] if each else []
        return {n: {k: float(np.mean([v[n][k] for v in each])) for k in each[0][n]} for n in names}


def _measurement(
    truth: Truth, result: RGB, base: float, curve: dict[float, float], faces: list[Face]
) -> Measurement:
    numbers, pixels, lab = measure(truth, result, base)
    areas = ClassAreas()
    areas.add(truth.classes, pixels)
    return Measurement(
        numbers, areas, color_features(lab), curve, tuple(measure_faces(truth.lab, lab, faces))
    )


def column(one: Entrant, *, matched: bool) -> str:
    """Where a picture stands in the report: model and setting."""
    return f"{one.name}|{'matched' if matched else 'default' if one.is_network else 'baseline'}"


def spread(found: list[FoundPhoto], count: int) -> list[FoundPhoto]:
    """Take so many photographs, evenly over the list; all with 0."""
    if not count or count >= len(found):
        return found
    return [found[int(i)] for i in np.linspace(0, len(found) - 1, count).round()]
