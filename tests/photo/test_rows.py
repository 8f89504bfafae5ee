"""Rows painted by NumPy reach libvips' savers unchanged, in bounded memory, and their errors are kept."""

import contextlib

import numpy as np
import pytest
import pyvips

from tintype.photo.rows import Painted, paint_strips, read_rows, strip_height


def strips_of(array):
    step = strip_height(array.shape[1])
    for top in range(0, len(array), step):
        yield top, array[top : top + step]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("size", [(1, 1), (200, 300), (20000, 1), (1, 20000), (700, 1001)])
def test_pixels_come_through(size, bits):
    dtype = np.uint16 if bits == 16 else np.uint8
    pixels = np.random.default_rng(0).integers(0, 2**bits, (*size, 3)).astype(dtype)
    painted = Painted((rows for _, rows in strips_of(pixels)), size[1], size[0], bits)
    saved = painted.image.write_to_buffer(".png")
    painted.reraise()
    back = pyvips.Image.new_from_buffer(saved, "").numpy().reshape(pixels.shape)
    np.testing.assert_array_equal(back, pixels)


def test_rows_read_are_the_image():
    pixels = np.random.default_rng(0).integers(0, 256, (301, 500, 3)).astype(np.uint8)
    got = np.concatenate([rows for _, rows in read_rows(pyvips.Image.new_from_array(pixels))])
    np.testing.assert_array_equal(got, pixels)


def test_strips_are_painted_in_order():
    pixels = np.random.default_rng(0).integers(0, 256, (300, 4000)).astype(np.uint8)
    rows = paint_strips(lambda: strips_of(pixels), lambda _, strip: 255 - strip, threads=3)
    np.testing.assert_array_equal(np.concatenate(list(rows)), 255 - pixels)


def test_an_error_while_painting_is_kept():
    def broken():
        yield np.zeros((strip_height(4000), 4000, 3), np.uint8)
        raise ValueError("boom")

    painted = Painted(broken(), 4000, 3000, 8)
    with contextlib.suppress(pyvips.Error):  # libvips may or may not notice
        painted.image.write_to_buffer(".jpg")
    with pytest.raises(ValueError, match="boom"):
        painted.reraise()
