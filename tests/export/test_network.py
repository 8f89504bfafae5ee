"""Networks inside of exported files: fed as their families feed them, and stored small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from export.sheets import session
from network.onnx_models import mixing
from tintype.errors import NetworkError
from tintype.export import network
from tintype.export.values import Sheet
from tintype.network.descriptor import NetworkDescriptor, SizeRule

RANDOM = np.random.default_rng(5)


def test_older_operator_sets_are_raised_and_names_kept_apart(tmp_path: Path):
    onnx.save(mixing(1, 2, shape=["n", 1, "h", "w"]), tmp_path / "net.onnx")
    model = network.opened(tmp_path / "net.onnx")
    assert network.opset(model) == network.OLDEST
    assert model.graph.input[0].name == "network/x"


def test_what_is_no_network_is_an_error_that_names_it(tmp_path: Path):
    (tmp_path / "net.onnx").write_bytes(b"\x0a\x05hello")
    with pytest.raises(NetworkError, match=r"net\.onnx"):
        network.opened(tmp_path / "net.onnx")


def test_inputs_that_nobody_knows_are_refused(tmp_path: Path):
    onnx.save(mixing(1, 2, shape=["n", 1, "h", "w"]), tmp_path / "net.onnx")
    described = NetworkDescriptor(name="odd", family="generic", output="ab", size=SizeRule())
    sheet = Sheet()
    L = sheet.input("L", np.float32, ["h", "w"])
    with pytest.raises(NetworkError, match="odd has an input 'x'"):
        network.ask(sheet, network.opened(tmp_path / "net.onnx"), described, L, None)


@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize(("kind", "shape", "axis"), [("Conv", (64, 96, 1, 1), 0), ("MatMul", (96, 64), 1)])
def test_large_weights_have_a_scale_for_each_output_channel(half, kind, shape, axis):
    scales = np.exp(RANDOM.normal(0, 2, 64)).reshape([64 if i == axis else 1 for i in range(len(shape))])
    weight = (RANDOM.normal(0, 1, shape) * scales).astype(np.float16 if half else np.float32)
    nodes = [helper.make_node(kind, ["x", "w"], ["y"])]
    if half:
        nodes.insert(0, helper.make_node("Cast", ["w.half"], ["w"], to=onnx.TensorProto.FLOAT))
    x = RANDOM.normal(0, 1, (1, 96, 4, 4) if kind == "Conv" else (4, 96)).astype(np.float32)
    value = lambda name: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)  # noqa: E731
    stored = [numpy_helper.from_array(weight, "w.half" if half else "w")]
    model = helper.make_model(
        helper.make_graph(nodes, "g", [value("x")], [value("y")], stored),
        opset_imports=[helper.make_opsetid("", 18)], ir_version=10,
    )  # fmt: skip
    before = session(model).run(None, {"x": x})[0]
    assert network.smaller(model) == 1
    assert len(model.SerializeToString()) < weight.size * 1.3
    after = session(model).run(None, {"x": x})[0]
    channels = np.moveaxis(after - before, 1, 0).reshape(64, -1).std(1)
    assert (channels / np.moveaxis(before, 1, 0).reshape(64, -1).std(1)).max() < 0.05
