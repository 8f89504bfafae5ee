"""Time and memory of a network."""

import io

import numpy as np
import pytest
from PIL import Image

from tintype import Settings
from tintype.evaluation import cost


def encoded(value):
    held = io.BytesIO()
    Image.fromarray(np.full((32, 48), value, np.uint8)).save(held, "PNG")
    return held.getvalue()


def test_the_first_photograph_warms_up_and_medians_are_told(monkeypatch):
    # In this process: that it is one of its own is the pool's doing.
    ticks = iter([0, 9, 19, 20, 21, 23, 30, 32, 36, 40, 43, 49])
    monkeypatch.setattr(cost.time, "perf_counter", lambda: next(ticks))
    found = cost._cost(Settings(size=64, threads=1).to_json(), [encoded(v) for v in (10, 90, 160, 230)])
    assert (found.predict_ms, found.paint_ms, found.threads) == (2000, 4000, 1)


def test_memory_is_this_process_s_own_or_not_known(monkeypatch):
    held = cost.peak_mb()
    if held is None:
        pytest.skip("the system does not tell")
    assert 10 < held < 100_000
    monkeypatch.setattr(cost.Path, "is_file", lambda self: False)
    monkeypatch.setattr(cost.sys, "platform", "plan9")
    assert cost.peak_mb() is None
