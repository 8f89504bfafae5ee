"""Where results lie in tar files, without holding them all."""

import pickle
import tarfile
from contextlib import contextmanager

import pytest

from tintype.archive.places import packed
from tintype.archive.places.packed import Packed


def pack(path, **members):
    with tarfile.open(path, "w") as tar:
        for name, data in members.items():
            (path.parent / "data").write_bytes(data)
            tar.add(path.parent / "data", name)


def test_the_tar_files_are_followed_and_read_once(tmp_path, monkeypatch):
    read = []
    real = packed.in_tar
    monkeypatch.setattr(packed, "in_tar", lambda path: read.append(path.name) or real(path))
    assert Packed(tmp_path / "nowhere").find("a") is None
    assert list(Packed(tmp_path).members()) == []
    assert not list(tmp_path.iterdir())
    pack(tmp_path / "000.tar", a=b"1", b=b"22")
    one = Packed(tmp_path)
    assert one.find("b").read() == b"22"
    assert one.find("c") is None
    # Another process, and what travels to it.
    for other in (Packed(tmp_path), pickle.loads(pickle.dumps(one))):
        assert other.find("a").read() == b"1"
    assert read == ["000.tar"]
    pack(tmp_path / "001.tar", c=b"333")
    assert [(m.name, m.size) for m in one.members()] == [("a", 1), ("b", 2), ("c", 3)]
    assert read == ["000.tar", "001.tar"]
    pack(tmp_path / "000.tar", b=b"4444")
    one.changed()
    assert (one.find("a"), one.find("b").read()) == (None, b"4444")
    assert len(pickle.dumps(one)) < 500
    (tmp_path / "001.tar").unlink()
    assert one.find("c") is None


def test_the_later_of_two_counts_and_a_file_that_is_none_holds_nothing(tmp_path):
    pack(tmp_path / "000.tar", a=b"early")
    pack(tmp_path / "001.tar", a=b"late")
    (tmp_path / "002.tar").write_bytes(b"x" * 600)
    one = Packed(tmp_path)
    assert one.find("a").read() == b"late"
    (tmp_path / "000.tar").touch()
    one.changed()
    assert one.find("a").read() == b"late"


def test_a_list_that_is_damaged_is_an_error_and_a_disk_without_locks_none(tmp_path, monkeypatch):
    pack(tmp_path / "000.tar", a=b"1")

    @contextmanager
    def none(path):
        yield False

    monkeypatch.setattr(packed.files, "lock", none)
    assert Packed(tmp_path).find("a")
    (tmp_path / ".tintype/packed.db").write_bytes(b"no" * 5000)
    with pytest.raises(OSError, match="packed"):
        Packed(tmp_path).find("a")
