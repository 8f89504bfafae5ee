"""The square in the middle."""

import numpy as np
from skimage import data

from tintype.training.geometry import centered, resized

PHOTO = data.chelsea()


def test_the_middle_is_in_the_middle():
    assert np.array_equal(centered(PHOTO, 300), PHOTO[:, 75:375])


def test_resizing_averages_and_never_goes_round():
    small = resized(PHOTO, 100, 150)
    assert small.shape == (100, 150, 3)
    np.testing.assert_allclose(small.mean((0, 1)), PHOTO.mean((0, 1)), atol=1)
    edge = np.zeros((8, 8, 3), np.uint8)
    edge[:, 4:] = 255
    assert set(np.unique(np.diff(resized(edge, 32, 32)[0, :, 0].astype(int)) >= 0)) == {True}
