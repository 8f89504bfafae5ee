"""Places between film, picture and grid: bars, turns, pixels that aren't square."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2")

from film_clips import SMALL
from tintype.colorizer import Colorizer
from tintype.film.camera import GRID, Camera
from tintype.film.info import FilmInfo
from tintype.film.luma import Encoding

INFO = FilmInfo(
    Path("a.mp4"), 320, 200, Fraction(1), 0, Encoding("bt709", False, 8), Fraction(25), Fraction(1, 25), 0,
    False, "x",
)  # fmt: skip
AREA = (20, 30, 280, 140)


def camera(**changes):
    return Camera(dataclasses.replace(INFO, **changes), AREA, Colorizer(SMALL).networks()[0], SMALL)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(4, 3)])
def test_a_place_of_the_film_comes_back_from_the_grid(rotation, aspect):
    seen = camera(rotation=rotation, pixel_aspect=aspect)
    height, width = seen.info.upright_size
    top, left = (height - seen.upright[0]) / 2, (width - seen.upright[1]) / 2
    x, y = width * 0.4, height * 0.7
    back = seen.to_upright(*seen.to_grid(x, y))
    assert back == pytest.approx((x - left, y - top), abs=1.5)


def test_the_grid_has_the_shape_of_the_picture_without_its_bars():
    seen = camera()
    assert seen.grid == (GRID, 2 * GRID) and seen.upright == (140, 280)
    assert camera(rotation=90).upright == (280, 140)
    luma = np.arange(320 * 200, dtype=np.uint32).reshape(200, 320) % 251
    assert seen.inside(luma.astype(np.uint8)).shape == (140, 280)
    assert seen.small(luma.astype(np.uint8)).shape == seen.grid
    assert seen.small((luma * 4).astype(np.uint16)).dtype == np.uint8


def test_what_the_network_says_lies_as_the_film_is_stored():
    whole = np.zeros((200, 320), np.uint8) + 60
    whole[60:100, 40:120] = 190
    plain = camera()
    said = plain.ask(whole)
    assert said.shape[:2] == plain.grid and plain.decode(said).shape == (*plain.grid, 2)
    turned = camera(rotation=180).ask(np.ascontiguousarray(whole[::-1, ::-1]))
    assert np.abs(turned[::-1, ::-1] - said).mean() < np.abs(turned - said).mean()
