"""Files are whole or not there."""

import pytest

from tintype.training import files
from tintype.training.files import write_atomically


def test_failed_write_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")

    def broken(_):
        raise OSError("disk full")

    monkeypatch.setattr(files.os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(tmp_path / "a", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"
