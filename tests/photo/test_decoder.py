"""Drawing pages, by libvips and by others."""

import numpy as np
import pytest
import pyvips

from photo.pictures import DEEP, GREY, RGB, saved
from tintype.photo.decoder import ArrayDecoder, VipsDecoder, image_of, spread
from tintype.photo.source import PhotoFile


@pytest.mark.parametrize(("factor", "left"), [(1, 1), (2.9, 1), (3, 2), (6, 4), (11.9, 4), (12, 8), (90, 8)])
def test_a_jpeg_is_shrunk_by_powers_of_two_and_never_too_far(factor, left):
    decoder = VipsDecoder(PhotoFile(saved(GREY, "JPEG"), "a.jpg"), "jpegload_source", shrinks=True)
    image, shrink = decoder.shrunk(factor)
    assert shrink == left and image.width == 120 // left
    assert left == 1 or factor / left >= 1.5


@pytest.mark.parametrize("on_disk", [False, True])
def test_pages_are_drawn_from_bytes_and_from_files(on_disk, tmp_path):
    pages = pyvips.Image.new_from_array(np.vstack([GREY, 255 - GREY]))
    content = pages.tiffsave_buffer(page_height=80)
    (tmp_path / "a.tif").write_bytes(content)
    source = PhotoFile(str(tmp_path / "a.tif") if on_disk else content, "a.tif")
    decoder = VipsDecoder(source, "tiffload_source", page=1, paged=True, finish=lambda image: image.invert())
    np.testing.assert_array_equal(decoder.image(sequential=True).numpy().squeeze(), GREY)


def test_what_another_library_decodes_is_decoded_once():
    calls = []
    decoder = ArrayDecoder(lambda: calls.append(1) or RGB)
    for _ in range(2):
        np.testing.assert_array_equal(decoder.image(sequential=True).numpy(), RGB)
    image, shrink = decoder.shrunk(8)
    assert (image.width, shrink, len(calls)) == (120, 1.0, 1)


@pytest.mark.parametrize(
    ("array", "label"), [(GREY, "b-w"), (RGB, "srgb"), (DEEP, "rgb16"), (DEEP[..., 0], "grey16")]
)
def test_an_array_is_labelled_as_what_it_is(array, label):
    image = image_of(array[::-1])
    assert image.interpretation == label
    np.testing.assert_array_equal(image.numpy().squeeze(), array[::-1])


@pytest.mark.parametrize("depth", range(1, 17))
def test_every_depth_reaches_black_and_white_and_nothing_else_moves(depth):
    values = np.unique(np.linspace(0, 2**depth - 1, 300).astype(np.uint16))
    found, white = spread(values, depth), 255 if depth <= 8 else 65535
    assert found[0] == 0 and found[-1] == white
    assert np.abs(found / white - values / (2**depth - 1)).max() <= 0.5 / white


def test_what_libvips_quotes_of_a_file_need_not_be_utf8():
    with pytest.raises(pyvips.Error, match="\ufffd"):
        pyvips.Image.new_from_file(b"\xff.png")
    assert pyvips.Image.new_from_array(GREY).copy().width == GREY.shape[1]
