"""Means of what is known."""

import math

from tintype.evaluation.summary import mean


def test_what_is_not_known_counts_for_nothing():
    assert mean([1.0, math.nan, 3.0]) == 2


def test_nothing_known_is_not_known():
    assert math.isnan(mean([]))
    assert math.isnan(mean([math.nan]))
