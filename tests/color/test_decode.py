"""Decoding distributions, against cases computed by hand."""

import numpy as np
import pytest

from tintype.color import decode
from tintype.color.bins import nearest, srgb_bins

BINS = np.array([[0, 0], [40, 0], [0, 40], [-40, 0]], np.float32)


def logits_of(p):
    return np.log(np.asarray(p, np.float32)).reshape(-1, 1, 1)


def test_temperature_one_is_the_mean():
    mean = decode.annealed_mean(logits_of([0.5, 0.25, 0.25, 1e-9]), BINS, 1.0)
    np.testing.assert_allclose(mean.ravel(), [10, 10], atol=1e-3)


def test_low_temperature_tends_to_the_mode():
    mode = decode.annealed_mean(logits_of([0.2, 0.5, 0.2, 0.1]), BINS, 0.05)
    np.testing.assert_allclose(mean_of(mode), [40, 0], atol=0.1)


def mean_of(ab):
    return ab.reshape(2, -1).mean(axis=1)


def test_vividness_raises_contrast_of_colour_and_leaves_the_cast():
    ab = np.zeros((2, 1, 3), np.float32)
    ab[:, 0, 0] = [40, 20]
    ab[:, 0, 1] = [10, 40]
    np.testing.assert_array_equal(decode.enliven(ab, 1.0), ab)
    vivid = decode.enliven(ab, 2.0)
    np.testing.assert_array_equal(vivid[:, 0, 2], 0)  # neutral stays neutral
    before, after = ab[:, 0, 0] - ab[:, 0, 1], vivid[:, 0, 0] - vivid[:, 0, 1]
    np.testing.assert_allclose(after, 2 * before, atol=1.0)
    assert np.hypot(*mean_of(vivid)) < 1.5 * np.hypot(*mean_of(ab))


def test_what_the_mean_lost_is_counted_by_the_law_of_total_variance():
    # Two places, each torn between two bins: means (20, 0) and (-20, 0), variance 400 at each.
    p = np.array([[0.5, 0.5], [0.5, 1e-12], [1e-12, 1e-12], [1e-12, 0.5]], np.float32)
    lost = decode.lost_contrast(np.log(p)[:, None], BINS)
    assert lost.shape == (1, 2)
    whole, regional = (400 + 400) / 400, 1 + 400 / (400 + 4)
    wanted = whole * (regional / whole) ** decode.REGIONAL
    np.testing.assert_allclose(lost, wanted, rtol=1e-3)
    certain = np.array([[1e-12, 1e-12], [1, 1e-12], [1e-12, 1e-12], [1e-12, 1]], np.float32)
    np.testing.assert_allclose(decode.lost_contrast(np.log(certain)[:, None], BINS), 1, atol=1e-3)


def test_a_region_that_is_sure_has_lost_less_than_the_rest():
    p = np.full((4, 16, 16), 1e-6, np.float32)
    p[:2, :, :8] = 0.5  # torn between neutral and (40, 0)
    p[2, :, 8:] = 1
    lost = decode.lost_contrast(np.log(p), BINS)
    assert lost[:, 12:].max() < 0.86 * lost[:, :4].min()
    assert lost.min() >= 1


def test_a_region_that_is_less_sure_than_the_photograph_is_not_raised_beyond_it():
    p = np.full((4, 16, 16), 1e-6, np.float32)
    p[2, :, :12] = p[1, :, :4] = 1
    p[:, :, 12:] = 0.25
    mean, square = decode.moments(np.log(p / p.sum(axis=0)), BINS)
    within = square - (mean**2).sum(axis=0)
    whole = 1 + within.mean() / mean.var(axis=(1, 2)).sum()
    assert 1 + within[0, -1] / ((mean[:, 0, -1] ** 2).sum() + decode.DULL) > 2 * whole
    np.testing.assert_allclose(decode.lost_contrast_of(mean, square)[:, -1], whole, rtol=1e-3)


def test_what_lost_more_gets_more_back():
    sure, little, typical, much, beyond = 1.0, 4.0, decode.TYPICAL_LOSS, 50.0, 1e9
    gains = decode.own_gain(2.0, np.array([sure, little, typical, much, beyond], np.float32))
    assert gains[0] == 1
    assert gains[2] == pytest.approx(2)
    assert (np.diff(gains) > 0).all()
    assert gains[4] < 4
    assert (decode.own_gain(1.0, np.array([3.0, 50.0], np.float32)) == 1).all()


def test_confidence_runs_from_uniform_to_certain():
    assert decode.confidence(logits_of([0.25] * 4))[0, 0] == pytest.approx(0, abs=1e-4)
    assert decode.confidence(logits_of([1, 1e-9, 1e-9, 1e-9]))[0, 0] == pytest.approx(1, abs=1e-4)


def test_our_bins_cover_srgb_and_nearest_finds_them():
    bins = srgb_bins()
    assert bins.shape == (261, 2)
    np.testing.assert_array_equal(nearest(bins[None], bins)[0], np.arange(261))
    from skimage import color, data

    ab = color.rgb2lab(data.astronaut())[..., 1:].astype(np.float32)
    far = np.abs(ab - bins[nearest(ab, bins)]).max()
    assert far <= 5.1
