"""An output replaces nothing but an earlier output of its own kind, and never an input."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive_help import colour_photo, grey_photo
from tintype import NotReplaceable, TargetExists, outputs
from tintype.commands import main
from tintype.outputs import Kind

pytestmark = pytest.mark.usefixtures("small_views")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    """Two photographs, and one of everything that Tintype writes."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        grey_photo(folder / "photo.png")
        run("photo.png", "-o", "result.png", "--recipe", "--confidence", "sure.png", "--compare", "both.png",
            "--report", "report.json")  # fmt: skip
    grey_photo(folder / "other.jpg", shift=3)
    grey_photo(folder / "other.tif", shift=3)
    colour_photo(folder / "reference.png")
    (folder / "hints.json").write_text('[{"x": 3, "y": 4, "color": "#ff0000"}]')
    (folder / "letter.txt").write_text("Dear all,")
    return folder


@pytest.fixture
def here(made_once, tmp_path, monkeypatch):
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


MADE = {
    "result.png": Kind.RESULT,
    "result.png.recipe.json": Kind.RECIPE,
    "sure.png": Kind.CONFIDENCE,
    "both.png": Kind.COMPARISON,
    "report.json": Kind.REPORT,
}
INPUTS = ["photo.png", "other.jpg", "other.tif", "reference.png", "hints.json", "letter.txt"]


def run(*args, code=0):
    result = CliRunner().invoke(main, ["colorize", *args])
    assert result.exit_code == code, result.output
    return result


def contents():
    return {p.name: p.read_bytes() for p in Path().iterdir()}


def test_what_was_made_is_known_again(here):
    assert {name: outputs.kind_of(Path(name)) for name in MADE} == MADE
    for name in INPUTS:
        assert outputs.kind_of(Path(name)) is None
    assert outputs.kind_of(Path("missing.png")) is None
    Path("data.json").write_text('{ "tintype_dataset": 1}')
    assert outputs.kind_of(Path("data.json")) == "tintype_dataset"
    Path("evaluation.json").write_text('{ "tintype_evaluation": 1}')
    Path("evaluation.md").write_text(outputs.headline(Kind.EVALUATION) + "| a | b |")
    for suffix in ("json", "md"):
        assert outputs.kind_of(Path(f"evaluation.{suffix}")) == Kind.EVALUATION


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "avif"])
def test_results_of_every_format_are_known_again(here, suffix):
    run("photo.png", "-o", f"again.{suffix}")
    assert outputs.kind_of(Path(f"again.{suffix}")) == Kind.RESULT


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_pictures_of_every_format_are_known_again(here, suffix):
    run("photo.png", "-o", "x.png", "--compare", f"c.{suffix}", "--confidence", f"s.{suffix}")
    assert outputs.kind_of(Path(f"c.{suffix}")) == Kind.COMPARISON
    assert outputs.kind_of(Path(f"s.{suffix}")) == Kind.CONFIDENCE
    run("photo.png", "-o", "x.png", "--compare", f"c.{suffix}", "--confidence", f"s.{suffix}", "-f")


@pytest.mark.parametrize("kind", Kind)
def test_force_replaces_its_own_kind_only(here, kind):
    for name, found in MADE.items():
        if found == kind:
            assert outputs.check(Path(name), kind, force=True)
            with pytest.raises(TargetExists, match="--force"):
                outputs.check(Path(name), kind, force=False)
        else:
            with pytest.raises(NotReplaceable):
                outputs.check(Path(name), kind, force=True)
    for name in INPUTS:
        with pytest.raises(NotReplaceable):
            outputs.check(Path(name), kind, force=True)
    assert not outputs.check(Path("new.png"), kind, force=True)
    with pytest.raises(NotReplaceable, match="folder"):
        outputs.check(here, kind, force=True)


def test_an_input_stays_under_every_name(here):
    os.link("result.png", "link.png")
    Path("symbolic.png").symlink_to("result.png")
    for name in ("result.png", "./result.png", str(here / "result.png"), "link.png", "symbolic.png"):
        with pytest.raises(NotReplaceable, match="itself"):
            outputs.check(Path(name), Kind.RESULT, force=True, inputs=[Path("result.png")])


OPTIONS = ["-o", "--confidence", "--compare", "--report"]


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize("name", INPUTS)
def test_no_spelling_of_any_option_overwrites_what_is_there(here, option, force, name):
    before = contents()
    for spelled in (name, f"./{name}", f"../{here.name}/{name}"):
        result = CliRunner().invoke(
            main, ["colorize", "photo.png", option, spelled, *force, "--reference", "reference.png",
                   "--hints", "hints.json"])  # fmt: skip
        assert result.exit_code == 1, result.output
        assert len(result.stderr.splitlines()) == 1
    assert contents() == before


@pytest.mark.parametrize("option", OPTIONS[1:])
def test_an_option_s_value_taken_from_the_wrong_place(here, option):
    """As in ``--report grandma.jpg grandpa.jpg``."""
    before = contents()
    run(option, "other.jpg", "photo.png", code=1)
    assert contents() == before


def test_further_files_of_a_result_are_asked_too(here):
    """The second candidate, the second page and the recipe have names that nobody has written."""
    for name in ("out.2.png", "out.png.recipe.json", "out.page2.jpg"):
        Path(name).write_bytes(Path("other.jpg").read_bytes())
    before = contents()
    run("photo.png", "-o", "out.png", "--candidates", "2", "--force", code=1)
    run("photo.png", "-o", "out.png", "--recipe", "--force", code=1)
    pages = _two_pages("pages.tif")
    run(pages, "-o", "out.jpg", "--force", code=1)
    assert {n: b for n, b in contents().items() if n in before} == before


def _two_pages(name):
    from PIL import Image

    first, second = Image.open("other.jpg").convert("L"), Image.open("photo.png").convert("L")
    first.save(name, save_all=True, append_images=[second])
    return name


def test_two_outputs_of_one_name_are_refused(here):
    for name in ("x.png", "./x.png", f"../{here.name}/x.png"):
        run("photo.png", "-o", "x.png", "--compare", name, code=1)
        run("photo.png", "--confidence", "x.png", "--compare", name, code=1)
    assert not Path("x.png").exists()


def test_an_earlier_report_is_replaced_and_nothing_else(here):
    run("photo.png", "-o", "new.png", "--report", "report.json")
    assert json.loads(Path("report.json").read_text())["photographs"][0]["outputs"] == ["new.png"]
    Path("scans").mkdir()
    grey_photo(Path("scans/a.jpg"))
    run("scans", "-o", "out", "--report", "scans/a.jpg", "--jobs", "1", code=1)
    assert not Path("out").exists()


def test_compare_overwrites_no_photograph(here):
    before = contents()
    for name in INPUTS[:4]:
        result = CliRunner().invoke(main, ["compare", "photo.png", "-o", name, "--force"])
        assert result.exit_code == 1, result.output
    assert contents() == before
    for _ in range(2):
        result = CliRunner().invoke(main, ["compare", "photo.png", "-o", "both.png", "--force"])
        assert result.exit_code == 0, result.output


def test_what_can_be_done_about_a_file_in_the_way_is_true(here):
    ours = run("photo.png", "-o", "x.png", "--confidence", "sure.png", code=1).output
    assert "choose another name, or --force replaces it" in ours
    theirs = run("photo.png", "-o", "x.png", "--confidence", "other.jpg", code=1).output
    assert "--force" not in theirs
