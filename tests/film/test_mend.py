"""Lost frames are made of their neighbors, along the motion."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from film_clips import grey, photograph
from tintype.film.mend import between


def panned(count):
    whole = grey(photograph("astronaut")[None])[0]
    return np.stack([whole[4:100, 4 * n : 4 * n + 128] for n in range(count)])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_lost_frame_is_nearer_to_what_it_was_than_its_neighbors(dtype):
    frames = panned(4).astype(dtype) * (4 if dtype == np.uint16 else 1)
    inside = np.s_[12:-12, 20:-20]
    for lost, share in ((1, 1 / 3), (2, 2 / 3)):
        made = between(frames[0], frames[3], share)
        assert made.dtype == dtype
        error = np.abs(made.astype(int) - frames[lost])[inside].mean()
        repeated = np.abs(frames[lost - 1].astype(int) - frames[lost])[inside].mean()
        mixed = frames[0] * (1 - share) + frames[3] * share
        blurred = np.abs(mixed - frames[lost])[inside].mean()
        assert error < 0.5 * repeated and error < 0.5 * blurred


def test_what_stands_still_stays():
    (frame,) = panned(1)
    assert np.abs(between(frame, frame, 0.5).astype(int) - frame).max() <= 1
