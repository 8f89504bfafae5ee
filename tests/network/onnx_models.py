"""Small ONNX models, made node by node."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tintype.errors import NetworkError
from tintype.network.convert import convert
from tintype.network.rule import Rule

FLOAT = TensorProto.FLOAT


Shape = Sequence[int | str]


def model(
    nodes: Sequence[onnx.NodeProto], inputs: dict[str, Shape], outputs: dict[str, Shape],
    constants: dict[str, np.ndarray] | None = None, kind: int = FLOAT,
) -> onnx.ModelProto:  # fmt: skip
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info(n, kind, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info(n, FLOAT, s) for n, s in outputs.items()],
        [numpy_helper.from_array(v, n) for n, v in (constants or {}).items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def mixing(channels: int, gives: int, last: Sequence[onnx.NodeProto] = (), **how: object) -> onnx.ModelProto:
    """One convolution of 1 × 1, and what comes after it."""
    weight = np.full((gives, channels, 1, 1), 0.3, np.float32)
    nodes = [helper.make_node("Conv", ["x", "w"], ["m" if last else "y"]), *last]
    shape = how.pop("shape", [1, channels, 64, 64])
    return model(nodes, {"x": shape}, {"y": [1, gives, None, None]}, {"w": weight}, **how)


def refused(file: Path, made: onnx.ModelProto, says: str, rule: Rule | None = None) -> None:
    """Check that an ONNX model is refused by the file's name, and with what is said."""
    onnx.save(made, file)
    with pytest.raises(NetworkError, match=rf"net\.onnx.*{says}"):
        convert(file, rule=rule)
