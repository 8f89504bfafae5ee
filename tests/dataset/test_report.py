"""The report of a training set: numbers, terms, and names that may hold anything."""

import numpy as np
import pytest
import pyvips

from tintype.dataset.groups import Terms
from tintype.dataset.report import write_report
from tintype.dataset.summary import Summary


@pytest.fixture
def summary():
    rng = np.random.default_rng(0)
    groups = {"<b>box": (3, Terms("the archive", "CC BY", True)), "": (1, Terms())}
    return Summary(
        9, {"grey": 2, "near duplicate": 3}, {"train": 3, "val": 1}, rng.integers(100, 900, (4, 2)),
        rng.random(4) * 40, rng.normal(0, 20, (500, 2)).astype(np.float32), groups,
    )  # fmt: skip


def test_it_says_what_was_dropped_kept_and_under_which_terms(summary, tmp_path):
    write_report(summary, tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "9 photographs found; 4 kept: 3 for train, 1 for val." in page
    assert "<tr><td>near duplicate</td><td>3</td></tr>" in page
    cells = ("&lt;b&gt;box", "3", "75.0%", "the archive", "CC BY", "allowed")
    assert "".join(f"<td>{cell}</td>" for cell in cells) in page
    assert "<td>(none)</td><td>1</td><td>25.0%</td><td>not stated</td>" in page
    assert "not known to be allowed" in page and "<b>box" not in page
    for name in ("sizes.png", "colors.png", "colorfulness.png"):
        assert name in page
        assert pyvips.Image.new_from_file(str(tmp_path / name)).width > 300


def test_where_nothing_was_dropped_it_says_so(summary, tmp_path):
    summary.dropped.clear()
    write_report(summary, tmp_path)
    write_report(summary, tmp_path)  # an earlier one is replaced
    assert "<td>nothing</td><td>0</td>" in (tmp_path / "report.html").read_text("utf-8")
