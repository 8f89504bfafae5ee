"""Hints: followed along the motion, to the ends of their shot, and into the scene."""

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import SMALL, film, grey, needs_ffmpeg, pan, photograph
from tintype.colorizer import Colorizer
from tintype.errors import SettingsError
from tintype.film.camera import Camera
from tintype.film.follow import followed
from tintype.film.job import FilmJob
from tintype.film.options import FilmHint, FilmOptions, Span
from tintype.film.segment import Colors
from tintype.film.source import Decoder, probe
from tintype.film.survey import survey


def colors_of(path):
    info = probe(path)
    plan = survey(info, FilmOptions())
    network = Colorizer(SMALL).networks()[0]
    return Colors(plan, Camera(info, plan.area, network, SMALL), Decoder(info))


@needs_ffmpeg
def test_a_hint_moves_with_what_it_lies_on(tmp_path):
    whole = grey(photograph("astronaut")[None])[0]
    frames = np.stack([whole[4:100, 2 * n : 2 * n + 128] for n in range(20)])  # 2 px a frame to the left
    colors = colors_of(film(tmp_path / "a.mkv", frames))
    found = followed([FilmHint.parse("0.4,70,40=#aa3311")], colors, FilmOptions())
    assert set(found) == set(range(20))
    for index, (hint,) in found.items():
        assert hint.x == pytest.approx(70 - 2 * (index - 10), abs=4)
        assert hint.y == pytest.approx(40, abs=4)
        assert hint.color == (0xAA, 0x33, 0x11)


@needs_ffmpeg
def test_a_hint_holds_for_its_shot_and_for_its_scene_when_asked(tmp_path):
    one, other = (grey(pan(name, count=18, still=True)) for name in ("astronaut", "coffee"))
    colors = colors_of(film(tmp_path / "a.mkv", np.concatenate([one, other, one])))
    assert [s.start for s in colors.plan.shots] == [0, 18, 36]
    hint = FilmHint.parse("0.2,30,20=#aa3311")
    assert set(followed([hint], colors, FilmOptions())) <= set(range(18))
    scene = set(followed([hint], colors, FilmOptions(scene_hints=True)))
    assert {0, 17, 36, 53} <= scene and not scene & set(range(18, 36))


@needs_ffmpeg
def test_hints_are_in_pixels_of_the_film_as_it_is_shown(tmp_path):
    from film_clips import ffmpeg

    flat = film(tmp_path / "flat.mp4", grey(pan(count=4, still=True)))
    ffmpeg("-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90", tmp_path / "a.mp4")
    colors = colors_of(tmp_path / "a.mp4")
    assert colors.decoder.info.upright_size == (128, 96)
    (hint,) = followed([FilmHint.parse("0,20,100=#aa3311")], colors, FilmOptions())[0]
    assert (hint.x, hint.y) == (pytest.approx(20, abs=1), pytest.approx(100, abs=1))
    with pytest.raises(SettingsError, match="96 × 128"):
        followed([FilmHint.parse("0,100,20=#aa3311")], colors, FilmOptions())


@needs_ffmpeg
def test_hints_of_a_part_are_those_of_its_time_in_the_film(tmp_path):
    path = film(tmp_path / "a.mkv", grey(pan(count=30, still=True)))
    hints = tuple(FilmHint.parse(f"{time},30,20=#d02020") for time in ("0.1", "0.9"))
    info = probe(path)
    job = FilmJob(path, tmp_path / "b.mkv", SMALL, FilmOptions(hints=hints), Span(0.8, 0.2))
    assert job._hints(info) == hints[1:]
    plan = survey(info, FilmOptions(), span=(800, 1000))
    network = Colorizer(SMALL).networks()[0]
    colors = Colors(plan, Camera(info, plan.area, network, SMALL), Decoder(info))
    assert plan.frame_at(0.9, info) == 2 and 2 in followed(hints[1:], colors, FilmOptions())
