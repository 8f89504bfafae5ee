"""What is compared before an exported network is written."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from tintype.errors import DamagedNetwork, NetworkError
from tintype.training.parity import compared

BINS = np.array([[0, 0], [10, 20]], np.float32)


class Twice(nn.Module):
    """Two channels: L, and L times a factor."""

    hints, multiple = False, 4

    def forward(self, L):
        return torch.cat([L, 2 * L], 1)


def twice(factor, output="ab"):
    weight = numpy_helper.from_array(np.array([1, factor], np.float32).reshape(2, 1, 1, 1), "weight")
    graph = helper.make_graph(
        [helper.make_node("Conv", ["L", "weight"], [output])],
        "twice",
        [helper.make_tensor_value_info("L", TensorProto.FLOAT, ["n", 1, "h", "w"])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", 2, "h", "w"])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def test_distances_are_those_of_ab():
    view = np.full((6, 9), 10, np.float32)  # cut to 4 × 8
    parity, mean, worst = compared(Twice(), twice(2), twice(2.5), None, [view], 1e-3, Path("a.onnx"))
    assert (parity, mean, worst) == pytest.approx((0, 5, 5))


def test_logits_are_compared_as_colors():
    view = np.full((4, 4), 0.6, np.float32)  # at a temperature of 0.6 odds of 1 : e against 1 : e^1.5
    _, mean, _ = compared(Twice(), twice(2), twice(2.5), BINS, [view], 1e-3, Path("a.onnx"))
    shares = [np.e / (1 + np.e), np.e**1.5 / (1 + np.e**1.5)]
    assert mean == pytest.approx((shares[1] - shares[0]) * np.hypot(10, 20), abs=1e-4)


def test_there_is_a_view_where_none_is_given():
    assert compared(Twice(), twice(2), twice(2), None, [], 1e-3, Path("a.onnx"))[1:] == (0, 0)


def test_what_differs_from_torch_is_named():
    with pytest.raises(NetworkError, match=r"a\.onnx: ONNX Runtime gives"):
        compared(Twice(), twice(3), twice(3), None, [], 1e-3, Path("a.onnx"))


def test_what_is_no_network_is_said():
    with pytest.raises(DamagedNetwork, match=r"a\.onnx"):
        compared(Twice(), b"no", b"no", None, [], 1e-3, Path("a.onnx"))
