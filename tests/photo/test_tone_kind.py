"""Neutral, toned and coloured photographs are told apart."""

import numpy as np
import pytest
from PIL import Image
from skimage import data
from skimage.color import lab2rgb, rgb2lab

from photo.prints import TONES, as_jpeg, toned
from tintype.photo.read import from_array
from tintype.photo.tone import measure

COLOUR = [data.astronaut, data.coffee, data.chelsea, data.rocket, data.retina]
SCENES = [data.camera, data.moon, data.brick, data.coins, data.page]


@pytest.mark.parametrize("picture", COLOUR, ids=lambda p: p.__name__)
def test_colour_is_colour_even_when_pale(picture):
    pixels = picture()
    assert measure(as_jpeg(pixels)).kind == "color"
    lab = rgb2lab(pixels)
    lab[..., 1:] *= 0.6
    pale = (np.clip(lab2rgb(lab), 0, 1) * 255).astype(np.uint8)
    if picture not in (data.retina, data.rocket):  # nearly of one hue
        assert measure(as_jpeg(pale)).kind == "color"


@pytest.mark.parametrize("scene", SCENES, ids=lambda p: p.__name__)
@pytest.mark.parametrize("kind", TONES)
@pytest.mark.parametrize("wear", [{}, {"stain": 0.4}, {"noise": 3.0}])
def test_a_toned_print_is_not_colour(scene, kind, wear):
    made = toned(scene(), TONES[kind], **wear)
    tone = measure(as_jpeg(made))
    assert tone.kind in (kind, "toned")  # a scene of few tones shows a part of the curve only
    if scene is data.camera:
        assert tone.kind == kind
    assert measure(as_jpeg(made, border=60)).kind != "color"


@pytest.mark.parametrize("scene", SCENES, ids=lambda p: p.__name__)
def test_neutral_scans_are_grey_whatever_the_grain(scene):
    pixels = np.dstack([scene()] * 3).astype(int) + np.random.default_rng(0).integers(
        -4, 5, (*scene().shape, 3)
    )
    assert measure(as_jpeg(np.clip(pixels, 0, 255).astype(np.uint8))).kind == "grey"
    assert measure(from_array(scene())).kind == "grey"


def test_one_small_coloured_thing_is_colour():
    pixels = np.dstack([data.camera()] * 3)
    pixels[200:280, 100:180] = (200, 20, 30)
    assert measure(as_jpeg(pixels)).kind == "color"


def stained(picture, tone, amount, noise=2.0):
    """A toned print with a wide yellow stain, and another that grows towards an edge."""
    rng = np.random.default_rng(3)
    t = picture / 255
    hue, C = tone
    ab = C * (1 - t)[..., None] * np.array([np.cos(np.deg2rad(hue)), np.sin(np.deg2rad(hue))])
    y, x = np.mgrid[: t.shape[0], : t.shape[1]] / max(t.shape)
    stain = np.exp(-((y - 0.3) ** 2 + (x - 0.6) ** 2) / 0.08) + 0.7 * x
    ab += amount * stain[..., None] * np.array([0.25, 0.97])
    rgb = lab2rgb(np.dstack([10 + 80 * t, ab])) * 255 + rng.normal(size=(*t.shape, 3)) * noise
    return np.clip(rgb, 0, 255).round().astype(np.uint8)


@pytest.mark.parametrize("scene", SCENES[:3], ids=lambda p: p.__name__)
@pytest.mark.parametrize("tone", [(330, 8), (300, 6), (350, 12), (0, 0)])
def test_a_stain_that_is_stronger_than_the_tone_is_no_colour(scene, tone):
    picture = np.asarray(Image.fromarray(scene()).resize((384, 384)))
    assert measure(as_jpeg(stained(picture, tone, 7))).kind != "color"


def test_blue_or_red_that_is_as_strong_as_a_stain_is_colour():
    picture = np.asarray(Image.fromarray(data.camera()).resize((384, 384)))
    lab = rgb2lab(stained(picture, (330, 8), 0))
    y, x = np.mgrid[:384, :384] / 384
    for way in ((-0.25, -0.97), (0.97, -0.25), (-0.97, 0.25)):
        moved = lab.copy()
        moved[..., 1:] += 22 * np.exp(-((y - 0.3) ** 2 + (x - 0.6) ** 2) / 0.03)[..., None] * np.array(way)
        pixels = np.clip(lab2rgb(moved) * 255, 0, 255).round().astype(np.uint8)
        assert measure(as_jpeg(pixels)).kind == "color"
