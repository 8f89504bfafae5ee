"""Halftones and scans of one bit are said, and turned into tones when asked; negatives are turned."""

import numpy as np
import pytest
import pyvips
from skimage import color, data, transform

import tintype
from tintype import Settings
from tintype.photo import screen
from tintype.photo.read import read


def tones(side=512):
    return transform.resize(color.rgb2gray(data.astronaut()), (side, side))


def halftone(period=6.0, angle=45.0, soft=False):
    """Clustered dots at an angle, as presses print them."""
    grey = tones()
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]]
    a = np.deg2rad(angle)
    u, v = x * np.cos(a) + y * np.sin(a), -x * np.sin(a) + y * np.cos(a)
    cell = (np.cos(2 * np.pi * u / period) + np.cos(2 * np.pi * v / period)) / 4 + 0.5
    if soft:
        return np.rint(np.clip((grey - cell) * 3 + 0.5, 0, 1) * 255).astype(np.uint8)
    return np.where(grey > cell, 255, 0).astype(np.uint8)


def diffused():
    """Floyd and Steinberg's dots, which have no order."""
    from PIL import Image

    whole = Image.fromarray(np.rint(tones() * 255).astype(np.uint8))
    return np.asarray(whole.convert("1").convert("L"))


@pytest.mark.parametrize(("period", "angle"), [(4.0, 45.0), (6.0, 30.0), (9.0, 15.0)])
def test_the_period_of_a_screen_is_found(period, angle):
    found = screen.measured(halftone(period, angle))
    assert found is not None
    assert found.bitonal
    assert found.period == pytest.approx(period, rel=0.1)


def test_a_soft_halftone_is_no_scan_of_one_bit():
    found = screen.measured(halftone(6.0, soft=True))
    assert found is not None
    assert found.period == pytest.approx(6.0, rel=0.1)


def test_dots_without_order_are_found_too():
    found = screen.measured(diffused())
    assert found is not None
    assert found.bitonal


@pytest.mark.parametrize("name", ["camera", "moon", "coins", "page", "brick", "grass", "gravel"])
def test_photographs_textures_and_text_have_no_screen(name):
    assert screen.measured(getattr(data, name)()) is None


def test_a_drawing_in_black_and_white_has_no_screen():
    assert screen.measured(np.where(data.horse(), 255, 0).astype(np.uint8)) is None


def test_descreening_gives_tones_and_colour():
    picture = halftone()
    from tintype import Colorizer

    colorizer = Colorizer()
    assert "--descreen" in colorizer.prepare(picture)[0].notes[0]
    sitting = colorizer.prepare(picture, descreen=True)[0]
    toned = sitting.grey().numpy().reshape(picture.shape) / 255
    assert np.abs(toned - tones()).mean() < 0.1
    assert "turned into tones" in sitting.notes[0]
    plain, made = colorizer(picture), colorizer(picture, descreen=True)
    chroma = [np.hypot(*color.rgb2lab(p)[..., 1:].reshape(-1, 2).T).mean() for p in (plain, made)]
    assert chroma[0] < 1 < chroma[1]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_negative_is_turned(dtype):
    full = np.iinfo(dtype).max
    positive = np.rint(tones(128) * full).astype(dtype)
    turned = tintype.colorize((full - positive).astype(dtype), invert=True)
    # The network's view is resized before it is turned, so the last digit may differ.
    np.testing.assert_allclose(turned.astype(int), tintype.colorize(positive).astype(int), atol=full * 0.02)


@pytest.mark.parametrize("period", [3.0, 4.0, 6.0, 9.0, 12.0])
@pytest.mark.parametrize("soft", [False, True])
def test_a_band_of_a_screen_is_enough_to_look_closer(period, soft):
    assert screen.suspicious(halftone(period, 30.0, soft)[128:256])


@pytest.mark.parametrize("name", ["camera", "moon", "astronaut"])
def test_a_band_of_a_photograph_is_not(name):
    grey = getattr(data, name)()
    grey = grey if grey.ndim == 2 else np.ascontiguousarray(grey[..., 1])
    assert not screen.suspicious(grey[128:256, :512])


def test_a_screen_below_a_plain_sky_is_found():
    dots = halftone(6.0, 30.0, soft=True)
    sky = np.full((400, 512), 250, np.uint8)
    (photo,) = read(pyvips.Image.new_from_array(np.vstack([sky, dots])).pngsave_buffer(), Settings())
    assert screen.screened(photo) is not None


@pytest.mark.parametrize("above", [60, 300, 500])
def test_a_screen_that_one_of_the_bands_may_miss_is_found(above):
    white = np.full((above, 512), 255, np.uint8)
    picture = np.vstack([white, halftone(5.0, 45.0, soft=True), white])
    (photo,) = read(pyvips.Image.new_from_array(picture).pngsave_buffer(), Settings())
    assert screen.screened(photo) is not None


@pytest.mark.parametrize("side", [100, 600])
def test_black_and_white_without_dots_is_said_and_stays_as_it_is(side):
    from tintype.photo.tone import measure

    drawing = np.where(transform.resize(data.horse().astype(float), (side, side)) > 0.5, 255, 0)
    (photo,) = read(pyvips.Image.new_from_array(drawing.astype(np.uint8)).pngsave_buffer(), Settings())
    found = measure(photo, descreen=True)
    assert found.notes == ("it is pure black and white, which holds no colour",)
    assert found.notes[0].code == "stark"
    assert not found.descreened
    (photo,) = read(pyvips.Image.new_from_array(data.page()).pngsave_buffer(), Settings())
    assert not measure(photo).notes


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("plain", [1.0, 0.4])
def test_a_photograph_whose_sky_is_plain_is_looked_at_in_full(suffix, plain, tmp_path):
    """Decoders of every kind give the second band and the part that follows it."""
    pixels = np.full((1080, 1920), 90, np.uint8)
    below = round(1080 * plain)
    pixels[below:] = np.rint(tones(1920)[below:1080] * 200)
    path = tmp_path / f"sky{suffix}"
    pyvips.Image.new_from_array(pixels).write_to_file(str(path))
    assert screen.screened(read(path, Settings())[0]) is None
