"""Views have exactly their size, and show the picture where it is."""

from __future__ import annotations

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from skimage.transform import resize

from tintype.photo.resize import resize_exactly

KERNELS = ("lanczos3", "linear")


def resized(pixels, width, height, **how):
    made = resize_exactly(pyvips.Image.new_from_array(np.ascontiguousarray(pixels)), width, height, **how)
    assert (made.width, made.height) == (width, height)
    return made.numpy().reshape(height, width)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 30), st.integers(1, 30), st.floats(1, 8), st.integers(0, 2**32), st.sampled_from(KERNELS)
)
def test_a_symmetric_picture_stays_symmetric(wide, high, larger, seed, kernel):
    quarter = np.random.default_rng(seed).integers(0, 256, (high, wide), np.uint8)
    half = np.concatenate([quarter, quarter[:, ::-1]], axis=1)
    made = resized(
        np.concatenate([half, half[::-1]]), int(2 * wide * larger), int(2 * high * larger), kernel=kernel
    )
    # libvips has tables of its kernels, 64 places to a pixel.
    assert np.abs(made - made[:, ::-1].astype(int)).max() <= 4
    assert np.abs(made - made[::-1].astype(int)).max() <= 4


@pytest.mark.parametrize("side", [17, 20, 31, 40, 50, 64, 160, 333])
def test_a_ramp_stays_the_ramp(side):
    ramp = np.tile(np.arange(20, 240, 10, dtype=np.float32), (22, 1))  # 22 px
    place = (np.arange(side) + 0.5) * 22 / side - 0.5
    inner = (place > 2.5) & (place < 18.5)  # beyond, the edge's pixel is repeated
    for pixels in (ramp, ramp.T):
        made = resized(pixels, side, side)
        made = made if pixels is ramp else made.T
        np.testing.assert_allclose(made[side // 2, inner], 20 + 10 * place[inner], atol=0.4)


@pytest.mark.parametrize("size", [(700, 560), (1024, 512), (513, 515)])
def test_a_photograph_is_enlarged_as_by_others(size):
    grey = data.camera()
    width, height = size
    other = resize(grey, (height, width), order=3, mode="edge", preserve_range=True)
    made = resized(grey, width, height).astype(float)
    shifted = (
        pyvips.Image.new_from_array(grey).resize(width / 512, vscale=height / 512).numpy()[:height, :width]
    )
    away = np.abs(made - other)[2:-2, 2:-2].mean()
    assert away < 1.0
    assert away < 0.5 * np.abs(shifted.astype(float) - other)[2:-2, 2:-2].mean()


def test_what_lies_beyond_the_extent_is_left_out():
    pixels = np.zeros((4, 10), np.uint8)
    pixels[:, 9:] = 255  # padding
    assert resized(pixels, 27, 12, extent=(9.0, 4.0))[:, :24].max() <= 1


def test_the_same_size_is_the_same_picture():
    pixels = data.camera()[:40, :50]
    np.testing.assert_array_equal(resized(pixels, 50, 40), pixels)
