"""The first and last operators of a graph say in which numbers it is fed and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from network.onnx_models import mixing, refused
from tintype.network.convert import convert
from tintype.network.rule import Rule


@pytest.mark.parametrize(
    ("channels", "steps", "fed"),
    [
        (3, [("Sub", 0.5), ("Div", 0.5)], "none"),
        (3, [("Mul", 2.0), ("Sub", 1.0)], "none"),
        (3, [("Sub", 0.45), ("Div", 0.226)], "none"),
        (3, [("Mul", 255.0)], "none"),
        (3, [("Sub", 0.45)], "none"),
        (3, [("Div", 255.0)], "*255"),
        (3, [("Div", 127.5), ("Sub", 1.0)], "*255"),
        (3, [("Sub", 123.0)], "*255"),
        (3, [("Sub", 120.0), ("Mul", 0.0173)], "*255"),
        (3, [("Add", 7.0)], ""),
        (3, [("Mul", 30.0)], ""),
        (1, [("Sub", 50.0)], "none"),
        (1, [("Sub", 50.0), ("Div", 100.0)], "none"),
        (1, [("Div", 50.0), ("Sub", 1.0)], "none"),
        (1, [("Div", 255.0)], ""),
    ],
)
def test_first_steps_tell_the_numbers(
    channels: int, steps: list[tuple[str, float]], fed: str, file: Path
) -> None:
    gives = 3 if channels == 3 else 2
    made = mixing(channels, gives)
    del made.graph.node[:]
    at = "x"
    for i, (kind, value) in enumerate(steps):
        made.graph.initializer.append(numpy_helper.from_array(np.float32(value), f"v{i}"))
        made.graph.node.append(helper.make_node(kind, [at, f"v{i}"], [f"s{i}"]))
        at = f"s{i}"
    made.graph.node.append(helper.make_node("Conv", [at, "w"], ["y"]))
    rule = Rule(output="rgb" if gives == 3 else "ab")
    if fed:
        onnx.save(made, file)
        assert f" normalize={fed} " in convert(file, rule=rule).notes[-1]
    else:
        refused(file, made, "normalize: ", rule)


@pytest.mark.parametrize(
    ("gives", "steps", "read"),
    [
        (2, [("Tanh", None), ("Mul", 110.0)], "ab"),  # siggraph17's own module
        (2, [("Mul", 110.0)], "ab"),
        (2, [("Mul", 128.0)], "ab"),
        (2, [("Sigmoid", None), ("Sub", 0.5), ("Mul", 255.0)], "ab"),
        (2, [("Tanh", None)], ""),
        (2, [("Sigmoid", None)], ""),
        (3, [("Sigmoid", None)], "rgb"),
        (3, [("Sigmoid", None), ("Mul", 255.0)], "rgb*255"),
        (3, [("Tanh", None)], "rgb:signed"),
        (3, [("Tanh", None), ("Add", 1.0), ("Div", 2.0)], "rgb"),
        (3, [("Sigmoid", None), ("Mul", 6.0), ("Sub", 3.0)], "rgb:imagenet"),  # DeOldify's own module
        (3, [("Tanh", None), ("Mul", 7.0)], ""),
    ],
)
def test_last_steps_tell_the_numbers(
    gives: int, steps: list[tuple[str, float | None]], read: str, file: Path
) -> None:
    takes = 1 if gives == 2 else 3
    made = mixing(takes, gives)
    made.graph.node[0].output[0] = at = "m"
    for i, (kind, value) in enumerate(steps):
        made.graph.initializer.append(numpy_helper.from_array(np.float32(value or 0), f"v{i}"))
        to = "y" if i == len(steps) - 1 else f"s{i}"
        made.graph.node.append(helper.make_node(kind, [at] if value is None else [at, f"v{i}"], [to]))
        at = to
    # A scene that comes back black tells nothing by its lightness.
    dark = np.full((gives, takes, 1, 1), -9, np.float32)
    made.graph.initializer[0].CopyFrom(numpy_helper.from_array(dark, "w"))
    rule = Rule(normalize="/100" if gives == 2 else "none")
    if read:
        onnx.save(made, file)
        assert convert(file, rule=rule).notes[-1].endswith(f" output={read}")
    else:
        refused(file, made, "output: ", rule)
