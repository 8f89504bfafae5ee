"""Formulas on a sheet are what they are in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from export.sheets import length, run

X = np.array([[0.5, -2.0, 3.0], [1.5, 4.0, -0.25]], np.float32)


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: 2 - x * 3 + x / 4,
        lambda x: 1 / (x * x + 1.0),
        lambda x: abs(-x) ** 0.5,
        lambda x: np.float32(2) * x + np.float32(1),
    ],
)
def test_arithmetic(formula):
    np.testing.assert_allclose(run(formula, X), formula(X), rtol=1e-6)


def test_comparisons_choose():
    made = run(lambda x: x.sheet.where((x > 0.0) & (x <= 3.0) | x.equals(-2.0), x, -1.0), X)
    np.testing.assert_array_equal(made, np.where((X > 0) & (X <= 3) | (X == -2), X, -1))


def test_reductions_keep_the_axis():
    made = run(lambda x: [x.sum(1), x.mean(0), x.max(1)], X)
    for got, wanted in zip(made, (X.sum(1), X.mean(0), X.max(1)), strict=True):
        np.testing.assert_allclose(got.ravel(), wanted, rtol=1e-6)
        assert got.ndim == 2


def test_parts_and_shapes():
    made = run(lambda x: x.part(1, x.size(1), 1).reshape(-1, 1).transpose(1, 0), X)
    np.testing.assert_array_equal(made, X[:, 1:].reshape(1, -1))


def test_equal_constants_are_stored_once():
    def twice(x):
        made = (x + np.arange(3.0)) * np.arange(3.0)
        assert len(x.sheet.constants) == 1
        return made

    run(twice, X)


def test_a_loop_carries_and_stacks_and_sees_what_is_outside():
    def count(n, x):
        outside = x * 2

        def turn(inner, number, carried):
            row = outside.take(number)
            return [carried[0] + row], [row * number.to(np.float32)]

        start = x.part(0, 1, 0) * 0.0
        return x.sheet.scan(n, [start], turn)

    total, stack = run(count, length(2), X)
    np.testing.assert_allclose(total, 2 * X.sum(0, keepdims=True))
    np.testing.assert_allclose(stack[:, 0], 2 * X * np.arange(2)[:, None])
