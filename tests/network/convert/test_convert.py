"""The door of all conversions: by the file's suffix, with what belongs to that kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tintype.errors import NetworkError
from tintype.network.convert import convert
from tintype.network.rule import Rule


def test_a_file_must_be_there_and_of_a_known_kind(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"nothing\.pth: no such file"):
        convert(tmp_path / "nothing.pth")
    for name in ("weights.h5", "weights"):
        (tmp_path / name).write_bytes(b"x")
        with pytest.raises(NetworkError, match=r"can't be imported; give a \.caffemodel, \.pth"):
            convert(tmp_path / name)


def test_companions_belong_to_caffe(tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(b"x")
    for given in ({"prototxt": tmp_path / "p"}, {"centers": tmp_path / "c"}, {"variant": "v2"}):
        with pytest.raises(NetworkError, match=r"belong to a \.caffemodel"):
            convert(tmp_path / "a.pth", **given)


def test_suffixes_are_of_any_case(tmp_path: Path) -> None:
    (tmp_path / "A.ONNX").write_bytes(b"rubbish")
    with pytest.raises(NetworkError, match="not an ONNX file"):
        convert(tmp_path / "A.ONNX", rule=Rule())
