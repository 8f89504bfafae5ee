"""The evaluation: networks measured against photographs whose colours are known."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tintype.dataset.sources import FoundPhoto, photographs_to_measure
from tintype.errors import PhotoError
from tintype.evaluation.cost import cost
from tintype.evaluation.entrants import Entrant, enter
from tintype.evaluation.extra import require
from tintype.evaluation.matching import matched
from tintype.evaluation.passes import Failed, Keep, Passes, Photo, spread
from tintype.evaluation.photos import encode, load
from tintype.evaluation.results import Cost, Evaluation, Result
from tintype.evaluation.summary import mean, summary
from tintype.settings import Settings
from tintype.steps import StageProgress

_SEARCHED = 100  # photographs that the search for vividness looks at; the result is checked on all
_COST_PHOTOS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is measured, and on what.

    Attributes
    ----------
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
    consistency_photos : int
        Photographs that are looked at in several sizes and cut; 0 leaves it out.
    faces : bool
        Also measure skin in faces, by its tone.
    costs : bool
        Measure time and memory.
    seed : int
        Of the hints.
    jobs : int
        Photographs at a time; 0 takes all cores.
    """

    short: int = 256
    split: str = "val"
    limit: int = 0
    match: bool = False
    hint_photos: int = 60
    consistency_photos: int = 0
    faces: bool = False
    costs: bool = True
    seed: int = 0
    jobs: int = 0


def evaluate(
    models: Sequence[str],
    data: str | Path,
    plan: Plan | None = None,
    *,
    settings: Settings | None = None,
    progress: StageProgress | None = None,
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
    plan : Plan, optional
    settings : Settings, optional
    progress : callable, optional
        Returning False raises Cancelled.
    keep : callable, optional
        Gets every picture: photograph, column (``truth``, or as `Result` model and setting), pixels.
        Called from several threads.

    Raises
    ------
    PhotoError
        If no photograph can be measured.
    DatasetError, NetworkError, Cancelled
    """
    require("skimage")
    plan, asked = plan or Plan(), settings or Settings()
    cores = os.cpu_count() or 1
    jobs = plan.jobs or cores
    shared = asked if asked.threads else asked.replace(threads=max(1, cores // jobs))
    entrants = enter(tuple(models), shared)
    found = spread(photographs_to_measure(data, plan.split), plan.limit)
    passes = Passes(
        found, shared, short=plan.short, jobs=jobs, faces=plan.faces, progress=progress, keep=keep
    )
    if any(e.name == "mean-color" for e in entrants):
        passes.survey()
    if plan.match:
        passes.searched = frozenset(s.name for s in spread(found, _SEARCHED))
    photos, failed = _measured(passes, entrants, data)
    passes.found = good = [s for s in found if s.name not in failed]
    networks = [e for e in entrants if e.is_network]
    at_truth = matched(passes, networks, photos) if plan.match else {}
    hinted = spread(good, plan.hint_photos) if plan.hint_photos else []
    again = spread(good, plan.consistency_photos) if plan.consistency_photos else []
    return Evaluation(
        data=str(data),
        photos=len(photos),
        failed=failed,
        short=plan.short,
        truth={"cf": mean([p.cf for p in photos]), "cf_abs": mean([p.cf_abs for p in photos])},
        results=_results(entrants, photos, shared.vividness, at_truth),
        hints=passes.hints([e for e in entrants if e.takes_hints], hinted, plan.seed),
        hint_photos=len(hinted),
        costs=_costs(passes, networks, good, asked.threads) if plan.costs else {},
        settings=asked.to_json(),
        seed=plan.seed,
        consistency=passes.consistency(networks, again),
        consistency_photos=len(again),
    )


def _measured(
    passes: Passes, entrants: list[Entrant], data: str | Path
) -> tuple[list[Photo], dict[str, str]]:
    every = passes.measured("measuring", entrants, {})
    failed = {p.name: p.why for p in every if isinstance(p, Failed)}
    photos = [p for p in every if isinstance(p, Photo)]
    if not photos:
        why = next(iter(failed.values()))
        msg = f"{data}: none of {len(every)} photographs can be measured ({why})"
        raise PhotoError(msg)
    return photos, failed


def _results(
    entrants: list[Entrant], photos: list[Photo], vividness: float, at_truth: dict[str, Result]
) -> tuple[Result, ...]:
    results = []
    for one in entrants:
        results.append(summary(one, photos, vividness if one.is_network else None))
        results += [at_truth[one.name]] if one.name in at_truth else []
    return tuple(results)


def _costs(passes: Passes, networks: list[Entrant], found: list[FoundPhoto], threads: int) -> dict[str, Cost]:
    pictures = [encode(load(s, passes.short)) for s in spread(found, _COST_PHOTOS)]
    costs = {}
    for i, one in enumerate(networks, 1):
        costs[one.name] = cost(one.colorizer.settings.replace(threads=threads).to_json(), pictures)
        passes.tell("timing", i, len(networks))
    return costs
