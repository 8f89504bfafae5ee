"""Whether a network runs, and is what was installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tintype.errors import NetworkError
from tintype.network.importing import import_files
from tintype.network.verify import try_out, verify

pytestmark = pytest.mark.usefixtures("in_process", "home")


def test_verify_sees_a_changed_file(file: Path, home: Path) -> None:
    import_files([file], name="mine")
    installed = home / "mine" / "network.onnx"
    data = bytearray(installed.read_bytes())
    data[len(data) // 2] ^= 1
    installed.write_bytes(data)
    with pytest.raises(NetworkError, match="changed since it was installed"):
        verify("mine")
    (home / "mine" / "installed.json").unlink()
    with pytest.raises(NetworkError, match=r"installed\.json is missing"):
        verify("mine")


def test_what_is_as_it_was_runs(file: Path) -> None:
    import_files([file], name="mine")
    assert "size and sha256 as installed, runs (" in verify("mine")
    assert try_out(file) > 0
