"""JPEG 2000, as other encoders write it."""

import imagecodecs
import numpy as np
import pytest

from photo.pictures import DEEP, GREY, RGB, one, saved
from tintype import PhotoError
from tintype.errors import Damaged


@pytest.mark.parametrize("kind", ["jp2", "j2k"])
@pytest.mark.parametrize("array", [GREY, RGB, DEEP, DEEP[..., 1]], ids=["grey", "rgb", "rgb16", "grey16"])
def test_jpeg_2000_is_read(kind, array):
    photo = one(imagecodecs.jpeg2k_encode(array, level=0, reversible=True, codecformat=kind))
    assert (photo.format, photo.width, photo.height) == ("jp2", 120, 80)
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), array)


def test_a_tiled_jpeg_2000_of_another_encoder_is_read():
    held = saved(RGB, "JPEG2000", irreversible=False, tile_size=(32, 48))
    np.testing.assert_array_equal(one(held).open().numpy(), RGB)


def test_12_bits_of_jpeg_2000_are_spread_to_white():
    steps = np.linspace(0, 4095, 120).round().astype(np.uint16)[None].repeat(80, 0)
    photo = one(imagecodecs.jpeg2k_encode(steps, level=0, reversible=True, bitspersample=12))
    values = photo.open().numpy().squeeze()
    assert values.min() == 0 and values.max() == 65535
    np.testing.assert_allclose(values, steps / 4095 * 65535, atol=0.51)


def test_a_damaged_jpeg_2000_is_refused():
    whole = imagecodecs.jpeg2k_encode(RGB, level=0, reversible=True)
    with pytest.raises(PhotoError):
        one(whole[:60])
    with pytest.raises(Damaged):
        one(whole[: len(whole) // 4]).open()
