"""Recipes: what is written beside a result makes it again, bit for bit, in another process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive_help import grey_photo, real_grey, tree_of
from tintype import __version__
from tintype.commands import main


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    real_grey("photo.png", "original.png")
    return tmp_path


def small(args):
    """Arguments with a small view, which takes a tenth of the time; a recipe brings its own."""
    return [*(() if args[0] == "--recipe" else ("--size", "64")), *map(str, args)]


def run(*args, code=0):
    result = CliRunner().invoke(main, ["colorize", *small(args)])
    assert result.exit_code == code, result.output
    return result


def process(*args):
    ended = subprocess.run(
        [sys.executable, "-m", "tintype", "colorize", *small(args)], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def edit(path, **changes):
    values = json.loads(Path(path).read_text())
    Path(path).write_text(json.dumps(values | changes))


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_a_recipe_repeats_bit_for_bit_in_another_process(here, suffix):
    run("photo.png", "-o", f"first.{suffix}", "--recipe", "--hint", "60,100=#0040ff", "--warmth", "0.2",
        "--reference", "original.png", "--candidates", "2")  # fmt: skip
    said = process("--recipe", f"first.{suffix}.recipe.json", "photo.png", "-o", f"again.{suffix}")
    assert "differs" not in said.stderr
    for number in ("", ".2"):
        first, again = (Path(f"{n}{number}.{suffix}").read_bytes() for n in ("first", "again"))
        assert first == again


def test_what_a_recipe_says(here):
    run("photo.png", "--recipe", "--hint", "60,100=#0040ff")
    values = json.loads(Path("photo.color.png.recipe.json").read_text())
    assert values["program"] == __version__
    assert [n["name"] for n in values["networks"]] == ["tintype"]
    assert len(values["networks"][0]["sha256"]) == 64
    assert values["settings"]["hints"] == [{"x": 60.0, "y": 100.0, "color": "#0040ff", "radius": 0.0}]
    assert values["input"]["name"] == "photo.png"
    assert values["output"]["name"] == "photo.color.png"


def test_a_repeated_recipe_goes_beside_in_the_same_format(here):
    run("photo.png", "-o", "first.webp", "--recipe")
    run("--recipe", "first.webp.recipe.json", "photo.png")
    assert Path("photo.color.webp").read_bytes() == Path("first.webp").read_bytes()


def test_a_recipe_is_not_replaced_without_force(here):
    Path("photo.color.png.recipe.json").write_text("mine")
    run("photo.png", "--recipe", code=1)
    assert not Path("photo.color.png").exists()
    assert Path("photo.color.png.recipe.json").read_text() == "mine"


def test_another_photograph_is_said(here):
    grey_photo(here / "other.png")
    run("photo.png", "--recipe")
    said = run("--recipe", "photo.color.png.recipe.json", "other.png").stderr
    assert "not the photograph" in said


def test_recipes_of_a_folder_repeat_too(here, one_process):
    for i in range(2):
        grey_photo(here / f"scans/{i}.jpg", shift=i)
    run("scans", "-o", "out", "--recipe", "--jobs", "1")
    assert sorted(tree_of("out")) == ["0.jpg", "0.jpg.recipe.json", "1.jpg", "1.jpg.recipe.json"]
    process("--recipe", "out/1.jpg.recipe.json", "scans/1.jpg", "-o", "again.jpg")
    assert Path("again.jpg").read_bytes() == Path("out/1.jpg").read_bytes()
    run("--recipe", "out/1.jpg.recipe.json", "scans", "-o", "all", "--jobs", "1")
    assert Path("all/0.jpg").read_bytes() == Path("out/0.jpg").read_bytes()


def test_what_does_not_fit_is_refused_in_one_line(here):
    run("photo.png", "--recipe", "--reference", "original.png")
    name = "photo.color.png.recipe.json"
    whole = Path(name).read_text()

    def refused(*more, code=1):
        result = run("--recipe", name, "photo.png", "-o", "x.png", *more, code=code)
        assert not Path("x.png").exists()
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.stderr.splitlines()[-1]

    assert "leave out --vividness" in refused("--vividness", "0.5", code=2)
    edit(name, networks=[{"name": "tintype", "sha256": "0" * 64}])
    assert "other weights" in refused()
    edit(name, networks=[])
    assert "damaged" in refused()
    Path(name).write_text(whole)
    edit(name, tintype_recipe=99)
    assert "version" in refused()
    Path(name).write_text(whole)
    edit(name, settings={"vividness": 7})
    assert name in refused()
    for text in ("{", "[]", "{}", '{"tintype_recipe": 1}'):
        Path(name).write_text(text)
        assert name in refused()
    Path(name).unlink()
    assert name in refused()
    Path(name).write_text(whole)
    Path("original.png").write_bytes(Path("photo.png").read_bytes())
    assert "original.png" in refused()
