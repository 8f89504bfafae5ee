"""Writes a rule into an ONNX graph: in front what turns L or grey into what the network is fed, behind it
what turns its output into ab or RGB."""

from __future__ import annotations

from typing import Any

import numpy as np

from tintype.network.graph import Array
from tintype.network.rule import INPUTS, Scaling

_WITHIN = "net/"  # before every name of the foreign graph, so that none is ours


def apply_rule(
    model: Any,
    *,
    fed: tuple[str, str, Scaling],
    read: tuple[str, str, Scaling],
    channels_last: tuple[bool, bool],
    size: tuple[int | str, int | str],
    properties: dict[str, str],
) -> None:
    """Change a model in place.

    Parameters
    ----------
    model : onnx.ModelProto
    fed : (name of its input, kind of `INPUTS`, how that kind is scaled)
    read : (name of its output, kind of `OUTPUTS`, how that kind was scaled)
    channels_last : (bool, bool)
        Whether input and output are (n, h, w, c).
    size : (int or str, int or str)
        Height and width of the input; names where they are free.
    properties : dict of str to str
        Metadata to add.
    """
    import onnx

    name, kind, scaling = fed
    [entry] = [i for i in model.graph.input if i.name == name]
    before = _feeding(kind, scaling, entry.type.tensor_type.elem_type, last=channels_last[0])
    before.end(_WITHIN + name)
    output, kind, scaling = read
    after = _reading(output, kind, scaling, last=channels_last[1])
    result = "ab" if kind == "ab" else "rgb"
    after.end(result)
    onnx.compose.add_prefix(model, _WITHIN, inplace=True)
    _join(model.graph, before, after, [1, 1, *size], result)
    tag(model, properties)


def _feeding(kind: str, scaling: Scaling, wanted: int, *, last: bool) -> _Nodes:
    """What makes the input of L, as the network `wanted` it (an ONNX type); `last`: (n, h, w, c)."""
    from onnx import TensorProto

    before = _Nodes("L" if kind == "L" else "grey")
    if INPUTS[kind] == 3:
        before.add("Concat", before.at, before.at, axis=1)
    before.affine([-m for m in scaling.mean], None)
    before.affine(None, scaling.factor)
    if last:
        before.add("Transpose", perm=[0, 2, 3, 1])
    if wanted != TensorProto.FLOAT:
        if wanted not in (TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16):
            before.affine([0.5], None)  # casting cuts off, so that this rounds
        before.add("Cast", to=wanted)
    return before


def _reading(output: str, kind: str, scaling: Scaling, *, last: bool) -> _Nodes:
    """What makes ab or RGB of the output."""
    from onnx import TensorProto

    after = _Nodes(_WITHIN + output)
    after.add("Cast", to=TensorProto.FLOAT)
    if last:
        after.add("Transpose", perm=[0, 3, 1, 2])
    after.affine(None, [1 / f for f in scaling.factor])
    after.affine(list(scaling.mean), None)
    if kind == "bgr":
        after.add("Gather", after.constant(np.array([2, 1, 0], np.int64)), axis=1)
    return after


def _join(graph: Any, before: _Nodes, after: _Nodes, shape: list[int | str], result: str) -> None:
    """Put the nodes around a graph; its new input has this shape, its new output this name."""
    from onnx import TensorProto, helper

    body, initial = list(graph.node), {t.name for t in graph.initializer}
    del graph.node[:]
    graph.node.extend([*before.nodes, *body, *after.nodes])
    graph.initializer.extend([*before.constants, *after.constants])
    old = [i for i in graph.input if i.name in initial]  # before IR 4 weights were listed as inputs
    del graph.input[:]
    graph.input.extend([helper.make_tensor_value_info(before.begin, TensorProto.FLOAT, shape), *old])
    del graph.output[:]
    channels = 2 if result == "ab" else 3
    graph.output.append(
        helper.make_tensor_value_info(result, TensorProto.FLOAT, [None, channels, None, None])
    )
    # Shapes that the exporter noted may be of another view; ONNX Runtime finds its own.
    del graph.value_info[:]


def tag(model: Any, properties: dict[str, str]) -> None:
    """Add metadata to a model; what it has under other keys stays."""
    from onnx import helper

    helper.set_model_props(model, {p.key: p.value for p in model.metadata_props} | properties)


class _Nodes:
    """A chain of nodes, each taking what the last one gave."""

    def __init__(self, begin: str) -> None:
        self.begin = self.at = begin
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._stem = f"rule/{begin.removeprefix(_WITHIN)}"

    def constant(self, value: Array) -> str:
        from onnx import numpy_helper

        name = f"{self._stem}/c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def add(self, kind: str, *more: str, **attributes: Any) -> None:
        from onnx import helper

        output = f"{self._stem}/{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [self.at, *more], [output], name=output, **attributes))
        self.at = output

    def end(self, name: str) -> None:
        """Call what the last node gives by a name."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [self.at], [name]))

    def affine(self, shift: Any, factor: Any) -> None:
        """Add a number a channel, or multiply by one, unless that changes nothing."""
        values = np.array(shift if factor is None else factor, np.float32).reshape(1, -1, 1, 1)
        if (values != (0 if factor is None else 1)).any():
            self.add("Add" if factor is None else "Mul", self.constant(values))
