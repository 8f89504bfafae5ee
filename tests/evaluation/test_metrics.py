"""Numbers worked out by hand, or by an independent formula."""

import numpy as np
import pytest
from scipy.linalg import sqrtm
from skimage import data

from tintype.color.bins import nearest, srgb_bins
from tintype.color.lab import lab_from_srgb
from tintype.evaluation.metrics import (
    ClassAreas,
    Truth,
    color_classes,
    color_features,
    frechet,
    measure,
    pixel_areas,
)


def test_area_is_that_of_the_curve():
    errors = np.random.default_rng(0).uniform(0, 200, (30, 40)).astype(np.float32)
    curve = [(errors <= t).mean() for t in range(151)]
    assert pixel_areas(errors).mean() == pytest.approx(np.mean(curve), abs=1e-6)


def test_rebalanced_area_counts_every_class_alike():
    areas = ClassAreas()
    areas.add(np.array([0, 0, 0, 7]), np.array([1, 1, 1, 0.5], np.float32))
    areas.add(np.array([7]), np.array([0.1], np.float32))
    assert areas.value() == pytest.approx((1.0 + 0.3) / 2)
    assert np.isnan(ClassAreas().value())


def test_classes_are_nearest_bins():
    lab = np.array([[[50, 0, 0], [50, 34, -26]]], np.float32)
    assert srgb_bins()[color_classes(lab)].tolist() == [[[0, 0], [30, -30]]]
    every = lab_from_srgb(np.random.default_rng(0).integers(0, 256, (50, 400, 3)).astype(np.uint8))
    every[0, 0] = (50, -120, 120)  # no sRGB colour, beyond the grid's edge
    np.testing.assert_array_equal(color_classes(every), nearest(every[..., 1:], srgb_bins()))


def test_frechet_is_that_of_the_formula():
    random = np.random.default_rng(1)
    one, other = random.normal(0, 1, (300, 6)), random.normal(0.5, 2, (300, 6)) @ random.normal(0, 1, (6, 6))
    c1, c2 = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    gap = one.mean(0) - other.mean(0)
    expected = gap @ gap + np.trace(c1 + c2 - 2 * np.real(sqrtm(c1 @ c2)))
    assert frechet(one, other) == pytest.approx(expected, rel=1e-6)
    assert frechet(one, one) == pytest.approx(0, abs=1e-9)
    # Equal spread, means (0) and (3): only the means count.
    assert frechet(np.array([[0.0], [2.0]]), np.array([[3.0], [5.0]])) == pytest.approx(9)


def test_features_tell_where_a_colour_is():
    lab = np.zeros((8, 8, 3), np.float32)
    lab[:2, 2:4, 1:] = (30, -40)
    cells = color_features(lab).reshape(4, 4, 3)
    assert cells[0, 1].tolist() == [30, -40, 50]
    assert cells.sum() == pytest.approx(40)
    assert np.isfinite(color_features(lab[:1, :1])).all()


def test_measure_puts_them_together():
    photo = data.astronaut()[::4, ::4].copy()
    numbers, areas, _ = measure(Truth("a", photo), photo)
    assert numbers["ab_rmse"] == numbers["ciede2000"] == numbers["cf_gap"] == numbers["dpsnr"] == 0
    assert numbers["auc"] == pytest.approx(100)
    assert areas.shape == photo.shape[:2]
    grey = np.repeat(photo.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    numbers, _, _ = measure(Truth("a", photo), grey, grey_psnr=20.0)
    assert numbers["dpsnr"] == pytest.approx(numbers["psnr"] - 20)
    chroma = lab_from_srgb(photo)[..., 1:]
    assert numbers["ab_rmse"] == pytest.approx(np.sqrt((chroma**2).sum(axis=-1).mean()), rel=1e-3)
    assert numbers["cf"] == pytest.approx(0, abs=1e-4)
