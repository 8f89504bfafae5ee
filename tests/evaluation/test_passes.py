"""Passes: in order, a few at a time, each photograph read once, and stopped when that is said."""

import threading

import numpy as np
import pytest

from tintype import Cancelled, Settings, TintypeError
from tintype.dataset.sources import FoundPhoto
from tintype.evaluation import passes
from tintype.evaluation.entrants import enter
from tintype.evaluation.passes import Failed, Passes, spread


class Named(FoundPhoto):
    """A photograph that is never read here."""

    def __init__(self, name):
        self.name = name

    def read(self):
        raise AssertionError


def sources(count):
    return [Named(f"{n}.png") for n in range(count)]


def made(count=8, **options):
    return Passes(sources(count), Settings(), short=0, **({"jobs": 2} | options))


def test_all_are_done_in_order_and_no_more_at_a_time_than_said():
    at_work, most, told = set(), [], []

    def work(source):
        at_work.add(threading.get_ident())
        most.append(len(at_work))
        return source.name

    one = made(9, jobs=3, progress=lambda *step: told.append(step))
    assert list(one.each("working", work, one.found)) == [f"{n}.png" for n in range(9)]
    assert max(most) <= 3
    assert told == [("working", n, 9) for n in range(1, 10)]


def test_saying_no_ends_it():
    one = made(progress=lambda what, done, count: done < 3)
    with pytest.raises(Cancelled):
        list(one.each("working", lambda source: source.name, one.found))


def test_a_bad_photograph_is_named_and_left_out(monkeypatch):
    def load(source, short):
        if source.name == "1.png":
            raise TintypeError("1.png: is\n damaged")
        return np.full((8, 8, 3), (200, 30, 40), np.uint8)

    monkeypatch.setattr(passes, "load", load)
    kept = []
    one = made(3, keep=lambda name, column, pixels: kept.append((name, column)))
    one.survey()
    assert one.mean[0] > 40
    first, bad, last = one.measured("measuring", enter(("grey", "mean-color"), Settings()), {})
    assert bad == Failed("1.png", "1.png: is damaged")
    assert (first.name, last.name, list(first.seen)) == ("0.png", "2.png", ["grey", "mean-color"])
    assert first.seen["mean-color"].numbers["ab_rmse"] < first.seen["grey"].numbers["ab_rmse"] / 10
    columns = ("truth", "grey|baseline", "mean-color|baseline")
    assert sorted(kept) == sorted((name, c) for name in ("0.png", "2.png") for c in columns)


def test_photographs_are_taken_evenly_over_the_list():
    found = sources(9)
    assert [s.name for s in spread(found, 3)] == ["0.png", "4.png", "8.png"]
    assert spread(found, 0) is found and spread(found, 20) is found
