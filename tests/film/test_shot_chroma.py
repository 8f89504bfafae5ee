"""Colour carried along motion: with a network that knows the truth, so that what is lost is the carrying."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from skimage import color

from film_clips import grey, pan
from tintype.film.shot_chroma import Seen, ShotChroma


def run(frames, truth, keys, *, wrong=()):
    """Chroma of every frame; the network's answer at `wrong` keys is nonsense."""
    seen = [Seen(i, f) for i, f in enumerate(frames)]

    def ask(one):
        return truth[one.index] if one.index not in wrong else -truth[one.index]

    work = ShotChroma(ask=ask, decode=lambda v: v, keys=frozenset(keys))
    return np.stack([ab for _, ab in work.run(seen)])


@pytest.fixture(scope="module")
def clip():
    rgb = pan(count=25, height=160, width=224)
    return grey(rgb), np.stack([color.rgb2lab(f)[..., 1:] for f in rgb]).astype(np.float32)


def test_carried_color_is_near_the_truth_between_keys(clip):
    frames, truth = clip
    found = run(frames, truth, [0, 8, 16, 24])
    still = np.stack([truth[i // 8 * 8] for i in range(25)])
    gap = np.abs(found - truth).mean(axis=(1, 2, 3))
    assert gap.max() < 3
    assert gap[4] < 0.35 * np.abs(still - truth).mean(axis=(1, 2, 3))[4]


def test_every_frame_comes_once_and_in_order_whatever_the_keys(clip):
    frames, truth = clip
    for keys in ([0], [0, 24], [3, 9], [24], [], range(25)):
        seen = [Seen(i, f, held=str(i)) for i, f in enumerate(frames[:25])]
        work = ShotChroma(ask=lambda s: truth[s.index], decode=lambda v: v, keys=frozenset(keys))
        assert [s.held for s, _ in work.run(seen)] == [str(i) for i in range(25)]


def test_one_wrong_key_is_outvoted():
    rgb = pan(count=33, height=96, width=128, still=True)
    truth = np.stack([color.rgb2lab(f)[..., 1:] for f in rgb]).astype(np.float32)
    found = run(grey(rgb), truth, range(0, 33, 4), wrong=[24])
    usual = np.abs(truth[24]).mean()
    assert np.abs(found[24] - truth[24]).mean() < 0.5 * usual


def test_what_was_hidden_does_not_take_the_color_of_what_hid_it():
    rgb = pan(count=17, height=160, width=224, still=True)
    rgb[:, 80:96] = rgb[:, 60:76]
    for number, frame in enumerate(rgb):
        place = 20 + 8 * number
        frame[80:96, place : place + 20] = (200, 30, 30)
    truth = np.stack([color.rgb2lab(f)[..., 1:] for f in rgb]).astype(np.float32)
    found = run(grey(rgb), truth, [0, 8, 16])
    behind = np.s_[16, 82:94, 22:60]
    assert np.abs(found[behind] - truth[behind]).mean() < 4
