"""How far a run is, and how fast it learns."""

import math

import pytest

from tintype.training.recipe import Length, Optimizer, Phase, Recipe
from tintype.training.schedule import Schedule


def test_epochs_become_steps_whatever_the_batches():
    recipe = Recipe(length=Length(epochs=3), phases=(Phase(batch=10),))
    assert Schedule.of(recipe, 100).steps == 30
    assert Schedule.of(recipe, 100, world=2).steps == 15
    assert Schedule.of(recipe, 101).steps == 31
    two = Recipe(length=Length(epochs=1), phases=(Phase(until=0.5, batch=10), Phase(batch=30)))
    steps = Schedule.of(two, 1000).steps
    assert steps == 50  # 25 × 10 + 25 × 30 = 1000
    assert Schedule.of(Recipe(length=Length(steps=7)), 10**6).steps == 7


def test_a_run_by_the_clock_is_over_when_the_time_is():
    schedule = Schedule.of(Recipe(), 1000, seconds=60)
    assert schedule.share(10**6, 30) == 0.5
    assert schedule.share(0, 61) == 1


def test_phases_change_at_their_shares():
    schedule = Schedule.of(Recipe(phases=(Phase(until=0.6), Phase(view=160))), 100)
    assert [schedule.phase(s) for s in (0, 0.59, 0.6, 0.99, 1)] == [0, 0, 1, 1, 1]


def test_the_rate_warms_up_holds_and_falls_as_a_cosine_to_its_floor():
    options = Optimizer(warmup=4, schedule="cosine", hold=0.2, floor=0.02)
    schedule = Schedule(options, (Phase(),), steps=100)
    assert [schedule.rate(s, s / 100) for s in range(4)] == [0.25, 0.5, 0.75, 1]
    assert schedule.rate(19, 0.19) == 1
    assert schedule.rate(60, 0.6) == pytest.approx(0.5 * (1 + math.cos(math.pi / 2)))
    assert schedule.rate(99, 0.999) == 0.02
    assert Schedule(Optimizer(), (Phase(),), steps=100).rate(99, 0.99) == 1
