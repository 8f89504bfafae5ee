"""A photograph that was read: upright, at any size, its transparency apart."""

import io

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageOps
from skimage import data

from photo.pictures import GREY, RGB, one, saved


def tifffile(pixels):
    return pyvips.Image.new_from_array(pixels, interpretation="rgb16").tiffsave_buffer()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_applied(kind, orientation):
    exif = Image.Exif()
    exif[0x112] = orientation
    image = Image.fromarray(GREY if kind != "WEBP" else RGB)
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100}}.get(kind, {})
    content = saved(image, kind, exif=exif, **options)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))))
    photo = one(content)
    assert (photo.height, photo.width) == expected.shape[:2]
    np.testing.assert_array_equal(photo.open().numpy(), expected)
    small = photo.thumbnail(20, 30)
    assert (small.width, small.height) == (20, 30)
    near = np.asarray(Image.fromarray(expected).resize((20, 30), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(small.numpy().astype(int) - near).mean() < 3


@pytest.mark.parametrize("orientation", [1, 6])
def test_small_views_of_large_photographs_come_from_one_decoding(orientation):
    exif = Image.Exif()
    exif[0x112] = orientation
    image = Image.fromarray(np.tile(data.coffee(), (6, 6, 1)))  # 3600 × 2400
    photo = one(saved(image, "PNG", exif=exif, compress_level=1))
    expected = np.asarray(image.resize((450, 300), Image.Resampling.LANCZOS))
    if orientation == 6:
        expected = np.rot90(expected, -1)
    calls = []
    decode = photo.decoder.shrunk
    object.__setattr__(photo, "decoder", _Counting(decode, calls))
    for size in (expected.shape[1::-1], (64, 64), (1, 1)):
        view = photo.thumbnail(*size)
        assert (view.width, view.height) == size
    view = photo.thumbnail(*expected.shape[1::-1]).numpy()
    assert np.abs(view.astype(int) - expected).mean() < 1.5
    deep = photo.thumbnail(*expected.shape[1::-1], bits=16).numpy()
    assert deep.dtype == np.uint16
    assert np.abs(deep / 257 - expected).mean() < 1.5
    assert len(calls) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("size", [(7, 5), (40, 31), (90, 70)])
def test_a_deep_view_rounds_nothing_away(kind, size):
    """Neither where it is smaller nor where larger: what 16 bits of the same samples would give."""
    content = saved(Image.fromarray(RGB), kind, **({"quality": 90} if kind == "JPEG" else {}))
    photo = one(content)
    deep = photo.thumbnail(*size, bits=16)
    assert deep.format == "ushort"
    pixels = photo.open().numpy().astype(np.uint16) * 257
    same = one(tifffile(pixels)).thumbnail(*size)
    worst = np.abs(deep.numpy().astype(int) - same.numpy()).max()
    assert worst <= (1200 if kind == "JPEG" and size == (7, 5) else 0), "JPEG shrinks while it is decoded"
    assert (deep.numpy() % 257).any(), "more than the 256 steps of eight bits"


class _Counting:
    shrinks = False

    def __init__(self, shrunk, calls):
        self._shrunk, self._calls = shrunk, calls

    def shrunk(self, factor):
        self._calls.append(factor)
        return self._shrunk(factor)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_alpha_is_kept_apart(kind):
    pixels = np.dstack([RGB, GREY])
    photo = one(
        saved(Image.fromarray(pixels), kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}))
    )
    assert photo.has_alpha
    np.testing.assert_array_equal(photo.open().numpy(), RGB)
    np.testing.assert_array_equal(photo.open_alpha().numpy(), GREY)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_sixteen_bits_stay(suffix, bands):
    deep = np.random.default_rng(0).integers(0, 65536, (30, 20, bands)).astype(np.uint16)
    image = pyvips.Image.new_from_array(deep).copy(interpretation="grey16" if bands < 3 else "rgb16")
    photo = one(image.write_to_buffer(suffix))
    assert photo.bits == 16
    colour = 1 if bands < 3 else 3
    np.testing.assert_array_equal(photo.open().numpy().reshape(30, 20, -1), deep[..., :colour])
    if bands in (2, 4):
        np.testing.assert_array_equal(photo.open_alpha().numpy(), deep[..., -1])
