"""Builds ONNX graphs from named weights, node by node.

A foreign network is written down once as a sequence of calls on a `Graph`, which takes its weights by their
published names. That needs no exporter, keeps height and width free, and is strict by construction: a
weight that is missing, of another shape, or left over is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import NetworkError
from tintype.network.converted import Converted
from tintype.network.descriptor import KEY, NetworkDescriptor

OPSET = 20  # the first with Gelu
IR_VERSION = 10
Array = NDArray[Any]
# Operators whose output has the channels of their first input.
_SAME_CHANNELS = (
    "Relu", "LeakyRelu", "Add", "Mul", "BatchNormalization", "Slice", "AveragePool", "MaxPool", "Pad",
)  # fmt: skip


class Weights:
    """Named arrays of a file, each taken exactly once.

    Parameters
    ----------
    arrays : mapping of str to array
    name : str
        The file, for messages.
    """

    def __init__(self, arrays: Mapping[str, Array], name: str) -> None:
        self.arrays, self.name = dict(arrays), name
        self._left = set(self.arrays)

    def __contains__(self, key: str) -> bool:
        return key in self.arrays

    def shape(self, key: str) -> tuple[int, ...]:
        """Return the shape of a weight that must be there."""
        if key not in self.arrays:
            msg = f"{self.name}: weight {key!r} is missing; the file is cut short or of another network"
            raise NetworkError(msg)
        return tuple(self.arrays[key].shape)

    def take(self, key: str, shape: Sequence[int | None] | None = None) -> Array:
        """Return a weight as float32, checked against a shape (None stands for any length)."""
        found = self.shape(key)
        wanted = found if shape is None else tuple(shape)
        if len(found) != len(wanted) or any(w not in (None, f) for f, w in zip(found, wanted, strict=True)):
            expected = "×".join("?" if w is None else str(w) for w in wanted) or "a single number"
            msg = f"{self.name}: weight {key!r} has shape {found}, expected {expected}"
            raise NetworkError(msg)
        self._left.discard(key)
        array = np.ascontiguousarray(self.arrays[key], dtype=np.float32)
        if not np.isfinite(array).all():
            msg = f"{self.name}: weight {key!r} holds numbers that are not finite; the file is damaged"
            raise NetworkError(msg)
        return array

    def skip(self, *keys: str) -> None:
        """Leave out weights that are known and not needed to run the network."""
        self._left.difference_update(keys)

    def finish(self) -> None:
        """Raise NetworkError if anything was left over."""
        if self._left:
            first = ", ".join(sorted(self._left)[:5])
            msg = f"{self.name}: {len(self._left)} weights belong to no part of the network: {first}"
            raise NetworkError(msg)


class Graph:
    """An ONNX graph in the making. Values are passed around by name."""

    def __init__(self, name: str, weights: Weights) -> None:
        self.name, self.weights = name, weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self.channels: dict[str, int] = {}  # of values, where known: weights are checked against it
        self._count = 0

    # --- plain operators

    def input(self, name: str, channels: int) -> str:
        """Add an input of shape (n, channels, h, w), float32."""
        from onnx import TensorProto, helper

        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, "h", "w"]))
        self.channels[name] = channels
        return name

    def constant(self, value: Any, dtype: Any = np.float32) -> str:
        """Add a constant array."""
        from onnx import numpy_helper

        self._count += 1
        name = f"c{self._count}"
        self._constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Add a node with one output; return the output's name."""
        from onnx import helper

        self._count += 1
        output = name or f"{kind.lower()}{self._count}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        if kind in _SAME_CHANNELS and inputs[0] in self.channels:
            self.channels[output] = self.channels[inputs[0]]
        return output

    def add(self, x: str, y: Any) -> str:
        """x + y, where y is a value's name or a number or array."""
        return self.op("Add", x, y if isinstance(y, str) else self.constant(y))

    def mul(self, x: str, y: Any) -> str:
        """x · y, where y is a value's name or a number or array."""
        return self.op("Mul", x, y if isinstance(y, str) else self.constant(y))

    def relu(self, x: str) -> str:
        """max(x, 0)."""
        return self.op("Relu", x)

    def concat(self, *parts: str, axis: int = 1) -> str:
        """Join along an axis."""
        joined = self.op("Concat", *parts, axis=axis)
        if axis == 1 and all(p in self.channels for p in parts):
            self.channels[joined] = sum(self.channels[p] for p in parts)
        return joined

    def reshape(self, x: str, *shape: int) -> str:
        """Reshape; 0 keeps a length, -1 is the rest."""
        return self.op("Reshape", x, self.constant(shape, np.int64))

    def transpose(self, x: str, *order: int) -> str:
        """Permute the axes."""
        return self.op("Transpose", x, perm=list(order))

    # --- layers with weights, by the prefix of their published names

    def conv(
        self,
        x: str,
        key: str,
        out: int | None = None,
        *,
        stride: int = 1,
        pad: int | None = None,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        kernel: int | None = None,
    ) -> str:
        """Convolution with ``key.weight`` and ``key.bias``; "same" padding unless `pad` says otherwise."""
        given = self.channels.get(x)
        each = None if given is None else given // groups
        weight = self.weights.take(f"{key}.weight", (out, each, kernel, kernel))
        side = weight.shape[2]
        pad = (side - 1) // 2 * dilation if pad is None else pad
        values = [self.constant(weight)]
        if bias:
            values.append(self.constant(self.weights.take(f"{key}.bias", weight.shape[:1])))
        made = self.op(
            "Conv", x, *values, kernel_shape=[side, side], strides=[stride] * 2, pads=[pad] * 4,
            dilations=[dilation] * 2, group=groups,
        )  # fmt: skip
        self.channels[made] = weight.shape[0]
        return made

    def deconv(self, x: str, key: str, *, stride: int = 2, pad: int = 1) -> str:
        """Transposed convolution with ``key.weight`` (in, out, k, k) and ``key.bias``."""
        weight = self.weights.take(f"{key}.weight", (self.channels.get(x), None, None, None))
        bias = self.constant(self.weights.take(f"{key}.bias", weight.shape[1:2]))
        made = self.op(
            "ConvTranspose", x, self.constant(weight), bias,
            kernel_shape=list(weight.shape[2:]), strides=[stride] * 2, pads=[pad] * 4,
        )  # fmt: skip
        self.channels[made] = weight.shape[1]
        return made

    def batch_norm(self, x: str, key: str, *, eps: float = 1e-5) -> str:
        """Batch norm in evaluation mode."""
        take = self.weights.take
        scale = take(f"{key}.weight", (self.channels.get(x),))
        rest = [take(f"{key}.{part}", scale.shape) for part in ("bias", "running_mean", "running_var")]
        self.weights.skip(f"{key}.num_batches_tracked")
        values = [self.constant(v) for v in (scale, *rest)]
        return self.op("BatchNormalization", x, *values, epsilon=eps)

    def layer_norm(self, x: str, key: str, *, eps: float) -> str:
        """Layer norm over the last axis."""
        weight = self.weights.take(f"{key}.weight", (None,))
        bias = self.weights.take(f"{key}.bias", weight.shape)
        return self.op(
            "LayerNormalization", x, self.constant(weight), self.constant(bias), axis=-1, epsilon=eps
        )

    def linear(self, x: str, key: str) -> str:
        """x · weightᵀ + bias over the last axis."""
        weight = self.weights.take(f"{key}.weight", (None, None))
        bias = self.weights.take(f"{key}.bias", weight.shape[:1])
        return self.dense(x, weight, bias)

    def dense(self, x: str, weight: Array, bias: Array) -> str:
        """x · weightᵀ + bias, from arrays."""
        product = self.op("MatMul", x, self.constant(np.ascontiguousarray(weight.T)))
        return self.add(product, bias)

    # --- the whole

    def build(
        self, outputs: Mapping[str, tuple[str, int]], descriptor: NetworkDescriptor, *notes: str
    ) -> Converted:
        """Return the finished network.

        Parameters
        ----------
        outputs : mapping of str to (value, channels)
            Name of each output, in order.
        descriptor : NetworkDescriptor
            Written into the file's metadata.
        *notes : str
            See `Converted`.

        Raises
        ------
        NetworkError
            If a weight was not used.
        """
        from onnx import TensorProto, helper

        self.weights.finish()
        described = []
        for name, (value, channels) in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [name], name=name))
            described.append(
                helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, None, None])
            )
        graph = helper.make_graph(self._nodes, self.name, self._inputs, described, self._constants)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
            producer_name="tintype",
        )  # fmt: skip
        helper.set_model_props(model, {KEY: descriptor.to_json()})
        return Converted(model, descriptor, notes)
