"""What an evaluation found: plain values that go into JSON as they are."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One photograph under one network.

    Attributes
    ----------
    name : str
    numbers : dict of str to float
        As `metrics.measure` names them.
    """

    name: str
    numbers: dict[str, float]


@dataclass(frozen=True, slots=True)
class Result:
    """One network at one setting.

    Attributes
    ----------
    model : str
    setting : str
        ``default`` (as the options say), ``matched`` (vividness found), or ``baseline``.
    vividness : float or None
    means : dict of str to float
        Means over photographs of the numbers of `rows`.
    whole : dict of str to float
        Of the set as a whole: ``auc_rebalanced``, ``cf_set_gap``, ``cf_abs_set_gap``, ``frechet_color``.
    rows : tuple of Row
    notes : tuple of str
    groups : dict of str to dict
        Numbers by the folder that photographs lie in; ``photos`` is how many.
    faces : dict of str to dict
        Numbers by skin tone, and ``all``; empty where none were looked for or found. Lab units.
    """

    model: str
    setting: str
    vividness: float | None
    means: dict[str, float]
    whole: dict[str, float]
    rows: tuple[Row, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    groups: dict[str, dict[str, float]] = field(default_factory=dict, repr=False)
    faces: dict[str, dict[str, float]] = field(default_factory=dict, repr=False)

    @property
    def label(self) -> str:
        """For tables."""
        return self.model if self.vividness is None else f"{self.model}, vividness {self.vividness:.3g}"


@dataclass(frozen=True, slots=True)
class Cost:
    """Time and memory of one network in a process of its own.

    Attributes
    ----------
    predict_ms, paint_ms : float
        Medians for one photograph: asking the network; decoding and painting.
    peak_mb : float or None
        The process's peak resident memory, 10⁶ bytes, everything included; None where the system tells none.
    threads : int
    """

    predict_ms: float
    paint_ms: float
    peak_mb: float | None
    threads: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All of it.

    Attributes
    ----------
    data : str
    photos : int
        Measured.
    failed : dict of str to str
        Photographs that were not, and why.
    short : int
        Short side, px; 0 is full size.
    truth : dict of str to float
        ``cf`` and ``cf_abs`` of the true photographs, means.
    results : tuple of Result
    hints : dict of str to dict
        PSNR by number of hints, by network.
    hint_photos : int
    costs : dict of str to Cost
    settings : dict
        As `Settings.to_json`.
    seed : int
    consistency : dict of str to dict
        CIEDE2000 between results that ought to be the same, by network: ``views`` and ``cut``.
    consistency_photos : int
    """

    data: str
    photos: int
    failed: dict[str, str]
    short: int
    truth: dict[str, float]
    results: tuple[Result, ...]
    hints: dict[str, dict[int, float]]
    hint_photos: int
    costs: dict[str, Cost]
    settings: dict[str, Any]
    seed: int
    consistency: dict[str, dict[str, float]] = field(default_factory=dict)
    consistency_photos: int = 0

    def to_json(self) -> str:
        """Indented JSON; numbers that are none (nan, infinite) are null."""
        from tintype._version import __version__

        # The first key tells what the file is; "version" is what it was called before.
        head = {"tintype_evaluation": VERSION, "version": VERSION, "tintype": __version__}
        values = head | dataclasses.asdict(self)
        return json.dumps(_plain(values), indent=1, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value
