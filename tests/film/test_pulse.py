"""Change of colour with the period of key frames, told from other change."""

import numpy as np
import pytest

from tintype.film.pulse import blocks, pulse, runs

KEYS = range(0, 97, 8)


def wandering(count=96, columns=24):
    steps = np.random.default_rng(7).normal(0, 0.2, (count, columns))
    return steps.cumsum(axis=0).astype(np.float32)


def test_a_pulse_is_told_from_wandering_colors():
    quiet = wandering()
    spans = runs(KEYS, 8)
    assert spans == [(0, 96)]
    assert pulse(quiet, spans, 8) < 2
    beat = np.sin(np.arange(96) * 2 * np.pi / 8)[:, None]
    assert pulse(quiet + 0.5 * beat.astype(np.float32), spans, 8) > 4
    other = np.sin(np.arange(96) * 2 * np.pi / 5)[:, None]  # not that of the keys
    assert pulse(quiet + 0.5 * other.astype(np.float32), spans, 8) < 2


def test_runs_end_where_keys_come_early_or_a_shot_begins():
    keys = [0, 8, 16, 24, 32, 40, 43, 51, 59, 67, 75, 83]
    assert runs(keys, 8) == [(0, 40), (43, 83)]
    assert runs(keys, 8, frozenset([24])) == [(43, 83)]
    assert runs([0, 8, 16], 8) == []


def test_films_too_short_to_tell_have_none():
    assert pulse(wandering(20), [], 8) is None
    assert pulse(wandering(20), [(0, 96)], 8) is None


def test_blocks_are_means_of_a_and_b():
    ab = np.zeros((9, 16, 2), np.float32)
    ab[:3, :4] = (5, -3)
    assert blocks(ab)[:4].tolist() == pytest.approx([5, -3, 0, 0]) and blocks(ab).shape == (24,)
