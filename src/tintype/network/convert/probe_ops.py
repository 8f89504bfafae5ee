"""The first and the last steps of an ONNX graph: what it does to its input before, and to its output after,
the network proper. That shows how the network is fed and read.

The steps are found by walking the graph, and measured by running them alone on a few numbers: no operator's
arithmetic is written anew here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tintype.network.graph import Array
from tintype.network.session import open_session

# Each of these is a · x + b as long as everything but x is constant.
_LINEAR = ("Add", "Sub", "Mul", "Div", "Neg")
_MOVES = (
    "Cast", "Identity", "Transpose", "Concat", "Expand", "Tile", "Unsqueeze", "Squeeze", "Reshape", "Flatten",
)  # fmt: skip
_BOUNDS = ("Sigmoid", "Tanh", "Clip", "HardSigmoid")
_FAR = 1e4  # larger than any value in a network, and still a number in float16


@dataclass(frozen=True, slots=True)
class Probed:
    """What some steps do to a number.

    Attributes
    ----------
    low, high : float
        What becomes of 0 and of 1 (of the largest and the smallest number, where `bounded`), means over all
        channels.
    bounded : bool
        Something keeps the values between `low` and `high`.
    """

    low: float = 0.0
    high: float = 1.0
    bounded: bool = False

    @property
    def factor(self) -> float:
        """By how much 1 is enlarged."""
        return self.high - self.low

    @property
    def middle(self) -> float:
        """What becomes 0."""
        return -self.low / self.factor if self.factor else 0.0

    @property
    def plain(self) -> bool:
        """Nothing is done at all."""
        return not self.bounded and abs(self.low) < 1e-6 and abs(self.high - 1) < 1e-6


def probe_input_ops(model: Any, name: str, shape: tuple[int, ...], dtype: Any) -> Probed:
    """What is done to the input `name` (of this shape) before anything that is not linear."""
    graph, fixed = model.graph, _constants(model.graph)
    at = name
    while True:
        users = [n for n in graph.node if at in n.input and n.op_type != "Shape"]
        if len(users) != 1 or not _follows(users[0], at, fixed):
            break
        at = users[0].output[0]
    if at == name:
        return Probed()
    low, high = (_run(model, {name: np.full(shape, v, dtype)}, at) for v in (0, 1))
    return Probed() if low is None or high is None else Probed(float(low.mean()), float(high.mean()))


def probe_output_ops(model: Any, name: str, channels: int) -> Probed:
    """What was done last to the output `name`: linear steps after a bound, or after anything else."""
    graph, fixed = model.graph, _constants(model.graph)
    makers = {output: n for n in graph.node for output in n.output}
    at, bounded = name, False
    while not bounded and (node := makers.get(at)) is not None:
        moving = list(dict.fromkeys(i for i in node.input if i and i not in fixed))
        bounded = node.op_type in _BOUNDS and len(moving) == 1
        if not bounded and (len(moving) != 1 or not _follows(node, moving[0], fixed)):
            break
        at = moving[0]
    if at == name:
        return Probed()
    for shape in ((1, channels, 4, 4), (1, 4, 4, channels)):
        ends = (-_FAR, _FAR) if bounded else (0, 1)
        low, high = (_run(model, {at: np.full(shape, v, np.float32)}, name) for v in ends)
        if low is not None and high is not None:
            return Probed(float(low.mean()), float(high.mean()), bounded)
    return Probed()


def _follows(node: Any, at: str, fixed: set[str]) -> bool:
    others = [i for i in node.input if i and i != at]
    if any(o not in fixed for o in others) or (node.op_type == "Div" and node.input[1] == at):
        return False
    # A concatenation with something else (a mask of zeros) is no plain change of the values.
    return node.op_type in _LINEAR or (node.op_type in _MOVES and (node.op_type != "Concat" or not others))


def _constants(graph: Any) -> set[str]:
    """Values that depend on no input."""
    fixed = {t.name for t in graph.initializer}
    for node in graph.node:
        depends = any(i and i not in fixed for i in node.input) or any(
            a.HasField("g") for a in node.attribute
        )
        if not depends and not node.op_type.startswith("Random"):
            fixed.update(node.output)
    return fixed


def _run(model: Any, feeds: dict[str, Array], output: str) -> Any:
    """One value from others, running only what lies between; None if that can't be run."""
    from onnx import ValueInfoProto, helper

    makers = {o: n for n in model.graph.node for o in n.output}
    wanted, nodes, seen = [output], [], set(feeds)
    while wanted:
        value = wanted.pop()
        if value in seen or not value:
            continue
        seen.add(value)
        if value in makers:
            node = makers[value]
            nodes.append(node)
            wanted += node.input
    order = {id(n): i for i, n in enumerate(model.graph.node)}
    kept = sorted({id(n): n for n in nodes}.values(), key=lambda n: order[id(n)])
    graph = helper.make_graph(
        kept,
        "steps",
        [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
            for name, a in feeds.items()
        ],
        [ValueInfoProto(name=output)],
        [t for t in model.graph.initializer if t.name in seen],
    )
    part = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    try:
        session = open_session(Path("steps"), part.SerializeToString())
        return np.asarray(session.run([output], feeds)[0], dtype=np.float64)
    except Exception:  # ONNX Runtime raises types of its own; then the steps tell nothing
        return None
