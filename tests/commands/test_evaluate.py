"""The command: a table, files that are whole, and nothing overwritten."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image
from skimage import data

from tintype.commands import main


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    place = tmp_path_factory.mktemp("photos")
    for name in ("chelsea", "coffee"):
        Image.fromarray(getattr(data, name)()[::5, ::5].copy()).save(place / f"{name} <b>.png")
    return place


def run(*args, code=0):
    result = CliRunner().invoke(main, ["evaluate", *map(str, args)])
    assert result.exit_code == code, result.output
    return result


def test_table_json_markdown_and_report(photos, tmp_path):
    out = {k: tmp_path / k for k in ("a.json", "a.md", "report")}
    flags = ["--json", out["a.json"], "--markdown", out["a.md"], "--report", out["report"],
             "--hint-photos", 1, "--report-photos", 1]  # fmt: skip
    made = run("tintype", "grey", photos, *flags)
    mark, _, table = out["a.md"].read_text("utf-8").partition("\n")
    assert (mark[:23], table) == ("<!-- tintype_evaluation", made.stdout)
    assert "| grey | +0.00 |" in made.stdout
    values = json.loads(out["a.json"].read_text("utf-8"))
    assert values["costs"]["tintype"]["predict_ms"] > 0
    page = (out["report"] / "index.html").read_text("utf-8")
    worst = max(values["results"][0]["rows"], key=lambda r: r["numbers"]["ab_rmse"])["name"]
    assert worst.replace("<b>", "&lt;b&gt;") in page
    assert page.count("<section") == 1
    assert "<b>.png" not in page
    shown = sorted(p.name for p in (out["report"] / "photos").iterdir())
    assert len(shown) == 3  # truth, tintype, grey
    assert all(f"photos/{name}" in page for name in shown)
    assert "http" not in page
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(out)  # nothing half written lies about

    assert "exists" in run("grey", photos, "--json", out["a.json"], code=1).stderr
    assert "exists" in run("grey", photos, "--report", out["report"], code=1).stderr
    run("grey", photos, "--report", out["report"], "--no-cost", "--force")
    assert len(list((out["report"] / "photos").iterdir())) == 4  # two photographs, true and grey


def test_force_replaces_reports_only(photos, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    told = run("grey", photos, "--report", tmp_path, "--force", code=1).stderr
    assert "no report" in told
    assert (tmp_path / "mine.txt").read_text() == "mine"
    for option in ("--json", "--markdown"):
        told = run("grey", photos, option, tmp_path / "mine.txt", "--force", code=1).stderr
        assert "no evaluation that Tintype has written" in told
        told = run("grey", photos, option, photos / "chelsea <b>.png", "--force", code=1).stderr
        assert "isn't replaced" in told
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_one_argument_is_not_enough(photos):
    assert "photographs last" in run(photos, code=2).stderr
