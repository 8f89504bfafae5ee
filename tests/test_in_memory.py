"""Pictures in memory: they come back as what they were."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import color, data

from tintype import Colorizer, NotAPhotograph, UnsupportedFormat
from tintype.in_memory import codes_of, is_pil, like, pil_of, tiff_of


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer(size=64)


@pytest.fixture(scope="module")
def photo():
    return np.rint(color.rgb2gray(data.astronaut()[::4, ::4]) * 255).astype(np.uint8)


def test_array_pil_and_bytes_agree_and_come_back_as_what_they_were(colorizer, photo):
    array = colorizer(photo)
    pil = colorizer(Image.fromarray(photo))
    held = io.BytesIO()
    Image.fromarray(photo).save(held, "PNG")
    data_ = colorizer(held.getvalue())
    assert isinstance(pil, Image.Image)
    assert isinstance(data_, bytes)
    np.testing.assert_array_equal(np.asarray(pil), array)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data_))), array)


def test_floats_come_back_as_floats(colorizer, photo):
    out = colorizer(photo / 255)
    assert out.dtype == np.float64
    grey = np.repeat(photo[..., None] / 255, 3, axis=2)
    assert np.abs(color.rgb2lab(out)[..., 0] - color.rgb2lab(grey)[..., 0]).max() < 0.02


def test_floats_become_codes_and_codes_floats():
    np.testing.assert_array_equal(codes_of(np.array([[0.0, 0.5, 1.0]])), [[0, 32768, 65535]])
    kept = np.arange(6, dtype=np.uint16).reshape(2, 3)[:, ::-1]
    np.testing.assert_array_equal(codes_of(kept), kept)
    assert codes_of(kept).flags.c_contiguous
    for full, dtype in ((255, np.uint8), (65535, np.uint16)):
        assert like(np.array([0, full], dtype), np.dtype(np.float32)).tolist() == [0, 1]
    assert like(kept, np.dtype(np.uint16)) is kept


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((0, 4), np.uint8), r"shape \(0, 4\)"),
        (np.zeros((4, 4, 2), np.uint8), r"shape \(4, 4, 2\)"),
        (np.zeros(4, np.uint8), r"shape \(4,\)"),
        (np.array([[0.5, np.nan]]), "scale them to 0-1"),
        (np.array([[-0.1, 1]]), "from -0.1 to 1"),
        (np.zeros((2, 2), np.int32), "dtype int32"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(array, said):
    with pytest.raises(NotAPhotograph, match=said):
        codes_of(array)


def test_pil_images_go_through_tiff_with_what_they_carry():
    image = Image.new("YCbCr", (5, 3), (90, 128, 128))
    image.info |= {"dpi": (300, 300), "icc_profile": b"profile"}
    back = pil_of(tiff_of(image))
    assert (back.size, back.mode, back.info["dpi"]) == ((5, 3), "RGB", (300, 300))
    assert back.info["icc_profile"] == b"profile"
    assert is_pil(image) and is_pil(back) and not is_pil(np.zeros(3)) and not is_pil("photo.jpg")
    with pytest.raises(UnsupportedFormat, match=r"mode HSV.*convert\('RGB'\)"):
        tiff_of(Image.new("HSV", (4, 4)))
