"""A network that does next to nothing, with the descriptor of the one that comes with Tintype.

For tests of files: where they come from, how they are checked, where they are kept. Opening and asking the
real one costs a second each time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tintype.network.descriptor import KEY
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import embedded


def write_tiny(path: Path) -> Path:
    """Write it: one convolution of a stride of 4, from lightness and hints to logits."""
    descriptor = descriptor_of(embedded()["tintype"])
    bins = len(descriptor.bins)
    weights = np.random.default_rng(0).normal(0, 0.01, (bins, 4, 4, 4)).astype(np.float16)
    nodes = [
        helper.make_node("Cast", ["weights.half"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Concat", ["L", "hints"], ["seen"], axis=1),
        helper.make_node("Conv", ["seen", "weights"], ["logits"], strides=[4, 4]),
    ]

    def value(name: str, channels: int, stride: str = "") -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(
            name, TensorProto.FLOAT, ["n", channels, f"h{stride}", f"w{stride}"]
        )

    inputs, output = [value("L", 1), value("hints", 3)], value("logits", bins, "/4")
    held = [numpy_helper.from_array(weights, "weights.half")]
    graph = helper.make_graph(nodes, "tiny", inputs, [output], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    helper.set_model_props(model, {KEY: descriptor.to_json()})
    onnx.save(model, path)
    return path
