"""A converted network is renamed inside and out, and saved whole or not at all."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from tintype import files
from tintype.errors import NetworkError
from tintype.network.converted import Converted
from tintype.network.onnx_metadata import descriptor_of


@pytest.fixture
def converted(file: Path) -> Converted:
    return Converted(onnx.load(file), descriptor_of(file), ("found",))


def test_a_new_name_is_in_the_file_too(converted: Converted, tmp_path: Path) -> None:
    converted.renamed("other").noted("said first").save(tmp_path / "new" / "network.onnx")
    assert descriptor_of(tmp_path / "new" / "network.onnx").name == "other"
    assert converted.noted("said first").notes == ("said first", "found")


def test_a_disk_that_takes_nothing_is_said_and_nothing_is_left(
    converted: Converted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_bytes", full)
    with pytest.raises(NetworkError, match=r"network\.onnx: can't be written: No space left"):
        converted.save(tmp_path / "network.onnx")
    assert not (tmp_path / "network.onnx").exists()


def test_more_than_one_file_can_hold_is_said(converted: Converted, tmp_path: Path) -> None:
    class Huge:
        def SerializeToString(self, **_: object) -> bytes:
            raise ValueError("exceeds maximum protobuf size of 2GB")

    with pytest.raises(NetworkError, match="too large for one ONNX file"):
        Converted(Huge(), converted.descriptor).save(tmp_path / "network.onnx")
