"""Zhang et al.'s two networks in their PyTorch naming (``eccv16`` and ``siggraph17``) to ONNX."""

from __future__ import annotations

from typing import Any

import numpy as np

from tintype.color.decode import Vividness
from tintype.errors import NetworkError
from tintype.network.convert.graph import Graph, Weights
from tintype.network.descriptor import GAIN, KEY, NetworkDescriptor, SizeRule

# Both networks see (L - 50) / 100, and ab in units of 110.
_L_CENTRE, _L_SCALE, _AB_SCALE = 50.0, 100.0, 110.0
# Convolutions and dilation of the blocks model1 to model7, which both have in common.
_BLOCKS = ((2, 1), (2, 1), (3, 1), (3, 1), (3, 2), (3, 2), (3, 1))
_LICENCE = "BSD-2-Clause"


def build_eccv16(weights: Weights, source: str) -> tuple[Any, NetworkDescriptor, tuple[str, ...]]:
    """ONNX model, descriptor and notes of the 2016 network.

    It takes ``data_l`` (n, 1, h, w), L - 50, and gives ``logits`` (n, Q, h/4, w/4) and ``ab``
    (n, 2, h/4, w/4), the published decoding in Lab units: the same as the Caffe network, so that one adapter
    runs both.
    """
    points = weights.take("model_out.weight", (2, None, 1, 1)) * np.float32(_AB_SCALE)
    count = points.shape[1]
    descriptor = NetworkDescriptor(
        name="eccv16",
        family="zhang16",
        output="logits",
        bins=tuple((float(a), float(b)) for a, b in points[:, :, 0, 0].T),
        size=SizeRule(default=256, multiple=8, minimum=32, maximum=1024),
        # The published decoding is the plain mean; whatever annealing there is lies in the weights.
        vividness=Vividness(safe=(2.0, 1.0), matched=(1.0, 1.0), vivid=(0.5, 1.0)),
        normalise="L - 50",
        licence=_LICENCE,
        citation="R. Zhang, P. Isola, A. A. Efros: Colorful Image Colorization. ECCV 2016",
        source=source,
        trained_on="ImageNet (ILSVRC 2012)",
    )
    graph = Graph("eccv16", weights)
    x = graph.mul(graph.input("data_l", 1), 1 / _L_SCALE)
    for block in range(1, 8):
        x = _block(graph, x, block, stride=2 if block <= 3 else 1)
    x = graph.relu(graph.deconv(x, "model8.0"))
    for i in (2, 4):
        x = graph.relu(graph.conv(x, f"model8.{i}", kernel=3))
    logits = graph.conv(x, "model8.6", count, kernel=1)
    ab = graph.op("Conv", graph.op("Softmax", logits, axis=1), graph.constant(points), kernel_shape=[1, 1])
    outputs = {"logits": (logits, count), "ab": (ab, 2)}
    return (
        graph.build(outputs, {KEY: descriptor.to_json()}),
        descriptor,
        (f"{count} ab bins, from model_out",),
    )


def build_siggraph17(weights: Weights, source: str) -> tuple[Any, NetworkDescriptor, tuple[str, ...]]:
    """ONNX model, descriptor and notes of the 2017 network, which takes hints.

    It takes ``L`` (n, 1, h, w), 0-100, and ``hints`` (n, 3, h, w): a, b in Lab units and a mask of 0 and 1.
    It gives ``ab`` (n, 2, h, w) in Lab units.
    """
    descriptor = NetworkDescriptor(
        name="siggraph17",
        family="siggraph17",
        output="ab",
        hints=True,
        size=SizeRule(default=256, multiple=8, minimum=32, maximum=1024),
        vividness=GAIN,
        normalise="none: (L - 50) / 100 and ab / 110 are part of the graph; the mask is 0 or 1",
        licence=_LICENCE,
        citation="R. Zhang, J.-Y. Zhu, P. Isola, X. Geng, A. S. Lin, T. Yu, A. A. Efros: "
        "Real-Time User-Guided Image Colorization with Learned Deep Priors. SIGGRAPH 2017",
        source=source,
        trained_on="ImageNet (ILSVRC 2012)",
    )
    graph = Graph("siggraph17", weights)
    L = graph.mul(graph.add(graph.input("L", 1), -_L_CENTRE), 1 / _L_SCALE)
    known = np.array([1 / _AB_SCALE, 1 / _AB_SCALE, 1], np.float32).reshape(1, 3, 1, 1)
    x = graph.concat(L, graph.mul(graph.input("hints", 3), known))
    levels = []
    for block in range(1, 8):
        x = _block(graph, x, block)
        if block <= 3:
            levels.append(x)
            x = _every_second(graph, x)
    # Three steps up; each meets the block of its own size.
    for step, (name, convolutions) in enumerate((("8", 2), ("9", 1), ("10", 1))):
        level = 3 - step
        up = graph.deconv(x, f"model{name}up.0")
        short = f"model{level}short{name}.0"
        x = graph.relu(graph.add(up, graph.conv(levels[level - 1], short, graph.channels[up], kernel=3)))
        for i in range(convolutions):
            x = graph.conv(x, f"model{name}.{2 * i + 1}", kernel=3)
            x = graph.relu(x) if name != "10" else graph.op("LeakyRelu", x, alpha=0.2)
        if name != "10":
            x = graph.batch_norm(x, f"model{name}.{2 * convolutions + 1}")
    ab = graph.mul(graph.op("Tanh", graph.conv(x, "model_out.0", 2, kernel=1)), _AB_SCALE)
    notes = _unused_classes(weights)
    return graph.build({"ab": (ab, 2)}, {KEY: descriptor.to_json()}), descriptor, notes


def _block(graph: Graph, x: str, block: int, stride: int = 1) -> str:
    count, dilation = _BLOCKS[block - 1]
    for i in range(count):
        step = stride if i == count - 1 else 1
        x = graph.relu(graph.conv(x, f"model{block}.{2 * i}", kernel=3, stride=step, dilation=dilation))
    return graph.batch_norm(x, f"model{block}.{2 * count}")


def _every_second(graph: Graph, x: str) -> str:
    starts, ends, axes, steps = ([0, 0], [2**31 - 1] * 2, [2, 3], [2, 2])
    return graph.op("Slice", x, *(graph.constant(v, np.int64) for v in (starts, ends, axes, steps)))


def _unused_classes(weights: Weights) -> tuple[str, ...]:
    """The head over ab bins serves training and the published tool's suggestions, not colouring."""
    if "model_class.0.weight" not in weights:
        return ()
    count, channels = weights.take("model_class.0.weight", (None, None, 1, 1)).shape[:2]
    weights.take("model_class.0.bias", (count,))
    if channels != weights.shape("model8.3.weight")[0]:
        msg = f"{weights.name}: model_class takes {channels} channels, but model8 gives another number"
        raise NetworkError(msg)
    return (f"{count} classes of the second head (model_class), which colouring does not need",)
