"""``tintype film`` and ``tintype evaluate-film``, as people call them."""

import json

import pytest
from click.testing import CliRunner

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, grey, needs_ffmpeg, pan, planes, times
from tintype.commands import main

pytestmark = needs_ffmpeg
SMALL = ["--size", "64", "--threads", "1", "-q"]


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "old.mp4", grey(pan(count=20)))


def run(*args):
    return CliRunner().invoke(main, [str(a) for a in args])


def test_a_film_gets_its_color_beside_it(old):
    done = run("film", old, "--recipe", *SMALL)
    new = old.with_name("old.color.mp4")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [str(new)]
    assert "bt601" in done.stderr
    assert times(new) == times(old)
    recipe = json.loads(new.with_name("old.color.mp4.recipe.json").read_text())
    assert recipe["settings"]["size"] == 64 and recipe["film"]["interval"] == 8
    again = run("film", old, *SMALL)
    assert again.exit_code == 1 and "exists already" in again.stderr


@pytest.mark.parametrize("name", ["old.avi", "old.webm", "old.gif", "OLD.MPG"])
def test_a_film_of_a_kind_that_is_not_written_becomes_an_mkv(tmp_path, name):
    from tintype.commands.film import _beside
    from tintype.film.options import FilmOptions, Span

    path, span = tmp_path / name, Span(0, 1)
    assert _beside(path, FilmOptions(), None).name == f"{path.stem}.color.mkv"
    assert _beside(path.with_suffix(".MOV"), FilmOptions(), span).name == f"{path.stem}.preview.MOV"


def test_a_recipe_is_repeated_and_fixes_everything(old, tmp_path):
    first = run("film", old, "-o", tmp_path / "a.mp4", "--recipe", "--interval", "4", *SMALL)
    assert first.exit_code == 0, first.output
    recipe = tmp_path / "a.mp4.recipe.json"
    again = run("film", old, "-o", tmp_path / "b.mp4", "--recipe", recipe, "-q")
    assert again.exit_code == 0, again.output
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    for extra in (["--interval", "4"], ["--vividness", "0.5"], ["--frames", "png"]):
        refused = run("film", old, "-o", tmp_path / "c.mp4", "--recipe", recipe, *extra, "-q")
        assert refused.exit_code == 2 and extra[0] in refused.output


def test_a_folder_of_frames_gets_a_folder_beside_it(old, tmp_path):
    made = run("film", old, "--frames", "png", "-o", tmp_path / "frames", "--preview", "0.2s", *SMALL)
    assert made.exit_code == 0, made.output
    done = run("film", tmp_path / "frames", *SMALL)
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "frames.color").iterdir())) == 5
    film_ = run("film", tmp_path / "frames", "--rate", "18", "-o", tmp_path / "new.mkv", *SMALL)
    assert film_.exit_code == 0, film_.output
    assert len(times(tmp_path / "new.mkv")) == 5


def test_a_preview_has_a_name_of_its_own(old):
    done = run("film", old, "--preview", "0.2s@0.4", *SMALL)
    assert done.exit_code == 0, done.output
    assert len(times(old.with_name("old.preview.mp4"))) == 5


def test_hints_of_the_command_and_of_a_file_are_followed(old, tmp_path):
    hints = tmp_path / "hints.json"
    hints.write_text(json.dumps([{"time": "0:00.1", "x": 30, "y": 20, "color": "#20d020"}]))
    done = run(
        "film", old, "-o", tmp_path / "new.mp4", "--hints", hints, "--hint", "0.1,90,20=#20d020", *SMALL
    )
    assert done.exit_code == 0, done.output
    plain = run("film", old, "-o", tmp_path / "plain.mp4", *SMALL)
    assert plain.exit_code == 0
    for place in (slice(12, 18), slice(42, 48)):
        green, usual = (planes(tmp_path / n)[2][2, 8:12, place].mean() for n in ("new.mp4", "plain.mp4"))
        assert green < usual - 4  # Cr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--hint", "soon,3,4=#112233"], "no moment"),
        (["--hint", "1=#112233"], "time,x,y"),
        (["--preview", "0s"], "no length"),
        (["--shard", "3/2"], "I/N"),
        (["--hints", "nowhere.json"], "nowhere.json"),
    ],
)
def test_what_is_not_understood_is_told(old, tmp_path, args, words):
    done = run("film", old, "-o", tmp_path / "new.mp4", *args, *SMALL)
    assert done.exit_code == 2 and words in done.output
    assert not list(tmp_path.iterdir())


def test_hints_outside_the_film_are_refused(old, tmp_path):
    for hint in ("0.1,900,4=#112233", "99,3,4=#112233"):
        done = run("film", old, "-o", tmp_path / "new.mp4", "--hint", hint, *SMALL)
        assert done.exit_code == 1, done.output
        assert "900" in done.stderr or "99" in done.stderr
