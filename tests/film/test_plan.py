"""What the first pass found: segments, moments, and what is kept of it."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, grey, needs_ffmpeg, pan
from tintype.errors import FilmError
from tintype.film.options import FilmOptions
from tintype.film.plan import Plan, load, save
from tintype.film.shots import Shot
from tintype.film.source import probe
from tintype.film.survey import survey
from tintype.notes import Note


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
def test_a_plan_is_read_as_it_was_written(tmp_path):
    plan = survey(probe(film(tmp_path / "a.mkv", grey(pan(count=12)))), FilmOptions())
    plan = replace(plan, notes=(Note("two", "see_through", n=2),))
    save(plan, tmp_path, {"settings": 1})
    again, stated = load(tmp_path)
    assert stated == {"settings": 1}
    assert np.array_equal(again.pts, plan.pts)
    assert (again.shots, again.keys, again.area, again.anchors) == (
        plan.shots, plan.keys, plan.area, plan.anchors,
    )  # fmt: skip
    assert again.segments() == plan.segments()
    assert [(str(n), n.code, n.values) for n in again.notes] == [("two", "see_through", {"n": 2})]
    (tmp_path / "plan.json").write_text("{")
    assert load(tmp_path) is None
