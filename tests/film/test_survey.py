"""The first pass: keys, scenes and bars."""

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, grey, needs_ffmpeg, pan
from tintype.errors import Cancelled
from tintype.film.options import FilmOptions
from tintype.film.source import probe
from tintype.film.survey import survey


@needs_ffmpeg
def test_shots_that_look_alike_share_an_anchor(tmp_path):
    one, other = grey(pan(count=20)), grey(pan("coffee", count=20))
    cut = film(
        tmp_path / "cuts.mkv", np.concatenate([one, other, one[::-1], other, grey(pan("chelsea", 20))])
    )
    plan = survey(probe(cut), FilmOptions())
    assert [(s.start, s.end) for s in plan.shots] == [(n, n + 20) for n in range(0, 100, 20)]
    a, b, c, d, alone = plan.anchors
    assert a == c > -1 and b == d > -1
    assert a != b and alone == -1
    assert survey(probe(cut), FilmOptions(scenes=False)).anchors == (-1,) * 5


@needs_ffmpeg
def test_keys_are_regular_and_never_a_flash(tmp_path):
    frames = grey(pan(count=40))
    frames[16] = np.clip(frames[16] * 0.1 + 235, 0, 255)
    plan = survey(probe(film(tmp_path / "a.mkv", frames)), FilmOptions(interval=8))
    assert plan.keys[0] == 0 and plan.keys[-1] == 39
    assert 16 not in plan.keys and max(np.diff(plan.keys)) <= 9
    assert len(plan.keys) <= 8


@needs_ffmpeg
@pytest.mark.parametrize("bars", [(12, 84, 0, 128), (0, 96, 16, 112), (10, 86, 14, 114)])
def test_bars_are_found_through_dust(tmp_path, bars):
    top, bottom, left, right = bars
    frames = np.zeros((20, 96, 128), np.uint8)
    frames[:, top:bottom, left:right] = grey(pan(count=20, height=bottom - top, width=right - left))
    frames[::5, 2, 60] = 255
    plan = survey(probe(film(tmp_path / "a.mkv", frames)), FilmOptions())
    assert plan.area == (left, top, right - left, bottom - top)


@needs_ffmpeg
def test_night_is_no_bar(tmp_path):
    plan = survey(probe(film(tmp_path / "a.mkv", np.full((6, 96, 128), 4, np.uint8))), FilmOptions())
    assert plan.area == (0, 0, 128, 96)


@needs_ffmpeg
def test_the_first_pass_can_be_stopped(tmp_path):
    info = probe(film(tmp_path / "a.mkv", grey(pan(count=12))))
    with pytest.raises(Cancelled):
        survey(info, FilmOptions(), progress=lambda count: count < 5)
