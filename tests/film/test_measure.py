"""The measures themselves, on pictures whose answer is known."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from film_clips import pan
from tintype.color.lab import lab_from_srgb
from tintype.film.measure import _divergence, _Meter
from tintype.film.motion import identity

EVERYWHERE = identity(96, 128), np.ones((96, 128), bool)


def measured(frames, truth=None):
    meter = _Meter()
    truth = frames if truth is None else truth
    for number, frame in enumerate(frames):
        meter.take(frame, lab_from_srgb(truth[number])[..., 1:], EVERYWHERE if number else None)
    return meter.result([], 8)


def test_what_stands_still_is_steady_and_true():
    found = measured(pan(count=6, still=True)[:1].repeat(6, axis=0))
    assert (found.cdc, found.warp_error, found.warp_ab, found.ab_rmse) == (0, 0, 0, 0)
    assert found.colorfulness > 10 and found.pulse is None


def test_a_flicker_of_color_alone_shows_in_a_and_b():
    still = pan(count=1)[:1].repeat(6, axis=0)
    flicker = still.copy()
    flicker[1::2, ..., 0] = np.clip(flicker[1::2, ..., 0].astype(int) + 12, 0, 255)
    found = measured(flicker, still)
    assert found.warp_ab > 3 and found.cdc > 0 and 0 < found.ab_rmse < found.warp_ab


def test_divergence_is_that_of_jensen_and_shannon():
    one, other = np.zeros((3, 256), np.float32), np.zeros((3, 256), np.float32)
    one[:, 3], other[:, 9] = 1, 1
    assert _divergence(one, one) == 0
    assert _divergence(one, other) == pytest.approx(np.log(2))
    mixed = (one + other) / 2
    assert _divergence(one, mixed) == pytest.approx(0.2158, abs=1e-3)
