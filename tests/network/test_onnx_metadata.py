"""The descriptor is read from an ONNX file without loading it; what is no network is refused."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from tintype.errors import NetworkError, NoDescriptor
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import find
from tintype.network.runtime import load


def test_reads_what_the_runtime_reads() -> None:
    assert descriptor_of(find("tintype")) == load(find("tintype")).descriptor


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff" * 40, b"not a network at all", b"\x7a\xff\xff\xff\x0f", bytes(10**7), b"\x08" * 10**7],
)
def test_refuses_what_is_no_network(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(data)
    with pytest.raises(NetworkError, match=r"a\.onnx"):
        descriptor_of(tmp_path / "a.onnx")


def test_refuses_a_file_cut_short(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(find("tintype").read_bytes()[:-2000])
    with pytest.raises(NetworkError, match=r"a\.onnx"):
        descriptor_of(tmp_path / "a.onnx")


def test_a_file_of_another_program_has_none(tmp_path: Path) -> None:
    bare = onnx.load(find("tintype"))
    del bare.metadata_props[:]
    onnx.save(bare, tmp_path / "a.onnx")
    with pytest.raises(NoDescriptor, match="models import") as error:
        descriptor_of(tmp_path / "a.onnx")
    assert error.value.path == tmp_path / "a.onnx"


def test_metadata_that_lie_about_their_lengths_are_refused(tmp_path: Path) -> None:
    for entry in (b"\x0a" + b"\xff" * 1_000_000, b"\x0a\x07tint", b"\x08\x01", b"\x0a\xff\xff\x7f"):
        size = len(entry)
        length = bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14]) if size > 127 else bytes([size])
        (tmp_path / "a.onnx").write_bytes(b"\x72" + length + entry)
        with pytest.raises(NetworkError, match=r"a\.onnx"):
            descriptor_of(tmp_path / "a.onnx")
