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
    saved = painted.encode(lambda image: image.write_to_buffer(".png"))
    back = pyvips.Image.new_from_buffer(saved, "").numpy().reshape(pixels.shape)
    np.testing.assert_array_equal(back, pixels)
    again = Painted((rows for _, rows in strips_of(pixels)), size[1], size[0], bits).to_array()
    assert again.dtype == dtype
    np.testing.assert_array_equal(again, pixels)


def test_rows_read_are_the_image():
    pixels = np.random.default_rng(0).integers(0, 256, (301, 500, 3)).astype(np.uint8)
    got = np.concatenate([rows for _, rows in read_rows(pyvips.Image.new_from_array(pixels))])
    np.testing.assert_array_equal(got, pixels)


def test_strips_are_painted_in_order():
    pixels = np.random.default_rng(0).integers(0, 256, (300, 4000)).astype(np.uint8)
    rows = paint_strips(lambda: strips_of(pixels), lambda _, strip: 255 - strip, threads=3)
    np.testing.assert_array_equal(np.concatenate(list(rows)), 255 - pixels)


def broken():
    yield np.zeros((strip_height(4000), 4000, 3), np.uint8)
    raise ValueError("boom")


def forgiving(image):
    with contextlib.suppress(pyvips.Error):  # libvips may or may not notice
        return image.write_to_buffer(".jpg")


def failing(image):
    image.write_to_buffer(".jpg")
    raise OSError("the disk is full")


USES = {
    "to_array": Painted.to_array,
    "jpeg": lambda painted: painted.encode(lambda image: image.write_to_buffer(".jpg")),
    "png": lambda painted: painted.encode(lambda image: image.write_to_buffer(".png")),
    "copy": lambda painted: painted.encode(lambda image: image.copy_memory()),
    "a saver that swallows errors": lambda painted: painted.encode(forgiving),
    "a saver with an error of its own": lambda painted: painted.encode(failing),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_picture_that_failed_half_way_cannot_be_used(use):
    with pytest.raises(ValueError, match="boom"):
        use(Painted(broken(), 4000, 3000, 8))


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_rows_that_end_early_are_no_picture(use):
    short = iter([np.zeros((strip_height(4000), 4000, 3), np.uint8)])
    with pytest.raises(RuntimeError, match="end before"):
        use(Painted(short, 4000, 3000, 8))


@pytest.mark.parametrize(
    "save", [lambda image: image, lambda image: image.crop(0, 0, 4000, 10).copy_memory()]
)
def test_a_picture_used_before_it_is_whole_is_refused(save):
    rows = (np.zeros((strip_height(4000), 4000, 3), np.uint8) for _ in range(1000))
    with pytest.raises(RuntimeError, match="before all of it"):
        Painted(rows, 4000, 3000, 8).encode(save)


@pytest.mark.parametrize("use", [USES["to_array"], USES["png"]])
def test_a_picture_is_read_once(use):
    painted = Painted(iter([np.zeros((1, 5, 3), np.uint8)]), 5, 1, 8)
    painted.to_array()
    with pytest.raises(RuntimeError, match="once"):
        use(painted)


def test_an_error_of_the_saver_is_told():
    painted = Painted(iter([np.zeros((1, 5, 3), np.uint8)]), 5, 1, 8)
    with pytest.raises(OSError, match="disk is full"):
        painted.encode(failing)
