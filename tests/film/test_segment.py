"""Frames of a film by their numbers: lost ones made, cuts respected, a changed file refused."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2")

from film_clips import grey, pan
from tintype.errors import FilmChanged
from tintype.film.plan import Plan
from tintype.film.segment import Colors
from tintype.film.shots import Shot


class Info:
    path = Path("a.mp4")


class Reader:
    """Gives frames that are there, from memory; some films can't be entered at any place."""

    info = Info()

    def __init__(self, frames, missing, *, enters=True, late=0):
        self.held = [(n * 40 + late, frame) for n, frame in enumerate(frames) if n not in missing]
        self.enters = enters

    def frames(self, start=None):
        begin = start if self.enters and start is not None else 0
        return iter([f for f in self.held if f[0] >= begin])


def colors(reader, count, missing=(), shots=None):
    shots = shots or (Shot(0, count),)
    plan = Plan(
        np.arange(count) * 40, tuple(missing), tuple(shots), (), (-1,) * len(shots), (0, 0, 128, 96), 0,
        False, 480,
    )  # fmt: skip
    return Colors(plan, None, reader)


FRAMES = grey(pan(count=12))


def test_lost_frames_lie_between_their_neighbors():
    found = list(colors(Reader(FRAMES, {4, 5}), 12, (4, 5)).frames(2, 9))
    assert [f.index for f in found] == list(range(2, 9)) and [f.pts for f in found] == list(
        range(80, 360, 40)
    )
    for frame in found:
        error = np.abs(frame.luma.astype(int) - FRAMES[frame.index]).mean()
        assert (
            error == 0
            if frame.index not in (4, 5)
            else error < np.abs(FRAMES[3].astype(int) - FRAMES[frame.index]).mean()
        )


def test_a_part_that_begins_or_ends_among_lost_frames_has_the_same():
    make = lambda: colors(Reader(FRAMES, {4, 5}), 12, (4, 5))  # noqa: E731
    whole = {f.index: f.luma for f in make().frames(0, 12)}
    for start, stop in ((5, 8), (4, 5), (0, 5), (3, 6)):
        part = list(make().frames(start, stop))
        assert [f.index for f in part] == list(range(start, stop))
        for frame in part:
            np.testing.assert_array_equal(frame.luma, whole[frame.index])


def test_over_a_cut_the_neighbor_of_the_same_shot_is_repeated():
    frames = np.concatenate([FRAMES[:6], grey(pan("coffee", count=6))])
    for cut, source in ((6, 4), (5, 6)):
        found = colors(Reader(frames, {5}), 12, (5,), (Shot(0, cut), Shot(cut, 12)))
        (frame,) = found.frames(5, 6)
        np.testing.assert_array_equal(frame.luma, frames[source])


def test_films_that_can_not_be_entered_are_read_from_their_beginning():
    found = list(colors(Reader(FRAMES, (), enters=False), 12).frames(7, 9))
    assert [f.index for f in found] == [7, 8]
    np.testing.assert_array_equal(found[0].luma, FRAMES[7])


def test_a_film_that_is_another_now_is_refused():
    for reader in (Reader(FRAMES, (), late=7), Reader(FRAMES[:6], ())):
        with pytest.raises(FilmChanged, match=r"a\.mp4"):
            list(colors(reader, 12).frames(5, 9))
