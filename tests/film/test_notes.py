"""Sentences on what was assumed, repaired or left as it is."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tintype.film.folder import FrameFolder
from tintype.film.info import FilmInfo
from tintype.film.luma import Encoding
from tintype.film.notes import notes_of
from tintype.film.options import FilmOptions
from tintype.film.plan import Plan
from tintype.film.shots import Shot

INFO = FilmInfo(
    Path("a.mp4"), 128, 96, Fraction(1), 0, Encoding("bt601", False, 8, True), Fraction(25), Fraction(1, 25),
    10, False, "x",
)  # fmt: skip
PLAN = Plan(np.arange(10), (), (Shot(0, 10),), (0, 9), (-1,), (0, 0, 128, 96), 0, False, 480)


def notes(info=None, plan=None, **options):
    info, plan = dataclasses.replace(INFO, **info or {}), dataclasses.replace(PLAN, **plan or {})
    return notes_of(info, plan, FilmOptions(**options))


def test_a_film_without_anything_odd_has_none():
    assert notes() == ()


@pytest.mark.parametrize(
    ("info", "plan", "words"),
    [
        ({"interlaced": True}, {}, "interlaced"),
        ({"encoding": Encoding("bt601", False, 8, False)}, {}, "bt601 is assumed"),
        ({}, {"missing": (3,), "damaged": 1}, "1 damaged frame is made from its neighbours"),
        ({}, {"missing": (3, 4), "damaged": 1}, "2 damaged frames are"),
        ({}, {"damaged": 2}, "2 packets"),
        ({"folder": FrameFolder(Path("a"), {1: Path("a/1.png")})}, {"damaged": 2}, "2 frames at an end"),
        ({}, {"cut_short": True}, "its first 10 frames"),
        ({"width": 127}, {"area": (0, 0, 127, 96)}, "odd side"),
        ({}, {"area": (0, 10, 128, 70)}, "black bars"),
        ({}, {"notes": ("something seen",)}, "something seen"),
    ],
)
def test_what_is_odd_is_said_once(info, plan, words):
    (said,) = notes(info, plan)
    assert words in said


def test_frames_have_odd_sides_and_whole_pictures_no_fields():
    assert notes({"width": 127}, {"area": (0, 0, 127, 96)}, frames="png") == ()
    assert notes({"interlaced": True}, deinterlace=True) == ()
