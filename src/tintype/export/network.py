"""A network's own graph inside of another: its names kept apart, its inputs fed, its weights stored small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tintype.errors import NetworkError
from tintype.export.color import ab_from_codes, ratio_from_f, srgb_from_linear
from tintype.export.values import Sheet, Value
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.families import FAMILIES

OLDEST = 18
"""Operator set that files have at least: the first in which every reduction takes its axes as an input."""

_PREFIX = "network/"
_LEVELS = 127.0  # of int8, so that zero is a level
_SMALL = 4096  # numbers; tensors below that are not worth a grid of their own


def opened(file: Path) -> Any:
    """Return the ONNX model of a network, of operator set `OLDEST` or later, its names prefixed.

    Raises
    ------
    NetworkError
        If onnx can't read it, or not raise its operator set.
    """
    import onnx
    from onnx import compose, version_converter

    try:
        model = onnx.load(str(file))
        if opset(model) < OLDEST:
            model = version_converter.convert_version(model, OLDEST)
        return compose.add_prefix(model, _PREFIX)
    except Exception as error:  # onnx and protobuf raise types of their own, and of C++
        msg = f"{file}: its graph can't be put into another one: {str(error).strip()[:200]}"
        raise NetworkError(msg) from error


def opset(model: Any) -> int:
    """Return the operator set of a model."""
    return next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 1)


def ask(sheet: Sheet, model: Any, descriptor: NetworkDescriptor, L: Value, hints: Value | None) -> Value:
    """Feed a network's graph, as its family's adapter does; return what it answers, (k, h', w').

    Parameters
    ----------
    model
        As `opened` returns it.
    L : float32, shape (h, w)
    hints : float32, shape (3, h, w), or None
        In Lab units, and a mask.
    """
    fed = {
        "L": lambda: L,
        "data_l": lambda: L - 50.0,
        "grey": lambda: srgb_from_linear(ratio_from_f((L + 16.0) / 116.0)),
    }
    known = {t.name for t in model.graph.initializer}
    for entry in model.graph.input:
        name = entry.name.removeprefix(_PREFIX)
        if entry.name in known:
            continue
        if name == "hints" and hints is not None:
            unit = FAMILIES[descriptor.family].adapter.HINT_UNIT
            value = hints / np.array([unit, unit, 1.0]).reshape(3, 1, 1)
            sheet.op("Unsqueeze", value, sheet.constant([0], np.int64), name=entry.name)
        elif name in fed:
            sheet.op("Unsqueeze", fed[name](), sheet.constant([0, 1], np.int64), name=entry.name)
        else:
            msg = f"network {descriptor.name} has an input {name!r}, which export knows nothing to feed with"
            raise NetworkError(msg)
    sheet.nodes.extend(model.graph.node)
    sheet.constants.extend(model.graph.initializer)
    answer = sheet.named(model.graph.output[0].name, np.float32).take(0)
    return _ab(answer) if descriptor.output == "rgb" else answer


def _ab(rgb: Value) -> Value:
    """Chroma (2, h, w) of a network's picture (3, h, w), 0-1 but for overshoot."""
    sheet = rgb.sheet
    inside = sheet.least(sheet.greatest(rgb, 0.0), 1.0).transpose(1, 2, 0) * 255.0
    return ab_from_codes(inside).transpose(2, 0, 1)


def smaller(model: Any) -> float:
    """Store a model's large weights as int8, one scale an output channel, and multiply them out on opening.

    Only storage gets smaller: the arithmetic stays that of float32.

    Returns
    -------
    float
        The share of weights that became int8.
    """
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    tensors = {t.name: t for t in graph.initializer}
    halves = {
        n.input[0]: n
        for n in graph.node
        if n.op_type == "Cast"
        and n.input[0] in tensors
        and tensors[n.input[0]].data_type == TensorProto.FLOAT16
    }
    made, gone, stored, total = [], set(), 0, 0
    for name, tensor in tensors.items():
        if tensor.data_type not in (TensorProto.FLOAT16, TensorProto.FLOAT):
            continue
        weight = numpy_helper.to_array(tensor).astype(np.float32)
        total += weight.size
        if weight.size < _SMALL or weight.ndim < 2:
            continue
        cast = halves.get(name)
        output = cast.output[0] if cast is not None else name
        axis = _output_axis(graph, output, weight.ndim)
        others = tuple(i for i in range(weight.ndim) if i != axis)
        scale = np.maximum(np.abs(weight).max(axis=others, keepdims=True) / _LEVELS, 1e-12).astype(np.float32)
        graph.initializer.extend(
            [
                numpy_helper.from_array(np.rint(weight / scale).astype(np.int8), f"{output}.int8"),
                numpy_helper.from_array(scale, f"{output}.scale"),
            ]
        )
        made += [
            helper.make_node("Cast", [f"{output}.int8"], [f"{output}.level"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{output}.level", f"{output}.scale"], [output]),
        ]
        graph.initializer.remove(tensor)
        if cast is not None:
            gone.add(cast.output[0])
        stored += weight.size
    kept = [n for n in graph.node if n.output[0] not in gone]
    del graph.node[:]
    graph.node.extend([*made, *kept])
    return stored / max(total, 1)


def _output_axis(graph: Any, weight: str, ndim: int) -> int:
    """Return the axis of a weight that counts output channels."""
    user = next((n for n in graph.node if weight in n.input), None)
    if user is not None and user.op_type == "MatMul":
        return ndim - 1
    if user is not None and user.op_type == "Gemm":
        return 0 if any(a.name == "transB" and a.i for a in user.attribute) else 1
    return 1 if user is not None and user.op_type == "ConvTranspose" else 0
