"""ONNX Runtime's own failures become ours, each under its name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import onnxruntime
import pytest

from tintype.errors import DamagedNetwork, DeviceMissing, NetworkError
from tintype.network.registry import find
from tintype.network.session import first_line, open_session, out_of_memory


def test_opens_from_a_file_and_from_memory() -> None:
    file = find("tintype")
    names = [i.name for i in open_session(file).get_inputs()]
    assert (
        names == [i.name for i in open_session(Path("x"), file.read_bytes()).get_inputs()] == ["L", "hints"]
    )


def test_lack_of_memory_is_not_called_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : std::bad_alloc")

    monkeypatch.setattr(onnxruntime, "InferenceSession", fail)
    with pytest.raises(NetworkError, match="not enough memory to open this network") as error:
        open_session(Path("net.onnx"))
    assert not isinstance(error.value, DamagedNetwork)


def test_a_missing_device_says_what_is_there() -> None:
    with pytest.raises(DeviceMissing) as error:
        open_session(find("tintype"), device="directml")
    assert "CPUExecutionProvider" in error.value.available


def test_memory_is_known_by_type_and_by_the_words_of_allocators() -> None:
    assert out_of_memory(MemoryError())
    assert out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"))
    assert not out_of_memory(RuntimeError("memory lane"))


def test_an_error_that_says_nothing_is_named_by_its_type() -> None:
    assert first_line(KeyError()) == "KeyError"
    assert first_line(RuntimeError("\n a\nb")) == "a"


def test_words_of_other_libraries_end_somewhere() -> None:
    assert first_line(ValueError("a\nb")) == "a"
    assert first_line(ValueError("")) == "ValueError"
    assert len(first_line(ValueError("x" * 5000))) < 400


def test_onnx_runtime_is_told_to_send_nothing_home(tmp_path: Path) -> None:
    """Left alone, it keeps a number for the computer in the user's cache, and reports with it."""
    kept = {k: v for k, v in os.environ.items() if k not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    code = (
        "from tintype.network.registry import find; from tintype.network.session import open_session; "
        "open_session(find('tintype')); import os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    asked = kept | {"HOME": str(tmp_path)}
    made = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True)
    assert made.stdout.strip() == "1", made.stderr
    assert list(tmp_path.rglob("*")) == []


def test_nobody_loads_onnx_runtime_behind_that_back() -> None:
    """What is not `session.runtime` asks it first, or imports for types alone."""
    top = Path(__file__).parents[2]
    for path in (
        p for room in ("src", "benchmarks", "scripts", "examples") for p in (top / room).rglob("*.py")
    ):
        told = False
        for line in path.read_text(encoding="utf-8").splitlines():
            told |= "runtime()" in line or "ORT_DISABLE_TELEMETRY" in line or "if TYPE_CHECKING" in line
            assert told or not re.match(r"\s*(import|from) onnxruntime", line), path
