"""The manifest: believed only where it is whole."""

import errno
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import filelock
import pytest

from tintype import PhotoError
from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest


def entry(name="a.jpg", **changes):
    values = {"source": name, "target": name, "input": "1", "settings": "2", "status": "coloured",
              "outputs": {name: "3"}, "program": "0"}  # fmt: skip
    return Entry(**values | changes)


def states(folder):
    with Manifest(folder) as m:
        return {e.source: e.state for e in m.entries()}


def test_what_was_added_is_there_the_next_time(tmp_path):
    with Manifest(tmp_path) as m:
        assert m.get("a.jpg") is None
        m.add(entry())
        m.add(entry("x/ä.png", target="x/ä.png"))
    with Manifest(tmp_path) as m:
        assert m.get("a.jpg") == entry()
        assert {e.source: e.target for e in m.entries()} == {"a.jpg": "a.jpg", "x/ä.png": "x/ä.png"}


def test_a_name_that_is_no_unicode_survives(tmp_path):
    name = "bad\udcff.jpg"
    with Manifest(tmp_path) as m:
        m.add(entry(name))
    with Manifest(tmp_path) as m:
        assert m.get(name) == entry(name)


def test_the_last_word_counts(tmp_path):
    with Manifest(tmp_path) as m:
        m.add(entry())
        m.add(entry(input="new"))
    with Manifest(tmp_path) as m:
        assert m.get("a.jpg").input == "new"


def test_a_second_run_in_the_same_folder_is_refused(tmp_path):
    code = (
        "import sys, pathlib as p, tintype.archive.manifest as m; m.Manifest(p.Path(sys.argv[1])).__enter__()"
    )
    with Manifest(tmp_path):
        argv = [sys.executable, "-c", code, str(tmp_path)]
        second = subprocess.run(argv, capture_output=True, text=True)
    assert second.returncode != 0
    assert "another run is writing there" in second.stderr
    with Manifest(tmp_path):
        pass  # the lock went with its owner


def test_the_stage_is_empty_at_the_start_and_gone_at_the_end(tmp_path):
    left = tmp_path / ".tintype/half-made-1-of-1-0123abcd"
    (left / "7").mkdir(parents=True)
    (left / "7/a.jpg").write_bytes(b"half")
    with Manifest(tmp_path) as m:
        assert list(m.stage.iterdir()) == []
        assert not left.exists()
    assert not m.stage.exists()


@pytest.mark.parametrize("answer", [NotImplementedError(), OSError(errno.ENOLCK, "No locks available")])
def test_a_disk_without_locks_is_written_to_and_it_is_said(tmp_path, monkeypatch, answer):
    def acquire(*_, **__):
        raise answer

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    young, old = (tmp_path / f".tintype/half-made-1-of-1-{n}" for n in ("young", "old"))
    for left in (young, old):
        left.mkdir(parents=True)
    os.utime(old, (0, 0))
    with Manifest(tmp_path) as m:
        assert not m.locked
        m.add(entry())
        # Perhaps somebody else's, at work now: only what is old is surely left over.
        assert young.is_dir()
        assert not old.exists()
    with Manifest(tmp_path) as m:
        assert m.get("a.jpg") == entry()


def test_an_output_that_cannot_be_a_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PhotoError, match="choose another folder"), Manifest(tmp_path / "file"):
        pass


def test_the_states_of_a_photograph_are_told_apart_and_survive(tmp_path):
    with Manifest(tmp_path) as m:
        m.plan((n, n, f"in/{n}", "7", None) for n in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"))
        m.start(["a.jpg", "b.jpg"])
        m.add(entry("a.jpg"))
        m.failed("c.jpg", "c.jpg: it is broken", "Damaged")
        m.failed("d.jpg", "d.jpg: it kills", "WorkerDied", state="quarantined", retries=2)
    expected = {"a.jpg": "done", "b.jpg": "running", "c.jpg": "failed", "d.jpg": "quarantined"}
    assert states(tmp_path) == expected
    with Manifest(tmp_path) as m:
        m.release()
        assert m.counts() == {"done": 1, "planned": 1, "failed": 1, "quarantined": 1}
        assert (m.get("d.jpg").retries, m.get("d.jpg").cause) == (2, "WorkerDied")


def test_what_was_made_stays_known_when_a_later_try_fails(tmp_path):
    with Manifest(tmp_path) as m:
        m.add(entry())
        m.plan([("a.jpg", "a.jpg", "", "", None)])
        m.failed("a.jpg", "no", "OSError")
        known = m.get("a.jpg")
    assert (known.state, known.status, known.outputs) == ("failed", "coloured", {"a.jpg": "3"})


def test_a_run_that_is_killed_leaves_what_it_had_written(tmp_path):
    code = """
import os, signal, sys, pathlib
from tintype.archive.manifest import Manifest
from tintype.archive.entry import Entry
with Manifest(pathlib.Path(sys.argv[1])) as m:
    m.plan((f"{i}", f"{i}", "", "", None) for i in range(3))
    m.add(Entry("0", "0", status="coloured"))
    m.start(["1"])
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert states(tmp_path) == {"0": "done", "1": "running", "2": "planned"}


def test_a_manifest_that_is_none_or_of_a_later_version_is_a_clear_error(tmp_path):
    with Manifest(tmp_path) as m:
        path = m.path
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(PhotoError, match="later version"), Manifest(tmp_path):
        pass
    path.write_bytes(b"no database, surely" * 100)
    with pytest.raises(PhotoError, match="take it away"), Manifest(tmp_path):
        pass
