"""Colours of a dissolve move on with their pictures while they give way to each other."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from film_clips import grey, photograph
from tintype.film.dissolve import faded
from tintype.film.shot_chroma import Seen


def shot(name, first, count, speed):
    """Frames of a pan with the photograph's own a and b for colours (its grey, shifted, will do)."""
    whole = grey(photograph(name)[None])[0]
    made = []
    for index in range(first, first + count):
        left = speed * index
        small = np.ascontiguousarray(whole[4:100, left : left + 120])
        made.append((Seen(index, small), np.stack([small / 4.0, -small / 4.0], axis=-1).astype(np.float32)))
    return made


def test_colors_go_on_with_the_camera():
    pan = shot("astronaut", 0, 12, 3)
    truth = pan[5:9]
    made = faded([seen for seen, _ in truth], pan[:5], pan[7:12])
    inside = np.s_[10:-10, 16:-16]
    for (_, want), (_, got) in zip(truth[:2], made[:2], strict=True):
        still = np.abs(pan[4][1] - want)[inside].mean()
        assert np.abs(got - want)[inside].mean() < still


def test_colors_of_still_pictures_are_mixed_in_place():
    one, other = shot("astronaut", 0, 5, 0), shot("coffee", 0, 5, 0)
    fading = [seen for seen, _ in one[:3]]
    made = faded(fading, one, other)
    for number, (_, got) in enumerate(made, start=1):
        share = np.float32(number / 4)
        want = one[0][1] + (other[0][1] - one[0][1]) * share
        np.testing.assert_array_equal(got, want)
    (first, *_) = faded(fading, [], other)
    np.testing.assert_array_equal(first[1], other[0][1])
