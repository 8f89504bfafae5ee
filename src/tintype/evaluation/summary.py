"""From what single photographs said to results of the whole set and of its groups."""

from __future__ import annotations

import math

import numpy as np

from tintype.evaluation.entrants import Entrant
from tintype.evaluation.faces import by_tone
from tintype.evaluation.metrics import ClassAreas, frechet
from tintype.evaluation.passes import Photo
from tintype.evaluation.results import Result, Row

_FEW = 96  # photographs below which 48 features have no covariance worth the name
_GROUPED = ("dpsnr", "ab_rmse", "ciede2000", "cf", "cf_gap")


def summary(one: Entrant, photos: list[Photo], vividness: float | None, *, matched: bool = False) -> Result:
    """The result of one entrant over photographs that were measured."""
    seen = [p.seen[one.name] for p in photos]
    means = {k: mean([s.numbers[k] for s in seen]) for k in seen[0].numbers}
    areas = ClassAreas()
    for each in seen:
        areas.merge(each.areas)
    far = math.nan
    if len(photos) >= _FEW:
        far = frechet(np.stack([s.features for s in seen]), np.stack([p.features for p in photos]))
    whole = {
        "auc_rebalanced": 100 * areas.value(),
        "cf_set_gap": means["cf"] - mean([p.cf for p in photos]),
        "cf_abs_set_gap": means["cf_abs"] - mean([p.cf_abs for p in photos]),
        "frechet_color": far,
    }
    rows = tuple(Row(p.name, s.numbers) for p, s in zip(photos, seen, strict=True))
    setting = "baseline" if not one.is_network else "matched" if matched else "default"
    faces = by_tone([face for s in seen for face in s.faces]) if any(s.faces for s in seen) else {}
    return Result(one.name, setting, vividness, means, whole, rows, groups=_groups(one, photos), faces=faces)


def mean(values: list[float]) -> float:
    """Mean of the numbers that are known; nan of none."""
    known = [v for v in values if not math.isnan(v)]
    return float(np.mean(known)) if known else math.nan


def _groups(one: Entrant, photos: list[Photo]) -> dict[str, dict[str, float]]:
    """Means by folder, and how many photographs each has."""
    members: dict[str, list[Photo]] = {}
    for photo in sorted(photos, key=lambda p: p.group):
        members.setdefault(photo.group, []).append(photo)
    return {
        name: {"photos": float(len(group)), "cf_truth": mean([p.cf for p in group])}
        | {key: mean([p.seen[one.name].numbers[key] for p in group]) for key in _GROUPED}
        for name, group in members.items()
    }
