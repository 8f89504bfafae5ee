"""Strips of the upsampled map are the map, and the kernel is cubic with centres aligned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.transform import resize

from tintype.color.resample import Upsampler, taps


def weights(source, target):
    """The taps as a matrix (target, source)."""
    first, found = taps(source, target)
    matrix = np.zeros((target, source), np.float32)
    np.put_along_axis(matrix, first[:, None] + np.arange(found.shape[1]), found, axis=1)
    return matrix


@given(st.integers(1, 40), st.integers(1, 90))
def test_weights_sum_to_one_and_a_flat_map_stays_flat(source, target):
    np.testing.assert_allclose(weights(source, target).sum(axis=1), 1, atol=1e-5)


@given(st.integers(1, 40), st.integers(1, 300))
def test_the_weights_are_keys_s_with_edges_repeated(source, target):
    def keys(x):
        x = abs(x)
        if x < 1:
            return 1.5 * x**3 - 2.5 * x**2 + 1
        return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0

    wide = max(1.0, source / target)
    for row in {0, target // 3, target - 1}:
        center = (row + 0.5) * source / target - 0.5
        want = np.zeros(source)
        for tap in range(int(center - 2 * wide) - 2, int(center + 2 * wide) + 3):
            want[min(max(tap, 0), source - 1)] += keys((tap - center) / wide)
        np.testing.assert_allclose(weights(source, target)[row], want / want.sum(), atol=1e-6)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 90), st.integers(1, 300))
def test_both_directions_are_the_matrices_of_weights(h, w, height, width):
    ab = np.random.default_rng(h * w).normal(0, 30, (2, h, w)).astype(np.float32)
    exact = weights(h, height).astype(float) @ ab @ weights(w, width).astype(float).T
    np.testing.assert_allclose(Upsampler(ab, height, width).all(), exact, atol=1e-4)


@pytest.mark.parametrize(("height", "width"), [(100, 130), (7, 5), (16, 24), (1, 300)])
def test_strips_are_the_whole(height, width):
    ab = np.random.default_rng(0).normal(size=(2, 16, 24)).astype(np.float32)
    up = Upsampler(ab, height, width)
    whole = up.all()
    assert whole.shape == (2, height, width)
    for top in range(0, height, 3):
        np.testing.assert_allclose(up.rows(top, min(top + 3, height)), whole[:, top : top + 3], atol=1e-5)


def test_a_smooth_map_is_met_within_a_cubic_s_error():
    y, x = np.mgrid[:24, :32] / 8.0
    smooth = (np.sin(x) + np.cos(y)).astype(np.float32)
    y, x = (np.mgrid[:96, :128] + 0.5) / 4 - 0.5
    exact = np.sin(x / 8) + np.cos(y / 8)
    got = Upsampler(smooth[None], 96, 128).all()[0]
    assert np.abs(got - exact)[8:-8, 8:-8].max() < 2e-3
    bilinear = resize(smooth, (96, 128), order=1, mode="edge")
    assert np.abs(got - exact).mean() < np.abs(bilinear - exact).mean()


def test_the_same_size_changes_nothing():
    ab = np.random.default_rng(1).normal(size=(2, 9, 13)).astype(np.float32)
    np.testing.assert_allclose(Upsampler(ab, 9, 13).all(), ab, atol=1e-5)
