"""Counts, rates and costs of a run."""

import math

import pytest

from tintype.archive import tally as module
from tintype.archive.loop import Step
from tintype.archive.report import Line
from tintype.archive.tally import Tally
from tintype.archive.task import Outcome


def test_rate_time_left_kinds_and_cost_come_of_what_was_done(monkeypatch):
    monkeypatch.setattr(module.time, "perf_counter", lambda: 110.0)
    tally = Tally(started=100.0)
    assert (tally.rate, tally.left) == (0.0, math.inf)
    assert math.isnan(tally.cost_per_million(1))
    for number in range(20):
        bad = number >= 13
        outcome = (
            Outcome("failed", cause="Damaged" if number < 19 else "WorkerDied")
            if bad
            else Outcome("coloured", seconds=2)
        )
        tally.add(Step(5 + number + 1, 125, Line(f"{number}", outcome)))
    assert (tally.done, tally.listed, tally.finished, tally.work) == (25, 125, 20, 26)
    assert (tally.rate, tally.left) == (2.0, 50.0)
    assert tally.failures() == "6 Damaged, 1 WorkerDied"
    # Few of each kind are kept, however many there are.
    assert {c: len(lines) for c, lines in tally.examples.items()} == {"Damaged": 5, "WorkerDied": 1}
    # 2 a second are 7,200 an hour.
    assert tally.cost_per_million(0.72) == pytest.approx(100)
