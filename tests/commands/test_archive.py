"""``tintype archive``: once, verifiably, whatever dies."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive_help import colour_photo, grey_photo, tree_of
from tintype.commands import main

SMALL = ("--size", "64")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder ``scans`` with three grey photographs."""
    monkeypatch.chdir(tmp_path)
    for i, name in enumerate(("a.jpg", "deep/b.png", "z.tif")):
        grey_photo(tmp_path / "scans" / name, shift=5 * i)
    return tmp_path


def run(*args, code=0):
    result = CliRunner().invoke(main, ["archive", "--jobs", "1", *SMALL, *map(str, args)])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def rows(folder, columns="source, state"):
    with closing(sqlite3.connect(Path(folder) / ".tintype/manifest-1-of-1.db")) as db:
        return db.execute(f"SELECT {columns} FROM photographs ORDER BY source").fetchall()


def test_an_archive_gives_what_a_folder_run_gives_and_either_goes_on_with_the_other(here):
    run("scans", "one")
    CliRunner().invoke(main, ["colorize", *SMALL, "scans", "-o", "two", "--jobs", "1"])
    assert tree_of("one") == tree_of("two")
    assert "3 done before" in run("scans", "two").stderr
    CliRunner().invoke(main, ["colorize", *SMALL, "scans", "-o", "one", "--jobs", "1", "--report", "r.json"])
    assert json.loads(Path("r.json").read_text())["counts"]["done"] == 3


def test_the_manifest_says_what_was_made_how_and_when(here):
    colour_photo(here / "scans/c.png")
    Path("scans/t.jpg").write_text("hello")
    lines = [json.loads(n) for n in run("scans", "out", "--json", code=1).stdout.splitlines()]
    assert {n["status"] for n in lines} == {"coloured", "colour", "failed"}
    said = {r[0]: r[1:] for r in rows("out", "source, state, status, cause, length(input), networks")}
    assert {n: s[0] for n, s in said.items()} == {
        "a.jpg": "done", "c.png": "done", "deep/b.png": "done", "t.jpg": "failed", "z.tif": "done",
    }  # fmt: skip
    assert said["t.jpg"][2] == "NotAPhotograph"
    assert said["c.png"][1] == "colour"
    assert all(s[3] == 64 and len(s[4]) == 64 for n, s in said.items() if n != "t.jpg")
    assert all(0 <= r[0] <= 1 and r[1] > 0 for r in rows("out", "confidence, seconds")[:1])


def test_what_is_done_is_trusted_and_read_again_when_asked(here):
    run("scans", "out")
    Path("out/a.jpg").write_bytes(b"edited")
    assert "3 done before" in run("scans", "out").stderr
    grey_photo(here / "scans/new.jpg", shift=40)
    assert "1 coloured, 3 done before" in run("scans", "out").stderr
    assert "was not made from this photograph" in run("scans", "out", "--recheck", code=1).stderr


def test_verify_reads_everything(here):
    run("scans", "out")
    assert "3 photographs checked, 0 not" in run("--verify", "out").stderr
    Path("out/a.jpg").write_bytes(b"edited")
    Path("out/z.tif").unlink()
    said = run("--verify", "out", code=1).stderr
    assert "a.jpg: changed" in said
    assert "z.tif: missing" in said
    assert "no manifest" in run("--verify", "scans", code=1).stderr


def test_shards_share_an_archive_and_verify_sees_them_all(here):
    for part in ("1/2", "2/2"):
        run("scans", "out", "--shard", part)
    assert "3 photographs checked, 0 not" in run("--verify", "out").stderr
    assert "3 done before" in run("scans", "out").stderr


@posix
def test_a_photograph_that_kills_its_worker_is_tried_again_and_given_up(here, monkeypatch):
    # The worker dies when it is handed this one, as at a fault of a decoder.
    (here / "sitecustomize.py").write_text(
        "import os, signal\n"
        "import tintype.archive.origins.folder as f\n"
        "real = f.Folder.local\n"
        "def local(self, item, folder):\n"
        "    if item.name == 'deep/b.png' and not os.path.exists('cured'):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(self, item, folder)\n"
        "f.Folder.local = local\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(here), *sys.path]))
    said = run("scans", "out", "--retries", "1", code=1).stderr
    assert "1 given up" in said
    assert "killed" in said
    assert rows("out", "source, state, retries, cause") == [
        ("a.jpg", "done", 0, ""), ("deep/b.png", "quarantined", 1, "WorkerDied"), ("z.tif", "done", 0, ""),
    ]  # fmt: skip
    assert "3 done before" in run("scans", "out").stderr  # given up, and said above
    assert "quarantined: " in run("--verify", "out", code=1).stderr
    Path("cured").touch()
    assert "1 coloured" in run("scans", "out", "--again").stderr


@posix
def test_kill_9_loses_nothing_and_does_nothing_twice(tmp_path):
    photos = 14
    for i in range(photos):
        grey_photo(tmp_path / f"scans/{i:02}.jpg", 400, 400, shift=i)
    command = [sys.executable, "-m", "tintype", "archive", "--size", "128", "scans", "out", "--jobs", "2"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while len(list((tmp_path / "out").glob("*.jpg"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    early = tree_of(tmp_path / "out")
    assert 3 <= len(early) < photos
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert f"{photos - len(early)} coloured" in again.stderr
    late = tree_of(tmp_path / "out")
    assert len(late) == photos
    assert {n: late[n] for n in early} == early
    assert {s for _, s in rows(tmp_path / "out")} == {"done"}
    assert not list((tmp_path / "out").rglob("half-made*"))


def test_what_is_not_understood(here):
    run("scans", code=2)
    run("scans", "out", "--shard", "3/2", code=2)
    assert "of its own" in run("scans", "scans", code=1).stderr
