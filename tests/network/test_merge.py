"""Joining the chroma of several networks."""

from __future__ import annotations

import numpy as np
import pytest

from tintype.network.merge import merge


def flat(a: float, b: float, sure: float | None, side: int = 8) -> tuple[np.ndarray, np.ndarray | None]:
    ab = np.stack([np.full((side, side), v, np.float32) for v in (a, b)])
    return ab, None if sure is None else np.full((side, side), sure, np.float32)


def test_one_network_is_left_as_it_is() -> None:
    one = flat(10, -20, 0.3)
    assert merge([one], "confidence") is one


def test_mean_is_the_mean_on_the_finest_grid() -> None:
    ab, sure = merge([flat(10, 0, 0.2, 8), flat(20, -30, 0.6, 16), flat(0, 0, None, 4)], "mean")
    assert ab.shape == (2, 16, 16)
    assert ab.dtype == np.float32
    np.testing.assert_allclose(ab[0], 10, atol=1e-4)
    np.testing.assert_allclose(ab[1], -10, atol=1e-4)
    np.testing.assert_allclose(sure, 0.4, atol=1e-5)


def test_confidence_weighs() -> None:
    ab, _ = merge([flat(10, 0, 0.9), flat(-10, 0, 0.1)], "confidence")
    np.testing.assert_allclose(ab[0], 8, atol=1e-4)


def test_a_network_without_confidence_counts_half() -> None:
    ab, sure = merge([flat(10, 0, 0.5), flat(-10, 0, None)], "confidence")
    np.testing.assert_allclose(ab, 0, atol=1e-4)
    np.testing.assert_allclose(sure, 0.5, atol=1e-5)


@pytest.mark.parametrize("how", ["mean", "confidence"])
def test_none_sure_at_all_is_still_a_mean(how: str) -> None:
    ab, _ = merge([flat(10, 4, 0.0), flat(20, 8, 0.0)], how)
    np.testing.assert_allclose(ab[0], 15, atol=1e-4)


def test_order_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    each = [
        (rng.normal(0, 30, (2, n, n)).astype(np.float32), rng.random((n, n), np.float32)) for n in (8, 12, 16)
    ]
    for how in ("mean", "confidence"):
        one, two = merge(each, how), merge(each[::-1], how)
        np.testing.assert_allclose(one[0], two[0], atol=1e-4)
        np.testing.assert_allclose(one[1], two[1], atol=1e-5)


def test_confidence_is_taken_place_by_place() -> None:
    sure = np.zeros((8, 8), np.float32)
    sure[:, :4] = 1
    ab, _ = merge([(flat(40, 0, 0)[0], sure), (flat(-40, 0, 0)[0], 1 - sure)], "confidence")
    assert ab[0, :, 1].min() > 39
    assert ab[0, :, -2].max() < -39
