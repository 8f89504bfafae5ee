"""The report at the end: contact sheets and a table of everything."""

import csv
import re
import sys
from pathlib import Path

import pyarrow.parquet
import pytest

from archive_help import colour_photo
from tintype import Settings
from tintype.archive import album
from tintype.archive.entry import COLUMNS, Entry
from tintype.archive.loop import Step
from tintype.archive.manifest import Manifest
from tintype.archive.origins.folder import Folder
from tintype.archive.places.local import LocalFolder
from tintype.archive.planner import Archive
from tintype.archive.report import Line
from tintype.archive.tally import Tally
from tintype.archive.task import Outcome


@pytest.fixture
def archive(tmp_path):
    colour_photo(tmp_path / "in/bad <b>.png")
    colour_photo(tmp_path / "in/killer.png")
    with Manifest(tmp_path / "out") as manifest:
        for number in range(5):
            colour_photo(tmp_path / f"out/{number}.png")
            name = f"{number}.png"
            values = {"outputs": {name: "hash"}, "confidence": number / 10, "notes": ("a", "b")}
            manifest.add(Entry(name, name, input=f"{9 - number}", status="coloured", **values))
        manifest.plan((n, n, "", "", None) for n in ("bad <b>.png", "killer.png"))
        manifest.failed("bad <b>.png", "bad <b>.png: it is damaged", "Damaged")
        manifest.failed("killer.png", "killer.png: killed", "WorkerDied", state="quarantined")
        yield Archive(Folder(tmp_path / "in"), LocalFolder(tmp_path / "out"), manifest)


def test_the_page_has_its_sheets_and_what_the_run_cost(archive, monkeypatch):
    monkeypatch.setattr(album, "_SHEET", 3)
    tally = Tally(started=0)
    tally.add(Step(1, 7, Line("0.png", Outcome("coloured", seconds=2.0))))
    text = album.page(archive, tally, Settings(warmth=0.3), per_hour=0.5)
    sheets = re.split("<h2>(.*?)</h2>", text)
    parts = zip(sheets[1::2], sheets[2::2], strict=True)
    said = {title: (part.count("<figure>"), part.count("data:image")) for title, part in parts}
    # What took its worker with it is not opened here.
    assert said == {"A random sample": (3, 3), "The least certain": (3, 3), "Failed: Damaged": (1, 1),
                    "Failed: WorkerDied": (1, 0)}  # fmt: skip
    assert re.findall(r">(\d\.png): 0\.", sheets[4]) == ["0.png", "1.png", "2.png"]
    assert "Cost of a million" in text
    assert "warmth = 0.3" in text
    assert "bad &lt;b&gt;.png: it is damaged" in text
    assert "<b>" not in text


def test_tables_say_everything(archive, tmp_path):
    made = album.write(archive, Tally(), Settings())
    assert [name.rpartition(".")[2] for name in made] == ["html", "csv", "parquet"]
    with open(made[1], newline="", encoding="utf-8") as file:  # noqa: PTH123
        rows = {r["source"]: r for r in csv.DictReader(file)}
    assert len(rows) == 7
    assert (rows["1.png"]["confidence"], rows["1.png"]["notes"]) == ("0.1", "a; b")
    assert (rows["killer.png"]["state"], rows["killer.png"]["cause"]) == ("quarantined", "WorkerDied")
    table = pyarrow.parquet.read_table(made[2])
    assert table.column_names == list(COLUMNS)
    assert table.num_rows == 7
    album.write(archive, Tally(), Settings())  # an earlier one is replaced


def test_results_that_are_gone_leave_a_gap_on_the_sheet(archive, tmp_path):
    (tmp_path / "out/0.png").unlink()
    assert album.page(archive, Tally(), Settings()).count("data:image") == 4 + 4 + 1


@pytest.mark.skipif(sys.platform != "linux", reason="names elsewhere are Unicode")
def test_a_name_that_is_no_unicode_is_shown(archive, tmp_path):
    name = "\udcff\u202e<i>.png"
    (tmp_path / "out/0.png").rename(tmp_path / "out" / name)
    archive.manifest.add(Entry(name, name, input="0", status="coloured", outputs={name: "hash"}))
    made = album.write(archive, Tally(), Settings())
    text = Path(made[0]).read_text("utf-8")
    assert text.count("data:image") == 5 + 4 + 1
    assert "<i>" not in text
