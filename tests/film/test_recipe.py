"""Recipes of films: repeated to the same bytes, refused where something else would come of it."""

import dataclasses
import json

import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import SMALL, film, grey, needs_ffmpeg, pan
from tintype import files
from tintype.errors import FilmChanged, NetworkError, NotReplaceable, SettingsError, TargetExists
from tintype.film import outputs
from tintype.film.job import FilmJob
from tintype.film.options import FilmHint, FilmOptions, Span
from tintype.film.recipe import FilmRecipe

pytestmark = needs_ffmpeg
OPTIONS = FilmOptions(interval=4, crf=10, hints=(FilmHint.parse("0.1,40,30=#aa3311"),))


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "old.mp4", grey(pan(count=10)))


@pytest.fixture(scope="module")
def made(old):
    settings = SMALL.replace(vividness=0.7)
    job = FilmJob(old, old.with_name("new.mp4"), settings, OPTIONS, Span(0.08, 0.2), recipe=True)
    job.run()
    return job.target


def repeated(told, source, target, **changes):
    return FilmJob(source, target, told.recipe.settings, told.options, told.span, repeat=told, **changes)


@pytest.fixture
def told(made):
    return FilmRecipe.read(made.with_name("new.mp4.recipe.json"))


def test_a_recipe_repeats_to_the_same_bytes(old, made, told, tmp_path):
    assert (told.options, told.span, told.recipe.settings.vividness) == (OPTIONS, Span(0.08, 0.2), 0.7)
    assert told.recipe.output_sha256 == files.sha256(made)
    result = repeated(told, old, tmp_path / "again.mp4").run()
    assert (tmp_path / "again.mp4").read_bytes() == made.read_bytes()
    assert any("the same bytes" in note for note in result.notes)


def test_another_film_or_network_is_refused_before_any_work(old, told, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(old.read_bytes() + b"more")
    with pytest.raises(FilmChanged) as found:
        repeated(told, other, tmp_path / "again.mp4").run()
    assert found.value.differs == "source" and "old.mp4" in str(found.value)
    recipe = dataclasses.replace(told.recipe, networks=((SMALL.model, "0" * 64),))
    with pytest.raises(NetworkError, match="other weights"):
        repeated(dataclasses.replace(told, recipe=recipe), old, tmp_path / "again.mp4").run()
    assert [p.name for p in tmp_path.iterdir()] == ["other.mp4"]


def test_what_may_give_other_bytes_is_said(told):
    assert told.differing(told.ffmpeg) == ()
    (one,) = told.differing({"av": "0"})
    assert "FFmpeg" in one
    later = dataclasses.replace(told, options=FilmOptions(codec="h265"))
    assert any("h265" in note for note in later.differing(told.ffmpeg))


def test_a_recipe_in_the_way_is_told_before_any_work(old, tmp_path):
    target, recipe = tmp_path / "new.mp4", tmp_path / "new.mp4.recipe.json"
    job = FilmJob(old, target, SMALL, OPTIONS, recipe=True)
    recipe.write_text('{"tintype_recipe": 1, "of": "something else"}')
    with pytest.raises(TargetExists, match="recipe"):
        job.run()
    recipe.write_text("a shopping list")
    with pytest.raises(NotReplaceable):
        dataclasses.replace(job, overwrite=True).run()
    assert [p.name for p in tmp_path.iterdir()] == [recipe.name]


def test_a_recipe_that_comes_meanwhile_does_not_stop_the_last_step(old, made, tmp_path):
    target, recipe = tmp_path / "new.mp4", tmp_path / "new.mp4.recipe.json"

    def meddle(what, done, total):
        if what == "join":
            recipe.write_text("somebody's own")

    result = FilmJob(old, target, SMALL, OPTIONS, recipe=True).run(meddle)
    assert target.exists() and recipe.read_text() == "somebody's own"
    assert any("new.mp4.2.recipe.json" in note for note in result.notes)
    assert FilmRecipe.read(tmp_path / "new.mp4.2.recipe.json").recipe.output_name == "new.mp4"
    # Its own leftover, of a run that was killed before the film got its name, is written over.
    other = tmp_path / "other.mp4"
    FilmJob(old, other, SMALL, OPTIONS, recipe=True).run()
    leftover = other.with_name("other.mp4.recipe.json").read_text()
    other.unlink()
    other.with_name("other.mp4.recipe.json").unlink()

    def killed(what, done, total):
        if what == "join":
            other.with_name("other.mp4.recipe.json").write_text(leftover)

    FilmJob(old, other, SMALL, OPTIONS, recipe=True).run(killed)
    assert outputs.free_recipe(other).name == "other.mp4.2.recipe.json"


def test_recipes_of_photographs_and_rubbish_are_refused(made, tmp_path):
    values = json.loads(made.with_name("new.mp4.recipe.json").read_text())
    path = tmp_path / "a.recipe.json"
    for spoiled, words in (
        ({k: v for k, v in values.items() if k != "film"}, "photograph"),
        (values | {"span": [1]}, "damaged"),
        (values | {"span": [10**400, 1]}, "damaged"),
        (values | {"film": {"interval": 0}}, "interval"),
        (values | {"film": {"rate": 24}}, "rate is 24, which is no str"),
    ):
        path.write_text(json.dumps(spoiled))
        with pytest.raises(SettingsError, match=words):
            FilmRecipe.read(path)
