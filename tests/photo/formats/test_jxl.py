"""JPEG XL, in and out."""

import io

import imagecodecs
import numpy as np
import pillow_jxl  # noqa: F401 - teaches Pillow JPEG XL
import pytest
from PIL import Image

from photo.pictures import DEEP, GREY, RGB, one, page, saved
from tintype import Settings
from tintype.photo.write import write


def encoded(linear):
    """IEC 61966-2-1."""
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def written(array, **settings):
    return write([page(array)], None, Settings(**settings))


@pytest.mark.parametrize("box", [False, True])
@pytest.mark.parametrize("array", [GREY, RGB, DEEP, DEEP[..., 1]], ids=["grey", "rgb", "rgb16", "grey16"])
def test_jpeg_xl_is_read(box, array):
    photo = one(imagecodecs.jpegxl_encode(array, lossless=True, usecontainer=box))
    assert (photo.format, photo.width, photo.height) == ("jxl", 120, 80)
    # This encoder calls 16 bits linear light, and so they are read.
    expected = array if array.dtype == np.uint8 else encoded(array / 65535) * 65535
    np.testing.assert_allclose(photo.open().numpy().squeeze(), expected, atol=60 * (array.dtype != np.uint8))


@pytest.mark.parametrize("depth", [10, 12])
def test_depths_of_jpeg_xl_are_spread_to_white(depth):
    steps = np.linspace(0, 2**depth - 1, 120).round().astype(np.uint16)[None].repeat(80, 0)
    photo = one(imagecodecs.jpegxl_encode(steps, lossless=True, bitspersample=depth))
    values = photo.open().numpy().squeeze()
    np.testing.assert_allclose(values, encoded(steps / (2**depth - 1)) * 65535, atol=60)


@pytest.mark.parametrize("lossless", [False, True])
def test_16_bits_of_jpeg_xl_are_labelled_as_what_they_are(lossless):
    result = written(DEEP, format="jxl", lossless=lossless, quality=100)
    strays = np.abs(one(result.data).open().numpy().astype(int) - DEEP)
    assert strays.max() == 0 if lossless else strays.mean() < 100
    # Another reader, which minds the label.
    with Image.open(io.BytesIO(result.data)) as image:
        assert np.abs(np.asarray(image).astype(int) - RGB).mean() < 1


def test_a_jpeg_repacked_as_jpeg_xl_is_read():
    jpeg = saved(RGB, "JPEG", quality=90)
    photo = one(imagecodecs.jpegxl_encode_jpeg(jpeg))
    assert np.abs(photo.open().numpy().astype(int) - RGB).mean() < 6
