"""Negatives are told from photographs, and said; the small network is held to pictures it never saw."""

import numpy as np
import pytest
from skimage import color, data

import tintype
from tintype.photo import negative
from tintype.photo.read import from_array
from tintype.photo.tone import measure

PICTURES = [
    "astronaut",
    "brick",
    "camera",
    "cat",
    "clock",
    "coffee",
    "coins",
    "grass",
    "moon",
    "page",
    "rocket",
    "text",
]


def grey(name):
    picture = getattr(data, name)()
    picture = picture if picture.ndim == 2 else np.rint(color.rgb2gray(picture) * 255)
    return picture.astype(np.uint8)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_no_negatives(name):
    assert not measure(from_array(grey(name))).negative


def test_a_negative_is_told_in_8_and_16_bits():
    turned = 255 - grey("camera")
    assert measure(from_array(turned)).negative
    assert measure(from_array(turned.astype(np.uint16) * 257)).negative


def test_what_is_said_of_a_negative():
    turned = 255 - grey("camera")
    (sitting,) = tintype.Colorizer().prepare(turned)
    (note,) = sitting.notes
    assert (note, note.code) == ("it looks like a negative; --invert turns it", "negative")
    assert not tintype.Colorizer().prepare(turned, invert=True)[0].notes


def test_a_picture_in_color_is_none():
    assert not measure(from_array(255 - data.astronaut())).negative


def test_tiny_pictures_are_not_judged():
    assert not measure(from_array(255 - grey("camera")[:300, :20])).negative


def test_convolutions_are_those_of_torch():
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(1).normal(size=(9, 9, 5)).astype(np.float32)
    w = np.random.default_rng(2).normal(size=(7, 5, 3, 3)).astype(np.float32)
    for stride in (1, 2):
        made = negative._convolved(x, w.transpose(2, 3, 1, 0).reshape(45, 7), stride)
        told = torch.from_numpy(x.transpose(2, 0, 1))[None]
        true = torch.nn.functional.conv2d(told, torch.from_numpy(w), stride=stride, padding=1)
        np.testing.assert_allclose(made.transpose(2, 0, 1), true[0].numpy(), atol=1e-4)
