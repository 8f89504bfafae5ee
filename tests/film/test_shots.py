"""Where shots begin and end, told from what only looks like it."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from film_clips import grey, pan, photograph
from tintype.film.shots import Watch, unlikeness


def shots(frames):
    watch = Watch()
    for frame in frames:
        watch.see(frame)
    return [(s.start, s.end, s.dissolve) for s in watch.shots()], watch


def noisy(frames, amount=4):
    return np.clip(frames + np.random.default_rng(3).normal(0, amount, frames.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def scenes():
    return [noisy(grey(pan(name, count=20))) for name in ("astronaut", "coffee", "chelsea")]


def test_cuts_are_found_where_they_are(scenes):
    found, _ = shots(np.concatenate(scenes))
    assert found == [(0, 20, 0), (20, 40, 0), (40, 60, 0)]


def test_a_pan_a_zoom_and_a_moving_thing_are_no_cuts():
    fast = grey(pan(count=8, width=128))  # 4 px a frame, the block 15 px the other way
    assert len(shots(noisy(fast))[0]) == 1
    whole = grey(pan(count=1))[0]
    zoomed = [whole[n : 96 - n, n : 128 - n] for n in range(16)]
    import cv2

    assert len(shots([cv2.resize(z, (128, 96)) for z in zoomed])[0]) == 1


@pytest.mark.parametrize("length", [1, 2])
def test_a_flash_is_neither_cut_nor_key(scenes, length):
    frames = scenes[0].copy()
    frames[9 : 9 + length] = np.clip(frames[9 : 9 + length] * 0.1 + 235, 0, 255)
    found, watch = shots(frames)
    assert found == [(0, 20, 0)]
    assert [i for i, flash in enumerate(watch.flashes()) if flash] == list(range(9, 9 + length))


def test_brighter_light_and_a_fade_are_no_cuts(scenes):
    frames = scenes[1].astype(float)
    frames[10:] = frames[10:] * 0.6 + 10
    assert len(shots(frames.astype(np.uint8))[0]) == 1
    fade = (scenes[1] * np.linspace(1, 0.1, 20)[:, None, None]).astype(np.uint8)
    assert len(shots(fade)[0]) == 1


def test_dirt_is_no_cut(scenes):
    frames = scenes[2].copy()
    random = np.random.default_rng(5)
    for frame in frames[::3]:
        for _ in range(12):
            y, x = random.integers(0, 88), random.integers(0, 118)
            frame[y : y + random.integers(2, 7), x : x + random.integers(2, 9)] = random.choice([0, 255])
    assert len(shots(frames)[0]) == 1


@pytest.mark.parametrize("length", [8, 16])
def test_a_dissolve_of_quiet_pictures_joins_two_shots(length):
    one, other = (grey(pan(name, count=24, still=True)).astype(float) for name in ("astronaut", "coffee"))
    share = np.clip((np.arange(48) - 24 + length / 2) / length, 0, 1)[:, None, None]
    mixed = np.concatenate([one, one]) * (1 - share) + np.concatenate([other, other]) * share
    found, _ = shots(noisy(mixed.astype(np.uint8), 2))
    assert len(found) == 2
    (_, end, faded), _ = found
    assert faded >= length // 2 and abs(end - 24 - length // 2) <= 6


def moving_dissolve(length, speeds=(2, 3)):
    """Two pans, the second the other way, with a dissolve from frame 24 on."""
    import cv2

    count, pictures = 48, []
    for name, speed in zip(("astronaut", "coffee"), speeds, strict=True):
        whole = cv2.resize(grey(photograph(name)[None])[0], (192 + 48 * speed, 120))
        lefts = [speed * n for n in range(count)]
        pictures.append(np.stack([whole[8:104, x : x + 128] for x in lefts]))
    one, other = pictures[0].astype(float), pictures[1][::-1].astype(float)
    share = np.clip((np.arange(count) - 24 + 1) / (length + 1), 0, 1)[:, None, None]
    return one * (1 - share) + other * share


@pytest.mark.parametrize("length", [8, 16])
def test_a_dissolve_of_moving_pictures_joins_two_shots(length):
    found, _ = shots(noisy(moving_dissolve(length).astype(np.uint8), 2))
    assert len(found) == 2
    (_, end, faded), _ = found
    assert faded >= length // 2 and abs(end - 24 - length) <= 6


def test_fast_pans_that_leave_everything_behind_are_no_dissolves():
    import cv2

    for name, speed in (("astronaut", 7), ("coffee", 5), ("chelsea", 9)):
        whole = cv2.resize(grey(photograph(name)[None])[0], (128 + 48 * speed, 140))
        frames = np.stack([whole[8:104, speed * n : speed * n + 128] for n in range(48)])
        assert len(shots(noisy(frames, 2))[0]) == 1, name


def test_unlikeness_is_blind_to_brightness_and_contrast(scenes):
    frame = scenes[0][0]
    assert unlikeness(frame, frame * 0.5 + 30) == pytest.approx(0, abs=1e-3)
    assert unlikeness(frame, scenes[1][0]) > 0.5
    black = np.zeros_like(frame)
    assert unlikeness(black, black) == 0 and unlikeness(frame, black) == 1
