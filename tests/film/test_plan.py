"""The first pass: keys, segments, scenes, bars, and what is kept of it."""

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, grey, needs_ffmpeg, pan
from tintype.errors import Cancelled, FilmError
from tintype.film.options import FilmOptions
from tintype.film.plan import Plan, load, save, survey
from tintype.film.shots import Shot
from tintype.film.source import probe


def planned(shots, keys, longest=100):
    count = shots[-1].end
    return Plan(
        pts=np.arange(count, dtype=np.int64) * 40, missing=(), shots=tuple(shots), keys=tuple(keys),
        anchors=(-1,) * len(shots), area=(0, 0, 8, 8), damaged=0, cut_short=False, longest=longest,
    )  # fmt: skip


@pytest.mark.parametrize("longest", [1, 7, 30, 100, 1000])
def test_segments_cover_every_frame_once(longest):
    shots = [Shot(0, 90), Shot(90, 95, 4), Shot(95, 310, 8), Shot(310, 330)]
    plan = planned(shots, [k for s in shots for k in (*range(s.start, s.end - s.dissolve, 8),)], longest)
    segments = plan.segments()
    assert [s.start for s in segments[1:]] == [s.end for s in segments[:-1]]
    assert segments[0].start == 0 and segments[-1].end == 330
    for segment in segments:
        assert segment.first <= segment.start < segment.end
        shot = plan.shot_at(segment.start)
        assert segment.start == shot.start or segment.start in plan.keys or shot.dissolve
        assert segment.end - segment.start <= max(longest, 8) + 16


def test_a_segment_inside_a_shot_warms_up_on_the_keys_before():
    plan = planned([Shot(0, 400)], range(0, 400, 8))
    later = plan.segments()[2]
    assert later.start - later.first == 64


def test_a_frame_is_found_by_its_moment(tmp_path):
    plan = planned([Shot(0, 50)], [0])

    class Info:
        path, time_base, rate, begins = tmp_path, 0.001, 25, 0

    assert [plan.frame_at(t, Info) for t in (0, 0.039, 0.04, 1.0, 1.98)] == [0, 0, 1, 25, 49]
    with pytest.raises(FilmError, match=r"2\.0 s long"):
        plan.frame_at(3, Info)


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
def test_a_plan_is_read_as_it_was_written(tmp_path):
    plan = survey(probe(film(tmp_path / "a.mkv", grey(pan(count=12)))), FilmOptions())
    save(plan, tmp_path, {"settings": 1})
    again, stated = load(tmp_path)
    assert stated == {"settings": 1}
    assert np.array_equal(again.pts, plan.pts)
    assert (again.shots, again.keys, again.area, again.anchors) == (
        plan.shots, plan.keys, plan.area, plan.anchors,
    )  # fmt: skip
    assert again.segments() == plan.segments()
    (tmp_path / "plan.json").write_text("{")
    assert load(tmp_path) is None


@needs_ffmpeg
def test_the_first_pass_can_be_stopped(tmp_path):
    info = probe(film(tmp_path / "a.mkv", grey(pan(count=12))))
    with pytest.raises(Cancelled):
        survey(info, FilmOptions(), progress=lambda count: count < 5)
