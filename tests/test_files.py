"""Files are written whole or not at all, and what killed processes leave is swept."""

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from tintype import files


def test_sha256_agrees_with_hashlib(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 3_000_000)
    assert files.sha256(path) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    with pytest.raises(FileNotFoundError):
        files.sha256(tmp_path / "none")


def test_home_is_told_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path))
    assert files.home() == tmp_path
    monkeypatch.delenv("TINTYPE_HOME")
    assert files.home().name == "tintype"


def test_an_existing_file_stays_unless_it_may_be_replaced(tmp_path):
    target = tmp_path / "a.txt"
    files.write_text(target, "one", overwrite=False)
    with pytest.raises(FileExistsError) as error:
        files.write_text(target, "two", overwrite=False)
    assert error.value.filename == str(target)
    assert target.read_text() == "one"
    files.write_text(target, "two", overwrite=True)
    assert target.read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        files.write_text(tmp_path / "link", "one", overwrite=False)
    assert not (tmp_path / "elsewhere").exists()


def test_a_failure_inside_leaves_nothing(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), files.replacing(target, overwrite=True) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_that_came_in_the_meantime_is_kept(tmp_path):
    target = tmp_path / "a.txt"
    with pytest.raises(FileExistsError), files.replacing(target, overwrite=False) as temporary:
        temporary.write_text("mine")
        target.write_text("theirs")
    assert target.read_text() == "theirs"


@pytest.mark.parametrize("taken", [False, True])
def test_a_disk_without_links_works_too(monkeypatch, tmp_path, taken):
    def no_links(self, _other):
        if taken:
            self.write_text("theirs")
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    target = tmp_path / "a.txt"
    if taken:
        with pytest.raises(FileExistsError):
            files.write_text(target, "mine", overwrite=False)
        assert target.read_text() == "theirs"
    else:
        files.write_text(target, "mine", overwrite=False)
        assert target.read_text() == "mine"


def test_names_that_are_no_unicode_are_written_as_escapes(tmp_path):
    files.write_text(tmp_path / "a", "caf\udce9", overwrite=False)
    assert (tmp_path / "a").read_bytes() == rb"caf\udce9"


def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path):
    code = "import sys, os, pathlib; from tintype import files\n"
    code += "files.temporary_beside(pathlib.Path(sys.argv[1])).write_text('half'); os._exit(9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    mine = files.temporary_beside(tmp_path)
    mine.write_text("being written")
    other = tmp_path / ".tintype-abcdef-1-00.tmp"  # of another computer
    other.write_text("being written there")
    (tmp_path / "photo.tmp").write_text("the user's")
    assert len(list(tmp_path.iterdir())) == 4
    assert files.sweep(tmp_path) == 1
    assert {p.name for p in tmp_path.iterdir()} == {mine.name, other.name, "photo.tmp"}


def test_discard_deletes_a_link_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "photo.tif").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    files.discard(tmp_path / "link")
    assert [p.name for p in tmp_path.rglob("*")] == ["folder", "photo.tif"]
    files.discard(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []


def test_sweep_deletes_folders_too(tmp_path):
    command = [sys.executable, "-c", "import os; print(os.getpid())"]
    pid = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    own = files.temporary_beside(tmp_path)
    left = own.with_name(own.name.replace(f"-{os.getpid()}-", f"-{pid}-"))
    left.mkdir()
    (left / "half").write_bytes(b"x")
    assert files.sweep(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_held_by_one(tmp_path):
    path = tmp_path / "lock"
    with files.lock(path) as locked:
        assert locked
        code = "import sys, pathlib; from tintype import files\n"
        code += "with files.lock(pathlib.Path(sys.argv[1])): pass"
        command = [sys.executable, "-c", code, str(path)]
        other = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "BlockingIOError" in other.stderr
    with files.lock(path) as locked:
        assert locked


@pytest.mark.parametrize("answer", [NotImplementedError(), OSError(errno.ENOLCK, "No locks available")])
def test_a_disk_without_locks_is_said(monkeypatch, tmp_path, answer):
    def none(_self, **_options):
        raise answer

    monkeypatch.setattr(filelock.FileLock, "acquire", none)
    with files.lock(tmp_path / "lock") as locked:
        assert not locked
