"""The hash is of what was read, or an error."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from tintype.errors import NetworkError
from tintype.network.registry import find
from tintype.network.runtime import load
from tintype.network.snapshot import Snapshot


def test_hashes_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"weights")
    assert Snapshot(tmp_path / "a").sha256 == hashlib.sha256(b"weights").hexdigest()


def test_a_changed_and_a_replaced_file_are_noticed(tmp_path: Path) -> None:
    for new in (b"longer weights", b"WEIGHTS"):
        (tmp_path / "a").write_bytes(b"weights")
        seen = Snapshot(tmp_path / "a")
        (tmp_path / "b").write_bytes(new)
        (tmp_path / "b").replace(tmp_path / "a")
        with pytest.raises(NetworkError, match="was changed while it was in use"):
            seen.check()
        with pytest.raises(NetworkError, match="was changed while it was in use"):
            _ = seen.sha256


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"nothing\.pth: can't be read: No such file"):
        Snapshot(tmp_path / "nothing.pth")


def test_a_network_replaced_while_it_runs_has_no_hash(tmp_path: Path) -> None:
    """Else a result would be said to come from weights that had no part in it."""
    file = Path(shutil.copy(find("tintype"), tmp_path / "net.onnx"))
    network = load(file)
    later = file.stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(later, later))
    with pytest.raises(NetworkError, match=r"net\.onnx: was changed while it was in use"):
        _ = network.sha256
