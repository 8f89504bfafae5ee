"""What the graph doesn't say is asked for, and what contradicts it is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from network.onnx_models import mixing, refused
from tintype.errors import NetworkError
from tintype.network.convert import convert
from tintype.network.rule import Rule


def test_rules_that_contradict_the_graph(file: Path) -> None:
    made = mixing(3, 3)
    refused(file, made, "input L has 1 channels", Rule(input="L"))
    refused(file, made, "output ab has 2 channels", Rule(output="ab"))
    refused(file, made, "only takes views of 64 px", Rule(size="128"))
    refused(file, mixing(1, 2), "'imagenet' says nothing that can be done to L", Rule(normalize="imagenet"))


def test_what_the_graph_does_not_tell_is_asked_for(file: Path) -> None:
    refused(file, mixing(1, 2), r"normalize: .*none, -50, -50/50, /100.*say it with --normalize … --output …")
    refused(file, mixing(3, 2), r"--normalize … --output …, or in net\.onnx\.json beside it")
    refused(file, mixing(1, 3), r"input: one channel may be L or grey")
    refused(file, mixing(3, 3), r"normalize: .*; output: rgb \(0-1\), rgb\*255")
    tanh = mixing(1, 2, [helper.make_node("Tanh", ["m"], ["y"])])
    refused(file, tanh, r"output: its last steps keep it between -1 and 1: ab/110", Rule(normalize="/100"))
    refused(file, mixing(1, 2), "its values reach 0.24 only", Rule(normalize="/100"))
    convert(file, rule=Rule(normalize="/100", output="ab/110"))


def test_a_network_that_gives_its_picture_back_in_any_numbers_is_not_guessed(file: Path) -> None:
    """Lightness would fit whatever the scale is: nothing is told by it."""
    same = mixing(3, 3)
    same.graph.initializer[0].CopyFrom(
        numpy_helper.from_array(np.eye(3, dtype=np.float32)[:, :, None, None], "w")
    )
    refused(file, same, "normalize: ")
    convert(file, rule=Rule(normalize="*255"))  # one end known, the other follows
    assert convert(file, rule=Rule(normalize="*255")).descriptor.normalize.startswith(
        "input=rgb normalize=*255 size=64,square,fixed output=rgb*255"
    )


def test_networks_that_only_see_squares(file: Path) -> None:
    made = mixing(1, 2, [helper.make_node("Mul", ["m", "v"], ["y"])], shape=[1, 1, "h", "w"])
    made.graph.node.insert(0, helper.make_node("MatMul", ["x", "x"], ["s"]))
    made.graph.node[1].input[0] = "s"
    made.graph.initializer.append(numpy_helper.from_array(np.float32(110), "v"))
    onnx.save(made, file)
    size = convert(file, rule=Rule(normalize="/100")).descriptor.size
    assert (size.default, size.multiple, size.square, size.fixed) == (256, 8, True, False)
    with pytest.raises(NetworkError, match=r"net\.onnx: size .*: it doesn't run at a view of 344×256 px"):
        convert(file, rule=Rule(normalize="/100", output="ab", size="256,multiple=8,square=0"))
