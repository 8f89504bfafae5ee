"""Layers of a Caffe network, from its files or as published."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.network.convert.ab_centers import COUNT
from tintype.network.convert.caffe_schema import V1_TYPES, message, read_blob

# 1/T of the annealed mean, T = 0.38: the figure that everybody writes into conv8_313_rh.
ANNEALING = 2.606
Blobs = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a Caffe network, whichever version of the format it was written in."""

    name: str
    kind: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    parameters: Any = None
    blobs: Blobs = field(default=(), repr=False)


def layers_of(net: Any, path: Path, *, with_blobs: bool = False) -> list[Layer]:
    """Return the layers of a NetParameter that are there when the network runs, as opposed to trains."""
    test = (
        message("NetParameter").DESCRIPTOR.file.message_types_by_name["NetState"].enum_types_by_name["Phase"]
    )
    testing = test.values_by_name["TEST"].number
    found = []
    old = [(layer, V1_TYPES.get(_v1_type(layer), _v1_type(layer))) for layer in net.layers]
    for layer, kind in old + [(layer, layer.type) for layer in net.layer]:
        if any(r.HasField("phase") and r.phase != testing for r in layer.include) and not with_blobs:
            continue
        if any(r.HasField("phase") and r.phase == testing for r in layer.exclude) and not with_blobs:
            continue
        where = f"{path}: layer {layer.name!r}"
        blobs = tuple(read_blob(b, where) for b in layer.blobs) if with_blobs else ()
        found.append(Layer(layer.name, kind, tuple(layer.bottom), tuple(layer.top), layer, blobs))
    inputs = [Layer(name, "Input", (), (name,)) for name in net.input]
    return inputs + found


def published_net() -> Any:
    """Return the published network's layers (v2), so that a caffemodel alone is enough."""
    net = message("NetParameter")(name="LtoAB")

    def add(name: str, kind: str, bottom: str, top: str) -> Any:
        return net.layer.add(name=name, type=kind, bottom=[bottom] if bottom else [], top=[top])

    def conv(
        name: str, bottom: str, top: str, out: int, *,
        kernel: int = 3, stride: int = 1, dilation: int = 1, kind: str = "Convolution",
    ) -> str:  # fmt: skip
        # "Same" padding for the 3×3 layers, 1 for the 4×4 deconvolution, none for the 1×1 layers.
        pad = dilation if kernel == 3 else (kernel - 1) // 2
        add(name, kind, bottom, top).convolution_param.MergeFrom(
            message("ConvolutionParameter")(
                num_output=out, kernel_size=[kernel], pad=[pad], stride=[stride], dilation=[dilation]
            )
        )
        return top

    add("data_l", "Input", "", "data_l").input_param.shape.add(dim=[1, 1, 224, 224])
    x = "data_l"
    for block, (out, count, dilation) in enumerate(
        ((64, 2, 1), (128, 2, 1), (256, 3, 1), (512, 3, 1), (512, 3, 2), (512, 3, 2), (512, 3, 1)), start=1
    ):
        for i in range(1, count + 1):
            top = f"conv{block}_{i}"
            stride = 2 if block <= 3 and i == count else 1
            x = conv("bw_conv1_1" if top == "conv1_1" else top, x, top, out, stride=stride, dilation=dilation)
            add(f"relu{block}_{i}", "ReLU", x, x)
        add(f"{x}norm", "BatchNorm", x, f"{x}norm")
        x = f"{x}norm"
    x = conv("conv8_1", x, "conv8_1", 256, kernel=4, stride=2, kind="Deconvolution")
    add("relu8_1", "ReLU", x, x)
    for i in (2, 3):
        x = conv(f"conv8_{i}", x, f"conv8_{i}", 256)
        add(f"relu8_{i}", "ReLU", x, x)
    x = conv("conv8_313", x, "conv8_313", COUNT, kernel=1)
    add("conv8_313_rh", "Scale", x, "conv8_313_rh").scale_param.filler.value = ANNEALING
    add("class8_313_rh", "Softmax", "conv8_313_rh", "class8_313_rh")
    conv("class8_ab", "class8_313_rh", "class8_ab", 2, kernel=1)
    return net


def _v1_type(layer: Any) -> str:
    return str(layer.DESCRIPTOR.fields_by_name["type"].enum_type.values_by_number[layer.type].name)
