"""The size of a JPEG XL is known from its header."""

import imagecodecs
import numpy as np
import pytest

from photo.pictures import one
from tintype import PhotoError


@pytest.mark.parametrize("size", [(8, 8), (1, 1), (300, 200), (9, 3000), (100, 200), (160, 90)])
def test_sizes_of_jpeg_xl_come_from_its_header(size):
    height, width = size
    array = np.zeros((height, width, 3), np.uint8)
    photo = one(imagecodecs.jpegxl_encode(array, lossless=True))
    assert (photo.width, photo.height) == (width, height)
    with pytest.raises(PhotoError, match="allowed"):
        one(imagecodecs.jpegxl_encode(np.zeros((40, 50), np.uint8)), max_pixels=100)
