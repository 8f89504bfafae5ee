"""Resampling in exported files against the line's own."""

from __future__ import annotations

import numpy as np
import pytest
import pyvips
from skimage import data

from export.sheets import length, run
from tintype.color.resample import Upsampler
from tintype.export.resample import resampled, shrinking
from tintype.photo.resize import resize_exactly

RANDOM = np.random.default_rng(2)


@pytest.mark.parametrize(
    ("source", "target"),
    [((9, 14), (40, 31)), ((64, 88), (8, 11)), ((1, 7), (5, 3)), ((2, 1), (6, 6)), ((5, 5), (5, 5))],
)
def test_maps_are_resampled_as_in_the_line(source, target):
    maps = RANDOM.normal(0, 30, (2, *source)).astype(np.float32)
    made = run(resampled, maps, length(target[0]), length(target[1]))
    np.testing.assert_allclose(made, Upsampler(maps, *target).all(), atol=1e-3)


@pytest.mark.parametrize("target", [(256, 256), (171, 171), (64, 64), (40, 200), (700, 600)])
def test_views_are_those_of_the_line(target):
    grey = data.camera()
    height, width = target
    image = pyvips.Image.new_from_array(grey)
    wanted = resize_exactly(image, width, height).numpy().astype(float)

    def view(picture, h, w):
        sizes = (picture.size(0), picture.size(1))
        down = shrinking(sizes[0], h) @ picture
        kept = down.sheet.least(down.sheet.greatest(down, 0.0), 255.0)
        return kept @ shrinking(sizes[1], w).transpose(1, 0)

    made = run(view, grey.astype(np.float32), length(height), length(width))
    away = np.abs(np.clip(made, 0, 255) - wanted)
    assert away.mean() < 0.5
    assert np.percentile(away, 99.9) < 3


def test_what_is_smaller_than_its_view_is_enlarged():
    made = run(shrinking, length(3), length(7))
    np.testing.assert_allclose(made.sum(1), 1, atol=1e-6)
    assert made.shape == (7, 3)
