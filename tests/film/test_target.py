"""What a film is written as, chosen by the options."""

import dataclasses
from fractions import Fraction

import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import SMALL, film, grey, needs_ffmpeg, pan
from tintype.errors import FilmError
from tintype.film.door import probe
from tintype.film.options import FilmOptions
from tintype.film.target import FilmTarget, FramesTarget, target_of

pytestmark = needs_ffmpeg


@pytest.fixture
def info(tmp_path):
    return probe(film(tmp_path / "a.mp4", grey(pan(count=2))))


def test_frames_are_written_where_a_format_is_named(info, tmp_path):
    made = target_of(tmp_path / "new", info, FilmOptions(frames="png"), SMALL, None, False)
    assert isinstance(made, FramesTarget) and made.suffix == ""
    made = target_of(tmp_path / "new.mp4", info, FilmOptions(codec="prores"), SMALL, None, False)
    assert isinstance(made, FilmTarget) and made.suffix == ".mov"


def test_what_frames_leave_out_is_said(info, tmp_path):
    wide = dataclasses.replace(info, pixel_aspect=Fraction(16, 15))
    options = FilmOptions(frames="png")
    rate, aspect = target_of(tmp_path / "n", wide, options, SMALL, None, False).check(tmp_path / "p")
    assert "25/1" in rate and "16:15" in aspect


def test_names_of_no_film_are_refused_before_any_work(info, tmp_path):
    with pytest.raises(FilmError, match="names no film"):
        target_of(tmp_path / "new.txt", info, FilmOptions(), SMALL, None, False).check(tmp_path / "p")
