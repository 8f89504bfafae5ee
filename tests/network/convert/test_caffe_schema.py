"""Caffe's files are read as its public format says, and refused in words where they don't follow it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tintype.errors import NetworkError
from tintype.network.convert.caffe_schema import message, parse_binary, parse_text, read_blob


def blob(*shape: int, data: bytes, double: bool = False) -> object:
    made = message("BlobProto")()
    made.shape.dim.extend(shape)
    (made.double_data if double else made.data).append(data)
    return made


def test_blobs_of_either_precision_and_either_kind_of_shape() -> None:
    numbers = np.arange(6, dtype="<f4")
    np.testing.assert_array_equal(read_blob(blob(2, 3, data=numbers.tobytes()), "x"), numbers.reshape(2, 3))
    doubles = blob(6, data=numbers.astype("<f8").tobytes(), double=True)
    assert read_blob(doubles, "x").dtype == np.float32
    old = message("BlobProto")(num=1, channels=2, height=3, width=1)
    old.data.append(numbers.tobytes())
    assert read_blob(old, "x").shape == (1, 2, 3, 1)


@pytest.mark.parametrize("shape", [(2, 4), (-2, -3), (2**40, 2**40), (0, 6), (2**32, 2**32, 6)])
def test_a_shape_that_lies_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(NetworkError, match="layer 'c': 6 numbers where its shape"):
        read_blob(blob(*shape, data=bytes(24)), "layer 'c'")


def test_floats_are_read_as_caffe_packs_them(tmp_path: Path) -> None:
    """Declared as bytes, a packed list of floats is read at once: the encoding is the same."""
    net = message("NetParameter")()
    layer = net.layer.add(name="c", type="Convolution")
    made = layer.blobs.add()
    made.shape.dim.append(2)
    made.data.append(np.array([1.5, -2.0], "<f4").tobytes())
    (tmp_path / "a.caffemodel").write_bytes(net.SerializeToString())
    [found] = parse_binary(tmp_path / "a.caffemodel").layer
    assert read_blob(found.blobs[0], "c").tolist() == [1.5, -2.0]


@pytest.mark.parametrize("data", [b"", b"<html>404</html>", b"\x0a\xff\xff\xff\x7f", b"\xff" * 100])
def test_what_is_no_caffemodel(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.caffemodel").write_bytes(data)
    with pytest.raises(NetworkError, match=r"a\.caffemodel"):
        parse_binary(tmp_path / "a.caffemodel")


@pytest.mark.parametrize(
    "text", ["", "layer {", "name: 7 }", "layer { convolution_param { num_output: -1 } }"]
)
def test_what_is_no_prototxt(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.prototxt").write_text(text)
    with pytest.raises(NetworkError, match=r"a\.prototxt"):
        parse_text(tmp_path / "a.prototxt")


def test_missing_files_are_named(tmp_path: Path) -> None:
    for parse in (parse_binary, parse_text):
        with pytest.raises(NetworkError, match=r"nowhere.*No such file"):
            parse(tmp_path / "nowhere")
