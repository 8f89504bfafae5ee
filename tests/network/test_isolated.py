"""A process of its own: limited in time and memory; its errors are ours."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tintype.errors import DamagedNetwork, NetworkError, NetworkTooSlow
from tintype.network import isolated
from tintype.network.install import try_out
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import find

FILE = Path("net.onnx")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")


def test_gives_the_answer() -> None:
    assert isolated.run(descriptor_of, find("tintype"), file=FILE) == descriptor_of(find("tintype"))
    assert isolated.run(try_out, find("tintype"), file=FILE) > 0


def test_our_errors_come_through_whole(tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"rubbish")
    with pytest.raises(DamagedNetwork, match=r"bad\.onnx") as error:
        isolated.run(descriptor_of, tmp_path / "bad.onnx", file=FILE)
    assert error.value.name == str(tmp_path / "bad.onnx")


def test_other_errors_name_the_file() -> None:
    with pytest.raises(NetworkError, match=r"net\.onnx: ZeroDivisionError: "):
        isolated.run(divmod, 1, 0, file=FILE)
    with pytest.raises(NetworkError, match=r"^mine: ZeroDivisionError: "):
        isolated.run(divmod, 1, 0, file=FILE, name="mine")


def test_time_is_limited() -> None:
    with pytest.raises(NetworkTooSlow, match=r"net\.onnx: it was not done after 1 s.*--time-limit") as error:
        isolated.run(time.sleep, 600, file=FILE, seconds=1)
    assert error.value.seconds == 1


def test_large_files_get_more_time(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(900_000_000)
    assert isolated.time_limit(tmp_path / "large") == pytest.approx(1020)
    assert isolated.time_limit(tmp_path / "missing") == pytest.approx(120)


@linux
def test_memory_is_limited() -> None:
    with pytest.raises(NetworkError, match="not enough memory"):
        isolated.run(np.ones, 10**9, file=FILE, memory=1 << 30)


def test_a_death_is_told_from_an_answer() -> None:
    with pytest.raises(NetworkError, match=r"net\.onnx: its check ended unexpectedly \(exit code 3\)"):
        isolated.run(os._exit, 3, file=FILE)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no signals")
def test_crashes_and_kills_are_said() -> None:
    with pytest.raises(NetworkError, match=r"crashed \(SIGSEGV\)"):
        isolated.run(signal.raise_signal, signal.SIGSEGV, file=FILE)
    with pytest.raises(NetworkError, match="memory ran out"):
        isolated.run(signal.raise_signal, signal.SIGKILL, file=FILE)


def test_what_libraries_print_is_not_the_answer() -> None:
    assert isolated.run(print, "PyTorch greets you", file=FILE) is None


def test_nothing_in_the_folder_it_is_started_in_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert isolated.run(divmod, 7, 2, file=FILE) == (3, 1)
