"""Colours laid along the edges of the lightness."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from tintype.film.guided import guided

EDGE = 40  # column at which a dark thing ends


def picture(beside=0):
    """A dark thing on white, and its colour, which ends some pixels beside it."""
    seen = np.full((60, 80), 220, np.uint8)
    seen[:, :EDGE] = 60
    ab = np.zeros((60, 80, 2), np.float32)
    ab[:, : EDGE + beside] = (30, -20)
    return ab, seen


@pytest.mark.parametrize("beside", [-1, 1])
def test_colors_that_end_beside_a_thing_come_nearer_to_it(beside):
    ab, seen = picture(beside)
    true, _ = picture()
    made = guided(ab, seen)
    assert made.dtype == np.float32 and made.shape == ab.shape
    assert ((made - true) ** 2).mean() < 0.6 * ((ab - true) ** 2).mean()


def test_an_edge_of_both_stays_sharp():
    ab, seen = picture()
    made = guided(ab, seen)
    assert np.abs(made - ab).max() < 3
    assert np.abs(made[:, EDGE - 1] - made[:, EDGE]).max() > 27


def test_specks_within_a_thing_are_smoothed_and_flat_colors_kept():
    _, seen = picture()
    flat = np.broadcast_to(np.float32([12, 34]), (60, 80, 2))
    assert np.allclose(guided(np.ascontiguousarray(flat), seen), flat, atol=1e-3)
    ab, _ = picture()
    speck = ab.copy()
    speck[30, 20] += 25
    assert np.abs(guided(speck, seen) - ab)[25:36, 15:26].max() < 5
