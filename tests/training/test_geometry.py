"""Cuts and turns."""

import numpy as np
import pytest
from skimage import data

from tintype.training.geometry import centred, cut, resized, turned
from tintype.training.recipe import Augment

PHOTO = data.chelsea()


def test_a_cut_without_augmentation_is_the_largest_square():
    square = cut(PHOTO, 300, Augment(flip=False), np.random.default_rng(0))
    assert square.shape == (300, 300, 3)
    left = next(i for i in range(152) if np.array_equal(PHOTO[:, i : i + 300], square))
    assert 0 < left < 151


def test_flips_are_half_of_them():
    square = PHOTO[:200, :200]
    rng = np.random.default_rng(0)
    flipped = [np.array_equal(cut(square, 200, Augment(), rng), square[:, ::-1]) for _ in range(60)]
    assert 15 < sum(flipped) < 45


def test_crops_are_no_smaller_than_allowed():
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[:, None, None], 200, 1).repeat(3, 2)
    rng = np.random.default_rng(0)
    heights = [np.ptp(cut(ramp, 64, Augment(crop=0.5, flip=False), rng)[..., 0]) for _ in range(60)]
    assert 90 < min(heights) < 120
    assert max(heights) > 170


def test_the_middle_is_in_the_middle():
    assert np.array_equal(centred(PHOTO, 300), PHOTO[:, 75:375])


def test_resizing_averages_and_never_goes_round():
    small = resized(PHOTO, 100, 150)
    assert small.shape == (100, 150, 3)
    np.testing.assert_allclose(small.mean((0, 1)), PHOTO.mean((0, 1)), atol=1)
    edge = np.zeros((8, 8, 3), np.uint8)
    edge[:, 4:] = 255
    assert set(np.unique(np.diff(resized(edge, 32, 32)[0, :, 0].astype(int)) >= 0)) == {True}


def test_turning_by_nothing_is_nothing_and_by_a_quarter_is_a_quarter():
    square = np.ascontiguousarray(PHOTO[:128, :128])
    assert np.abs(turned(square, 0, (1, 1), 0).astype(int) - square).max() <= 1
    quarter = turned(square, 0, (1, 1), np.pi / 2).astype(int)
    errors = [np.abs(quarter - np.rot90(square, k).astype(int)).mean() for k in range(4)]
    assert min(errors[1], errors[3]) < 1 < max(errors[0], errors[2])


@pytest.mark.parametrize("size", [(1, 50), (17, 400)])
def test_any_photograph_can_be_cut(size):
    photo = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8)
    everything = Augment(crop=0.5, shear=0.3, zoom=0.3, rotation=30)
    out = cut(photo, 32, everything, np.random.default_rng(1))
    assert out.shape == (32, 32, 3)
    assert out.dtype == np.uint8
    assert out.flags.c_contiguous
