"""Lightness, Lab and the gamut step of exported files against the NumPy line."""

from __future__ import annotations

import numpy as np
import pytest

from export.sheets import run
from tintype.color import gamut, lab
from tintype.export import color
from tintype.export.color import Pixels

RANDOM = np.random.default_rng(1)


@pytest.mark.parametrize("reach", [5, 120])
def test_the_gamut_step_is_that_of_the_line(reach):
    L = RANDOM.uniform(0, 100, 20_000).astype(np.float32)
    a, b = RANDOM.uniform(-reach, reach, (2, 20_000)).astype(np.float32)
    fy = (L + np.float32(16)) / np.float32(116)
    made = run(color.fit, fy, lab.ratio_from_f(fy.copy()), a, b)
    for got, wanted in zip(made, gamut.fit(L, a, b), strict=True):
        np.testing.assert_allclose(got, wanted, atol=2e-4)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_painting_is_that_of_the_line(dtype):
    white = np.iinfo(dtype).max
    grey = RANDOM.integers(0, white + 1, (40, 50)).astype(dtype)
    ab = RANDOM.uniform(-90, 90, (2, 40, 50)).astype(np.float32)
    ab[:, :3] = 0
    pixels = Pixels(np.dtype(dtype))
    made = run(lambda g, a, b: color.paint(pixels, g.to(np.float32), a, b), grey.ravel(), *ab.reshape(2, -1))
    got = np.stack(made, axis=-1).reshape(40, 50, 3)
    wanted = gamut.paint_rows(grey, ab)
    assert got.dtype == grey.dtype
    # Of 16 bits a code is 1/257 of one of 8; near black the power's last bits show.
    assert np.abs(got.astype(int) - wanted).max() <= (1 if white == 255 else 24)
    np.testing.assert_array_equal(got[:3], np.repeat(grey[:3, :, None], 3, axis=2))


def test_floats_give_the_same_lightness_as_codes():
    codes = np.arange(256, dtype=np.uint8)
    made = run(Pixels(np.dtype("float32")).lightness, codes / np.float32(255))
    np.testing.assert_allclose(made, lab.L_from_grey(codes), atol=1e-3)


def test_chroma_of_colors():
    rgb = RANDOM.integers(0, 256, (500, 3)).astype(np.uint8)
    made = run(color.ab_from_codes, rgb.astype(np.float32))
    np.testing.assert_allclose(made, lab.lab_from_srgb(rgb)[:, 1:], atol=2e-3)
