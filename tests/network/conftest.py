"""What several tests of networks share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from network.random_caffe import narrowed
from network.tiny_network import write_tiny
from tintype.network import isolated


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Convert and try networks in the test's own process: without a second's start, and open to patches."""
    monkeypatch.setattr(isolated, "run", lambda work, *arguments, **_: work(*arguments))


@pytest.fixture
def narrow_caffe() -> Iterator[None]:
    """Let the network that Caffe's files are published of be a narrow one."""
    with narrowed():
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of installed networks of a user of the test's own; nothing is in it."""
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "networks"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an ONNX file with a descriptor, that of the network that comes with Tintype."""
    return write_tiny(tmp_path / "given.onnx")
