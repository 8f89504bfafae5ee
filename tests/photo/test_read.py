"""Photographs as they are: every kind of pixel, profile and orientation, and the extras."""

import numpy as np
import pytest
from PIL import Image

from photo.pictures import GREY, RGB, one, saved
from tintype import PhotoError
from tintype.photo.read import from_array


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "BMP"])
def test_a_palette_is_its_colours(kind):
    image = Image.fromarray(RGB).convert("P", palette=Image.Palette.ADAPTIVE)
    photo = one(saved(image, kind))
    np.testing.assert_array_equal(photo.open().numpy()[..., :3], np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_one_bit_is_black_and_white(kind):
    image = Image.fromarray(GREY).convert("1")
    photo = one(saved(image, kind))
    assert photo.bits == 8
    np.testing.assert_array_equal(photo.open().numpy(), np.asarray(image.convert("L")))


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 2), (5, 7, 3), (5, 7, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_arrays(shape, dtype):
    array = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
    photo = from_array(array)
    bands = 1 if len(shape) == 2 else shape[2]
    assert photo.has_alpha == (bands in (2, 4))
    np.testing.assert_array_equal(
        photo.open().numpy().reshape(5, 7, -1), array.reshape(5, 7, -1)[..., : 1 if bands < 3 else 3]
    )
    with pytest.raises(PhotoError, match="is no photograph"):
        from_array(np.zeros((2, 2), np.float32))
