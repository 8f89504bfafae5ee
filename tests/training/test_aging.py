"""Old film: what each kind of ageing does to a picture, and that numbers drawn decide it."""

import numpy as np
import pytest
from skimage import data

from tintype.color.lab import lab_from_srgb, linear_from_srgb
from tintype.training.aging import (
    aged,
    blurred,
    emulsion,
    grained,
    scratched,
    through_emulsion,
    through_jpeg,
)
from tintype.training.recipe import Film

PHOTO = data.astronaut()[:96, 180:276]
L = lab_from_srgb(PHOTO)[..., 0]
LINEAR = linear_from_srgb(PHOTO.astype(np.float32) / 255)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_nothing_happens_to_the_share_that_stays_as_it_is():
    assert aged(L, LINEAR, Film(share=0.0), rng()) is L


@pytest.mark.parametrize("kind", ["spectral", "gamma", "fade", "blur", "grain", "scratches", "jpeg"])
def test_every_kind_changes_the_picture_within_range_and_leaves_the_original(kind):
    none = dict.fromkeys(("spectral", "gamma", "fade", "blur", "grain", "scratches", "jpeg"), 0.0)
    before = L.copy()
    for seed in range(6):
        out = aged(L, LINEAR, Film(share=1.0, **(none | {kind: 1.0})), rng(seed))
        assert out.dtype == np.float32
        assert out.shape == L.shape
        assert out.min() >= 0
        assert out.max() <= 100
        assert not np.array_equal(out, L)
        assert np.array_equal(out, aged(L, LINEAR, Film(share=1.0, **(none | {kind: 1.0})), rng(seed)))
    assert np.array_equal(L, before)


def test_emulsions_see_what_theirs_saw():
    assert through_emulsion(np.ones((1, 1, 3), np.float32), 0.2, 0.5, 0.3) == pytest.approx(100, abs=1e-3)
    red = np.array([[[1, 0, 0]]], np.float32)
    assert through_emulsion(red, 0.0, 0.2, 0.8) == pytest.approx(0, abs=1e-3)  # blind to red
    drawn = np.array([emulsion(rng(s)) for s in range(300)])
    np.testing.assert_allclose(drawn.sum(1), 1, rtol=1e-6)
    blind = (drawn[:, 0] < 0.12).mean()
    assert 0.5 < blind < 0.8
    true = through_emulsion(LINEAR, 0.212671, 0.715160, 0.072169)
    assert np.abs(true - L).max() < 0.1


def test_blur_keeps_the_mean_and_takes_detail():
    x = rng().random((40, 50), np.float32)
    soft = blurred(x, 1.0)
    assert soft.shape == x.shape
    assert soft.mean() == pytest.approx(x.mean(), abs=0.01)
    assert soft.std() < 0.5 * x.std()
    np.testing.assert_allclose(blurred(np.full((8, 8), 0.3, np.float32), 0.7), 0.3, rtol=1e-6)


def test_grain_has_the_strength_asked_for():
    flat = np.full((200, 200), 0.5, np.float32)
    for seed in range(4):
        assert 0.015 < (grained(flat, 0.02, rng(seed)) - flat).std() < 0.025


def test_scratches_are_few_and_thin():
    flat = np.full((100, 100), 0.5, np.float32)
    for seed in range(10):
        assert (scratched(flat, rng(seed)) != flat).mean() < 0.08
    assert (flat == 0.5).all()


def test_jpeg_comes_back_as_nearly_the_same_lightness():
    x = (L / 100).astype(np.float32)
    fine, coarse = (np.abs(through_jpeg(x, q) - x).mean() for q in (98, 30))
    assert fine < 0.004
    assert fine < coarse < 0.03
