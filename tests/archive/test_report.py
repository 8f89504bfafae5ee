"""The report of a run: counts that add up, and JSON that other programs read."""

import json

import pytest

from tintype import Settings
from tintype.archive.report import Line, Report
from tintype.archive.task import STATUSES, Outcome


@pytest.fixture
def report():
    lines = [
        Line("z.jpg", Outcome("failed", error="z.jpg: damaged")),
        Line(
            "a.jpg",
            Outcome("coloured", input="ab", seconds=1.23456, notes=("n",)),
            ("out/a.jpg",),
        ),
        Line("b.jpg", Outcome("failed", error="b.jpg: empty")),
        Line("c.jpg", Outcome("colour")),
        Line("d.xcf", Outcome("unread")),
    ]
    return Report(Settings(vividness=0.7), ("hash",), lines, seconds=2.00049)


def test_failures_are_sorted_and_what_was_left_is_no_failure(report):
    assert [line.source for line in report.failures] == ["b.jpg", "z.jpg"]
    assert report.left == 2
    assert {s: report.count(s) for s in STATUSES} == {
        "coloured": 1, "done": 0, "colour": 1, "unread": 1, "failed": 2}  # fmt: skip


def test_the_file_says_all_and_replaces_only_a_report(report, tmp_path):
    path = tmp_path / "report.json"
    report.write(path)
    said = json.loads(path.read_text())
    assert said["settings"]["vividness"] == 0.7
    assert (said["seconds"], said["networks"], said["interrupted"]) == (2.0, ["hash"], False)
    assert sum(said["counts"].values()) == len(said["photographs"]) == 5
    assert said["photographs"][1] == {
        "source": "a.jpg", "status": "coloured", "outputs": ["out/a.jpg"], "sha256": "ab",
        "seconds": 1.235, "notes": ["n"], "error": ""}  # fmt: skip
    report.interrupted = True
    report.write(path)
    assert json.loads(path.read_text())["interrupted"] is True
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]
