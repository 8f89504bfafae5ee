"""Looking at what a network has learned: figures of pictures whose answer is known."""

import numpy as np
import pytest
from skimage import color, data

from tintype.color.decode import TYPICAL_LOSS
from tintype.training.validation import Validated, chosen, fitted_gain, measure, paint


def seen(share, lost=1.0):
    """A photograph of which a network guessed a share of the chroma."""
    lab = color.rgb2lab(data.astronaut()[:64, :64]).astype(np.float32)
    L, ab = lab[..., 0], np.moveaxis(lab[..., 1:], -1, 0)
    # At the size of the photograph the guess is not made larger, so that the answer is exact.
    guess = ab * np.float32(share)
    return Validated(L, ab, guess, np.full(L.shape, lost, np.float32), guess)


def test_painting_gives_the_photograph_back():
    one = seen(1)
    whole = data.astronaut()[:64, :64].astype(int)
    assert np.abs(one.true() - whole).max() <= 1
    assert np.abs(one.painted() - whole).max() <= 1
    assert np.ptp(one.grey().astype(int), axis=-1).max() <= 1
    assert paint(one.L, one.ab).dtype == np.uint8


def test_photographs_are_spread_over_the_split():
    assert chosen(range(10), 4) == [0, 3, 6, 9]
    assert chosen(range(3), 8) == [0, 1, 2]
    assert chosen([], 8) == []


def test_figures_are_means_and_the_first_eight_are_kept():
    nothing, all_ = seen(0), seen(1)
    found, first = measure(iter([(1.0, nothing), (3.0, nothing)]), 1.0)
    assert (found.loss, len(first)) == (2.0, 2)
    assert found.delta_psnr == pytest.approx(0, abs=1e-6)
    assert found.colorfulness < 0.02
    found, first = measure(((1.0, all_) for _ in range(9)), 1.0)
    assert found.colorfulness == pytest.approx(1, abs=0.02)
    assert found.delta_psnr > 10 and len(first) == 8


def test_a_gain_gives_back_what_the_guess_lacks():
    half = seen(0.5, lost=TYPICAL_LOSS)
    gain = fitted_gain([half])
    assert gain > 1.5
    assert measure(iter([(0.0, half)]), gain)[0].colorfulness == pytest.approx(1, abs=0.03)
    assert 0.25 <= fitted_gain([seen(3.0, lost=TYPICAL_LOSS)]) < 1
