"""The manifest: believed only where it is whole."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from tintype import PhotoError
from tintype.archive.manifest import Entry, Manifest
from tintype.archive.plan import Shard


def entry(name="a.jpg", **changes):
    values = {"source": name, "target": name, "input": "1", "settings": "2", "status": "coloured",
              "outputs": {name: "3"}, "program": "0"}  # fmt: skip
    return Entry(**values | changes)


def lines(folder):
    return list((folder / ".tintype").glob("*.jsonl"))


def test_what_was_added_is_there_the_next_time(tmp_path):
    with Manifest(tmp_path) as m:
        assert m.get(Path("a.jpg")) is None
        m.add(entry())
        m.add(entry("x/ä.png", target="x/ä.png"))
    with Manifest(tmp_path) as m:
        assert m.get(Path("a.jpg")) == entry()
        assert m.names() == {Path("a.jpg"): Path("a.jpg"), Path("x/ä.png"): Path("x/ä.png")}


def test_a_name_that_is_no_unicode_survives(tmp_path):
    name = "bad\udcff.jpg"
    with Manifest(tmp_path) as m:
        m.add(entry(name))
    with Manifest(tmp_path) as m:
        assert m.get(Path(name)) == entry(name)


def test_the_last_line_counts(tmp_path):
    with Manifest(tmp_path) as m:
        m.add(entry())
        m.add(entry(input="new"))
    with Manifest(tmp_path) as m:
        assert m.get(Path("a.jpg")).input == "new"


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_line_is_passed_over_and_the_next_is_whole(tmp_path, cut):
    with Manifest(tmp_path) as m:
        m.add(entry("a.jpg"))
        m.add(entry("b.jpg"))
    [path] = lines(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])
    with Manifest(tmp_path) as m:
        assert m.get(Path("a.jpg")) == entry("a.jpg")
        # Only the line's end may be missing without harm.
        assert m.get(Path("b.jpg")) == (entry("b.jpg") if cut == 1 else None)
        m.add(entry("c.jpg"))
    with Manifest(tmp_path) as m:
        assert m.get(Path("c.jpg")) == entry("c.jpg")


@pytest.mark.parametrize(
    "junk", [b"[]\n", b'"x"\n', b'{"v": 1}\n', b'{"v": 2, "source": "a.jpg"}\n', b"\xff\n", b"3\n"]
)
def test_lines_that_are_something_else_are_passed_over(tmp_path, junk):
    with Manifest(tmp_path) as m:
        m.add(entry())
    [path] = lines(tmp_path)
    path.write_bytes(junk + path.read_bytes())
    with Manifest(tmp_path) as m:
        assert m.names() == {Path("a.jpg"): Path("a.jpg")}


def test_shards_write_apart_and_read_together(tmp_path):
    with Manifest(tmp_path, Shard(1, 2)) as one, Manifest(tmp_path, Shard(2, 2)) as two:
        one.add(entry("a.jpg"))
        two.add(entry("b.jpg"))
    assert len(lines(tmp_path)) == 2
    with Manifest(tmp_path) as m:
        assert len(m.names()) == 2


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
        assert m.get(Path("a.jpg")) == entry()


def test_an_output_that_cannot_be_a_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PhotoError, match="choose another folder"), Manifest(tmp_path / "file"):
        pass


def test_lines_are_plain_json(tmp_path):
    with Manifest(tmp_path) as m:
        m.add(entry())
    [path] = lines(tmp_path)
    assert json.loads(path.read_text("ascii"))["source"] == "a.jpg"
