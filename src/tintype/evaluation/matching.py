"""The vividness at which a network's mean colourfulness is that of the true photographs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from tintype.evaluation.entrants import Entrant
from tintype.evaluation.passes import GRID, Passes, Photo
from tintype.evaluation.results import Result
from tintype.evaluation.summary import mean, summary

_CLOSE = 0.01  # how near the truth's mean colourfulness "matched" is
_ROUNDS = 4


def matched(passes: Passes, networks: list[Entrant], photos: list[Photo]) -> dict[str, Result]:
    """Results of the networks where mean colourfulness is the truth's, or as near as they come."""
    target = mean([p.cf for p in photos])
    curves = {e.name: _curve(e, photos, passes.settings.vividness) for e in networks}
    done: dict[str, Result] = {}
    todo = networks
    for _ in range(_ROUNDS):
        at = {e.name: crossing(curves[e.name], target) for e in todo}
        again = [p for p in passes.measured("matching", todo, at) if isinstance(p, Photo)]
        for one in todo:
            made = summary(one, again, at[one.name], matched=True)
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


def _curve(one: Entrant, photos: list[Photo], known: float) -> dict[float, float]:
    """Mean colourfulness of the set by vividness: shape from a few, height from all, at `known`."""
    every = mean([p.seen[one.name].numbers["cf"] for p in photos])
    few = [p.seen[one.name] for p in photos if p.seen[one.name].curve]
    here = mean([s.numbers["cf"] for s in few])
    scale = every / here if here > 0 else 1.0
    return {v: scale * mean([s.curve[v] for s in few]) for v in GRID if few} | {known: every}
