"""Lab against scikit-image, both directions, per dtype."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import color, data

from tintype.color.gamut import srgb_from_lab
from tintype.color.lab import L_from_grey, lab_from_srgb


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_lab_equals_scikit_image(dtype):
    photo = data.astronaut()
    scale = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    given_ = (photo / 255 * scale).round(0 if scale > 1 else 6).astype(dtype)
    ours, theirs = lab_from_srgb(given_), color.rgb2lab(given_ / scale)
    assert ours.dtype == np.float32
    # scikit-image rounds its white point: 0.02 is that difference
    assert np.abs(ours - theirs).max() < 0.03


def test_known_values():
    # skimage.color.rgb2lab([[[1, 0, 0], [0, 0, 1], [1, 1, 1]]]) of scikit-image 0.26
    expected = [[53.2406, 80.0923, 67.2028], [32.2957, 79.1880, -107.8615], [100, 0, 0]]
    ours = lab_from_srgb(np.array([[255, 0, 0], [0, 0, 255], [255, 255, 255]], np.uint8))
    np.testing.assert_allclose(ours, expected, atol=0.03)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_round_trip_of_every_srgb_colour(rgb):
    back = srgb_from_lab(lab_from_srgb(np.array([rgb], np.uint8)))
    assert np.abs(np.rint(back * 255) - rgb).max() <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_neutral_has_no_chroma(dtype):
    codes = np.arange(0, np.iinfo(dtype).max + 1, 1 if dtype == np.uint8 else 37).astype(dtype)
    lab = lab_from_srgb(np.repeat(codes[:, None], 3, axis=1))
    assert np.abs(lab[:, 1:]).max() < 1e-3
    np.testing.assert_allclose(lab[:, 0], L_from_grey(codes), atol=1e-3)


@pytest.mark.parametrize(
    "bad", [np.zeros((4, 4), np.uint8), np.full((2, 3), 128.0), np.zeros((2, 3), np.int32)]
)
def test_what_is_no_srgb_picture_is_refused(bad):
    with pytest.raises(ValueError, match=r"shape|between 0 and 1|uint8"):
        lab_from_srgb(bad)
