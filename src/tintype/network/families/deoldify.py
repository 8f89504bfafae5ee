"""DeOldify in its published naming (fastai 1) to ONNX: a ResNet, a U-Net on it, self-attention, RGB out."""

from __future__ import annotations

import numpy as np

from tintype.color.lab import Float
from tintype.network import layers
from tintype.network.adapter import Network
from tintype.network.converted import Converted
from tintype.network.descriptor import GAIN, NetworkDescriptor, SizeRule
from tintype.network.families.family import Family, Published, PytorchWeights
from tintype.network.graph import Array, Graph, Weights
from tintype.network.rgb import IMAGENET_MEAN, IMAGENET_STD, grey_from_L

NAME = "deoldify"
_LICENSE = "MIT"
_CITATION = "J. Antic: DeOldify. 2019, github.com/jantic/DeOldify"
_ENCODERS: dict[tuple[str, tuple[int, ...]], str] = {
    ("basic", (3, 4, 6, 3)): "ResNet-34",
    ("bottleneck", (3, 4, 23, 3)): "ResNet-101",
}
_REACH = 3.0  # the sigmoid at the end is stretched to ±3 standard deviations of ImageNet


class Adapter(Network):
    """Input ``grey`` (n, 1, h, w), sRGB 0-1. Normalizing, and undoing it on the output, is in the graph."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        return {"grey": grey_from_L(L)[None, None]}


def _build(weights: Weights, source: str) -> Converted:
    """Write a DeOldify generator, deep (artistic) or wide (stable, video).

    It takes ``grey`` (n, 1, h, w), sRGB 0-1, h and w multiples of 16, and returns ``rgb`` (n, 3, h, w), sRGB,
    0-1 but for overshoot.
    """
    deep = any(f"layers.4.conv1.0.{end}" in weights for end in ("weight", "weight_orig"))
    descriptor = NetworkDescriptor(
        name=f"deoldify-{'deep' if deep else 'wide'}",
        family=NAME,
        output="rgb",
        # Photographs are stretched to a square of 16 px times the render factor: 35 by default, 45 at most.
        size=SizeRule(default=560, multiple=16, minimum=64, maximum=720, square=True),
        vividness=GAIN,
        normalize="none: RGB of the grey and ImageNet's mean and deviation are part of the graph",
        license=_LICENSE,
        citation=_CITATION,
        source=source,
        trained_on="ImageNet (ILSVRC 2012)",
    )
    graph = Graph("deoldify", weights)
    picture = _picture(graph)
    skips, x, encoder = _encoder(graph, picture)
    x = graph.relu(graph.batch_norm(x, "layers.1"))
    for i in (0, 1):
        x = _conv(graph, x, f"layers.3.{i}")
    widths, attends = [], []
    for i, skip in enumerate(skips):
        key = f"layers.{4 + i}"
        # Only the coarsest skip can have an odd size: 560 px are 35 there.
        x = layers.unet_join(graph, x, skip, key, fit=i == 0)
        for name in ("conv1", "conv2") if deep else ("conv",):
            x = _conv(graph, x, f"{key}.{name}")
            if f"{key}.{name}.3.gamma" in weights:
                x = _attention(graph, x, f"{key}.{name}.3")
                attends.append(str(i + 1))
        widths.append(graph.channels[x])
    up = graph.relu(layers.conv(graph, x, "layers.8.conv.0", kernel=1, bias=True))
    x = graph.concat(layers.pixel_shuffle(graph, up, 2), picture)
    y = x
    for i in (0, 1):
        y = graph.relu(
            layers.conv(graph, y, f"layers.10.layers.{i}.0", graph.channels[x], kernel=3, bias=True)
        )
    x = layers.conv(graph, graph.add(x, y), "layers.11.0", 3, kernel=1, bias=True)
    mean, deviation = _imagenet()
    rgb = graph.add(graph.mul(graph.op("Sigmoid", x), 2 * _REACH * deviation), mean - _REACH * deviation)
    notes = (
        encoder,
        f"decoder {'deep' if deep else 'wide'}: {', '.join(map(str, widths))} channels"
        + (f", self-attention in block {' and '.join(attends)}" if attends else ", no self-attention"),
    )
    return graph.build({"rgb": (rgb, 3)}, descriptor, *notes)


def _imagenet() -> Array:
    """Mean and standard deviation, each (1, 3, 1, 1)."""
    return np.array((IMAGENET_MEAN, IMAGENET_STD), np.float32).reshape(2, 1, 3, 1, 1)


def _picture(graph: Graph) -> str:
    mean, deviation = _imagenet()
    grey = graph.input("grey", 1)
    return graph.mul(graph.add(graph.concat(grey, grey, grey), -mean), 1 / deviation)


def _encoder(graph: Graph, x: str) -> tuple[list[str], str, str]:
    """ResNet (He et al. 2016): what the U-Net takes of it, coarsest first; its end; and which one it is."""
    weights = graph.weights
    kind = "bottleneck" if "layers.0.4.0.conv3.weight" in weights else "basic"
    x = graph.conv(x, "layers.0.0", kernel=7, stride=2, bias=False)
    x = graph.relu(graph.batch_norm(x, "layers.0.1"))
    levels: list[str] = [x]
    depths: list[int] = []
    x = graph.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    for stage in range(4, 8):
        depths.append(layers.count_layers(weights, f"layers.0.{stage}.{{}}.conv1.weight"))
        for i in range(depths[-1]):
            x = _residual(graph, x, f"layers.0.{stage}.{i}", kind, stride=2 if stage > 4 and i == 0 else 1)
        levels.append(x)
    name = _ENCODERS.get((kind, tuple(depths)), "a ResNet of an unpublished size")
    return levels[-2::-1], x, f"encoder {name}: {tuple(depths)} {kind} blocks, {graph.channels[x]} channels"


def _residual(graph: Graph, x: str, key: str, kind: str, stride: int) -> str:
    kernels = ((3, stride), (3, 1)) if kind == "basic" else ((1, 1), (3, stride), (1, 1))
    y = x
    for i, (kernel, step) in enumerate(kernels, start=1):
        y = graph.batch_norm(
            graph.conv(y, f"{key}.conv{i}", kernel=kernel, stride=step, bias=False), f"{key}.bn{i}"
        )
        y = graph.relu(y) if i < len(kernels) else y
    if stride > 1 or graph.channels[x] != graph.channels[y]:
        x = graph.conv(x, f"{key}.downsample.0", graph.channels[y], kernel=1, stride=stride, bias=False)
        x = graph.batch_norm(x, f"{key}.downsample.1")
    return graph.relu(graph.add(y, x))


def _conv(graph: Graph, x: str, key: str) -> str:
    made = graph.relu(layers.conv(graph, x, f"{key}.0", kernel=3, bias=False))
    return graph.batch_norm(made, f"{key}.2")


def _attention(graph: Graph, x: str, key: str) -> str:
    """Self-attention over all places (Zhang et al. 2019), as fastai 1 has it.

    Each place is given a mean of the values of all places. The weights of that mean are a softmax over the
    places that are asked for, which is fastai's own reading. Everything is turned over here, so that the
    softmax runs along memory; and gamma, which scales the result, is folded into the values.
    """
    weights, channels = graph.weights, graph.channels[x]
    gamma = weights.take(f"{key}.gamma", (1,))
    query = layers.fold_norm(weights, f"{key}.query", (None, channels, 1))
    asked = layers.fold_norm(weights, f"{key}.key", query.shape)
    value = layers.fold_norm(weights, f"{key}.value", (channels, channels, 1)) * gamma
    flat = graph.reshape(x, 0, channels, -1)
    q, k, v = (graph.op("MatMul", graph.constant(m[:, :, 0]), flat) for m in (query, asked, value))
    match = graph.op("Softmax", graph.op("MatMul", graph.transpose(k, 0, 2, 1), q), axis=-1)
    mean = graph.op("MatMul", match, graph.transpose(v, 0, 2, 1))
    return graph.add(x, graph.op("Reshape", graph.transpose(mean, 0, 2, 1), graph.op("Shape", x)))


FAMILY = Family(
    name=NAME,
    adapter=Adapter,
    input="grey",
    output="rgb",
    seconds=6.0,
    license=_LICENSE,
    citation=_CITATION,
    pytorch=PytorchWeights(
        name=NAME,
        marks=("layers.0.0.weight", "layers.8.conv.0.bias", "layers.10.layers.0.0.bias", "layers.11.0.bias"),
        expects="layers.0.0 … layers.0.7 (a ResNet), layers.3 … layers.8, layers.10.layers, layers.11.0",
        build=_build,
    ),
    # The author published no hashes: these are of huggingface.co/spensercai/DeOldify (commit 448956a), with
    # which databuzzword/deoldify-artistic agrees.
    published=(
        Published(
            name="deoldify-artistic",
            title="DeOldify artistic: more colour, more risk",
            file="ColorizeArtistic_gen.pth",
            urls=(
                "https://data.deepai.org/deoldify/ColorizeArtistic_gen.pth",
                "https://huggingface.co/spensercai/DeOldify/resolve/main/ColorizeArtistic_gen.pth",
                "https://huggingface.co/databuzzword/deoldify-artistic/resolve/main/ColorizeArtistic_gen.pth",
            ),
            bytes=255_144_681,
            sha256="3f750246fa220529323b85a8905f9b49c0e5d427099185334d048fb5b5e22477",
            architecture="deoldify-deep",
        ),
        Published(
            name="deoldify-stable",
            title="DeOldify stable: calmer, for people and landscapes",
            file="ColorizeStable_gen.pth",
            urls=(
                "https://huggingface.co/spensercai/DeOldify/resolve/main/ColorizeStable_gen.pth",
                "https://www.dropbox.com/s/axsd2g85uyixaho/ColorizeStable_gen.pth?dl=1",
                "https://www.dropbox.com/s/usf7uifrctqw9rl/ColorizeStable_gen.pth?dl=1",
                "https://data.deepai.org/deoldify/ColorizeStable_gen.pth",
            ),
            bytes=874_066_230,
            sha256="ca9cd7f43fb8b222c9a70f7b292e305a000694b0ff9d2ae4a6747b1a2e1ee5af",
            architecture="deoldify-wide",
        ),
        Published(
            name="deoldify-video",
            title="DeOldify video: the calmest, steady from picture to picture",
            file="ColorizeVideo_gen.pth",
            urls=(
                "https://data.deepai.org/deoldify/ColorizeVideo_gen.pth",
                "https://huggingface.co/spensercai/DeOldify/resolve/main/ColorizeVideo_gen.pth",
            ),
            bytes=874_066_230,
            sha256="e3d98bb6a222354c79f95485c2f078a89dc724e9183662506d9e0f5aafac83ad",
            architecture="deoldify-wide",
        ),
    ),
)
