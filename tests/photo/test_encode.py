"""What a format can't hold is fitted, and said."""

import numpy as np
import pytest
import pyvips
from PIL import Image

from photo.pictures import noise, page
from tintype import PhotoError, Settings
from tintype.photo.write import write


def test_what_a_format_can_not_hold_is_said(tmp_path):
    deep = noise(30, 40, 4, dtype=np.uint16)
    for suffix, said in {
        ".jpg": {"8 bits", "no transparency"},
        ".webp": {"8 bits"},
        ".avif": {"12 bits"},
        ".png": set(),
        ".tif": set(),
    }.items():
        notes = write([page(deep)], tmp_path / f"a{suffix}", Settings()).notes
        assert len(notes) == len(said) and all(any(s in n for n in notes) for s in said)
    np.testing.assert_array_equal(pyvips.Image.new_from_file(str(tmp_path / "a.png")).numpy(), deep)
    np.testing.assert_array_equal(pyvips.Image.new_from_file(str(tmp_path / "a.tif")).numpy(), deep)


def test_sixteen_bits_are_rounded_not_cut(tmp_path):
    deep = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    write([page(deep)], tmp_path / "a.webp", Settings(lossless=True))
    back = np.asarray(Image.open(tmp_path / "a.webp"))[..., 1]
    np.testing.assert_array_equal(back, np.rint(deep / 257))


def test_transparency_in_a_jpeg_is_white_paper(tmp_path):
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, 32:, 3] = 255
    write([page(pixels)], tmp_path / "a.jpg", Settings())
    back = np.asarray(Image.open(tmp_path / "a.jpg"))
    assert back[:, :24].min() > 250 and back[:, 40:].max() < 5


@pytest.mark.parametrize(("suffix", "side"), [(".jpg", 65536), (".webp", 16384), (".avif", 16385)])
def test_too_long_for_the_format(tmp_path, suffix, side):
    with pytest.raises(PhotoError, match="write it as TIFF or PNG"):
        write([page(np.zeros((1, side), np.uint8))], tmp_path / f"a{suffix}", Settings())
    assert sorted(p.name for p in tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif", ".tif"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9000), (9000, 1)])
def test_the_thinnest_pictures(tmp_path, suffix, shape):
    write([page(noise(*shape))], tmp_path / f"a{suffix}", Settings())
    assert Image.open(tmp_path / f"a{suffix}").size == shape[::-1]
