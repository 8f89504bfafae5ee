"""What is kept out of a training set: numbers worked out by hand."""

import numpy as np
import pytest
import pyvips
from skimage import data

from tintype.dataset.curation import decode, difference_hash, tint
from tintype.metrics import colorfulness


def encode(pixels, suffix=".png", **options):
    return pyvips.Image.new_from_array(pixels, interpretation="srgb").write_to_buffer(suffix, **options)


def sepia(pixels):
    grey = pixels.mean(-1, keepdims=True) / 255
    return (255 * grey ** np.array([0.7, 1.0, 1.5])).astype(np.uint8)


def test_colourfulness_by_hand():
    # Half red (255, 0, 0), half grey: rg is 255 and 0, yb 127.5 and 0.
    half = np.zeros((1, 2, 3), np.uint8)
    half[0, 0, 0] = 255
    expected = np.hypot(127.5, 63.75) + 0.3 * np.hypot(127.5, 63.75)
    assert colorfulness(half) == pytest.approx(expected)
    assert colorfulness(np.full((3, 3, 3), 77, np.uint8)) == 0


def test_tints():
    coffee = data.coffee()[::4, ::4]
    assert tint(coffee) == ""
    assert tint(np.repeat(data.camera()[::8, ::8, None], 3, 2)) == "grey"
    assert tint(sepia(coffee)) == "sepia"
    assert tint(sepia(coffee)[..., ::-1].copy()) == "sepia"  # toned blue


def test_difference_hash_by_hand():
    falling = np.repeat(np.linspace(250, 5, 64).astype(np.uint8)[None, :, None], 64, 0).repeat(3, 2)
    assert difference_hash(falling) == 2**64 - 1
    assert difference_hash(falling[:, ::-1].copy()) == 0


def test_decoding_is_upright_srgb_without_alpha_and_not_a_strip():
    strip = np.zeros((60, 300, 3), np.uint8)
    assert decode(encode(strip), 100).shape == (60, 96, 3)
    turned = pyvips.Image.new_from_array(data.coffee(), interpretation="srgb").copy()
    turned.set_type(pyvips.GValue.gint_type, "orientation", 6)
    assert decode(turned.jpegsave_buffer(), 100).shape == (150, 100, 3)
    clear = np.dstack([np.zeros((50, 50, 3), np.uint8), np.zeros((50, 50), np.uint8)])
    image = pyvips.Image.new_from_array(clear, interpretation="srgb")
    assert decode(image.pngsave_buffer(), 50).min() == 255
