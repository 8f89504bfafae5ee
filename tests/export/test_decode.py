"""The choice of colors in exported files against the line's own."""

from __future__ import annotations

import numpy as np
import pytest

from export.sheets import NO_HINTS, length, run
from tintype import steering
from tintype.color import guidance
from tintype.color.bins import srgb_bins
from tintype.color.decode import Vividness
from tintype.export import decode
from tintype.export.decode import Steering
from tintype.settings import Hint, Settings

RANDOM = np.random.default_rng(3)
SIZE = (24, 33)
BINS = srgb_bins()
LOGITS = (RANDOM.normal(0, 2, (len(BINS), *SIZE)) - (BINS**2).sum(1)[:, None, None] / 1500).astype(np.float32)
L = RANDOM.uniform(0, 100, SIZE).astype(np.float32)
AB = RANDOM.uniform(-40, 40, (2, *SIZE)).astype(np.float32)
HINTS = (
    Hint(30.0, 12.5, (200, 30, 40)),
    Hint(65.9, 47.0, (10, 60, 200), radius=9.0),
    Hint(31.0, 13.0, (0, 255, 0)),
)
PHOTO = (48, 66)


def rows(hints: tuple[Hint, ...]) -> np.ndarray:
    return np.array([(h.x, h.y, h.radius, *h.color) for h in hints], np.float32).reshape(-1, 6)


@pytest.mark.parametrize("wanted", [0.0, 0.3, 0.5, 0.8, 1.0])
def test_vividness(wanted):
    knots = Vividness((1.0, 1.0), (0.7, 2.4), (0.4, 2.6))
    made = run(lambda v: decode.vividness(knots, v), np.float32(wanted))
    np.testing.assert_allclose(made, knots.at(wanted), rtol=1e-6)


@pytest.mark.parametrize("wanted", [0.0, 0.5, 1.0])
def test_colors_of_a_distribution(wanted):
    from tintype.network.descriptor import Prediction

    knots = Vividness((1.0, 1.0), (0.7, 2.4), (0.4, 2.6))
    prediction = Prediction(L=L, logits=LOGITS, bins=BINS, vividness=knots)
    expected = steering.candidates(prediction, Settings(vividness=wanted))[0][0]
    flat = LOGITS.reshape(len(BINS), -1)
    made = run(
        lambda z, v, h, w: decode.colors(z, BINS, knots, v, (h, w)),
        flat, np.float32(wanted), length(SIZE[0]), length(SIZE[1]),
    )  # fmt: skip
    np.testing.assert_allclose(made.reshape(2, *SIZE), expected, atol=5e-3)


def test_saturation_and_warmth():
    def steered(ab, lightness, saturation, warmth, hints):
        return decode.steered(ab, lightness, Steering(saturation, saturation, warmth, hints))

    made = run(steered, AB.reshape(2, -1), L.reshape(1, -1), np.float32(1.4), np.float32(-0.6), NO_HINTS)
    wanted = steering.steered(AB, L, Settings(saturation=1.4, warmth=-0.6))
    np.testing.assert_allclose(made.reshape(2, *SIZE), wanted, atol=1e-4)


@pytest.mark.parametrize("hints", [(), HINTS[:1], HINTS])
def test_hints_are_honored(hints):
    def honored(ab, lightness, given, photo, height, width):
        return decode.honor_hints(ab, lightness, given, photo, (height, width))

    made = run(
        honored,
        AB.reshape(2, -1),
        L.reshape(1, -1),
        rows(hints),
        np.float32(PHOTO),
        length(SIZE[0]),
        length(SIZE[1]),
    )
    places, wanted = steering.hinted(hints, PHOTO, SIZE)
    expected = guidance.honor_hints(AB, L, places, wanted)
    np.testing.assert_allclose(made.reshape(2, *SIZE), expected, atol=2e-2)


@pytest.mark.parametrize("hints", [(), HINTS[:1], HINTS])
@pytest.mark.parametrize("view", [(64, 96), (20, 32)])
def test_hints_as_a_network_sees_them(hints, view):
    made = run(
        lambda given, photo, h, w: decode.hint_planes(given, photo, (h, w)),
        rows(hints), np.float32(PHOTO), length(view[0]), length(view[1]),
    )  # fmt: skip
    np.testing.assert_allclose(made, steering.hint_planes(hints, PHOTO, view), atol=2e-3)
