"""DDColor in its published naming to ONNX: ConvNeXt, a decoder of pixels and a decoder of colour queries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tintype.color.lab import Float
from tintype.errors import NetworkError
from tintype.network import layers
from tintype.network.adapter import Network
from tintype.network.converted import Converted
from tintype.network.descriptor import GAIN, NetworkDescriptor, SizeRule
from tintype.network.families.family import Family, Published, PytorchWeights
from tintype.network.graph import Array, Graph, Weights
from tintype.network.rgb import grey_from_L

NAME = "ddcolor"
_LICENSE = "Apache-2.0"
_CITATION = (
    "X. Kang, T. Yang, W. Ouyang, P. Ren, L. Li, X. Xie: DDColor: Towards Photo-Realistic Image "
    "Colorization via Dual Decoders. ICCV 2023"
)
# Blocks and channels of each stage, of the encoders that were published.
_ENCODERS: dict[tuple[tuple[int, ...], tuple[int, ...]], str] = {
    ((3, 3, 9, 3), (96, 192, 384, 768)): "tiny",
    ((3, 3, 27, 3), (192, 384, 768, 1536)): "large",
}
_HEADS = 8  # of the attention; no shape tells it, and all published weights have it
_ENCODER, _COLORS = "encoder.arch", "decoder.color_decoder"
_EPS_CONVNEXT, _EPS = 1e-6, 1e-5


class Adapter(Network):
    """Input ``grey`` (n, 1, h, w), sRGB 0-1. That it is seen as RGB, and its normalizing, is in the graph."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        return {"grey": grey_from_L(L)[None, None]}


def _build(weights: Weights, source: str) -> Converted:
    """Write a DDColor network with the multi-scale colour decoder.

    It takes ``grey`` (n, 1, h, w), sRGB 0-1, h and w multiples of 32, and returns ``ab`` (n, 2, h, w) in Lab
    units.
    """
    if f"{_COLORS}.query_feat.weight" not in weights:
        msg = f"{weights.name}: a DDColor without {_COLORS}.query_feat, so not of the multi-scale kind; "
        msg += "expected ddcolor_modelscope, ddcolor_paper, ddcolor_artistic or ddcolor_paper_tiny"
        raise NetworkError(msg)
    depths = tuple(layers.count_layers(weights, f"{_ENCODER}.stages.{i}.{{}}.norm.weight") for i in range(4))
    widths = tuple(weights.shape(f"{_ENCODER}.norm{i}.weight")[0] for i in range(4))
    kind = _ENCODERS.get((depths, widths), "")
    descriptor = NetworkDescriptor(
        name=f"ddcolor-{kind}" if kind else "ddcolor",
        family=NAME,
        output="ab",
        # Published at 512 px, the photograph stretched to a square.
        size=SizeRule(default=512, multiple=32, minimum=64, maximum=1024, square=True),
        vividness=GAIN,
        normalize="none: RGB of the grey and ImageNet's mean and deviation are part of the graph",
        license=_LICENSE,
        citation=_CITATION,
        source=source,
        trained_on="ImageNet (ILSVRC 2012)",
    )
    graph = Graph("ddcolor", weights)
    picture = _picture(graph)
    stages = _encoder(graph, picture, depths)
    x, scales = stages[3], []
    for i in range(3):
        x = _unet_block(graph, x, stages[2 - i], f"decoder.layers.{i}")
        scales.append(x)
    colors, queries, depth = _color_queries(graph, scales)
    ab = _painted(graph, picture, colors, queries, x)
    weights.skip(*(f"{_ENCODER}.{part}.{end}" for part in ("norm", "head_cls") for end in ("weight", "bias")))
    notes = (
        f"encoder {kind or 'of an unpublished size'}: ConvNeXt with {depths} blocks of {widths} channels",
        f"{queries} colour queries, {len(scales)} scales, {depth} layers, {_HEADS} heads",
    )
    return graph.build({"ab": (ab, 2)}, descriptor, *notes)


def _picture(graph: Graph) -> str:
    """The grey as RGB, normalized with the numbers in the file (ImageNet's)."""
    mean, deviation = (graph.weights.take(key, (1, 3, 1, 1)) for key in ("mean", "std"))
    grey = graph.input("grey", 1)
    rgb = graph.concat(grey, grey, grey)
    return graph.mul(graph.add(rgb, -mean), 1 / deviation)


def _encoder(graph: Graph, x: str, depths: tuple[int, ...]) -> list[str]:
    """ConvNeXt (Liu et al. 2022); the normed output of each of its four stages."""
    outputs = []
    for stage, depth in enumerate(depths):
        down = f"{_ENCODER}.downsample_layers.{stage}"
        if stage == 0:
            x = _norm_channels(graph, graph.conv(x, f"{down}.0", kernel=4, stride=4, pad=0), f"{down}.1")
        else:
            x = graph.conv(_norm_channels(graph, x, f"{down}.0"), f"{down}.1", kernel=2, stride=2, pad=0)
        for block in range(depth):
            x = _convnext_block(graph, x, f"{_ENCODER}.stages.{stage}.{block}")
        outputs.append(_norm_channels(graph, x, f"{_ENCODER}.norm{stage}"))
    return outputs


def _convnext_block(graph: Graph, x: str, key: str) -> str:
    channels = graph.channels[x]
    y = graph.conv(x, f"{key}.dwconv", channels, kernel=7, groups=channels)
    y = graph.layer_norm(graph.transpose(y, 0, 2, 3, 1), f"{key}.norm", eps=_EPS_CONVNEXT)
    y = graph.op("Gelu", _linear(graph, y, f"{key}.pwconv1", (None, channels)))
    gamma = graph.weights.take(f"{key}.gamma", (channels,))
    weight = graph.weights.take(f"{key}.pwconv2.weight", (channels, None)) * gamma[:, None]
    bias = graph.weights.take(f"{key}.pwconv2.bias", (channels,)) * gamma
    return graph.add(x, graph.transpose(graph.dense(y, weight, bias), 0, 3, 1, 2))


def _norm_channels(graph: Graph, x: str, key: str) -> str:
    graph.weights.take(f"{key}.weight", (graph.channels[x],))
    y = graph.layer_norm(graph.transpose(x, 0, 2, 3, 1), key, eps=_EPS_CONVNEXT)
    y = graph.transpose(y, 0, 3, 1, 2)
    graph.channels[y] = graph.channels[x]
    return y


def _unet_block(graph: Graph, x: str, skip: str, key: str) -> str:
    joined = layers.unet_join(graph, x, skip, key)
    made = graph.relu(layers.conv(graph, joined, f"{key}.conv.0", kernel=3, bias=False))
    return graph.batch_norm(made, f"{key}.conv.2")


def _color_queries(graph: Graph, scales: list[str]) -> tuple[str, int, int]:
    """The colour queries after looking at every scale in turn: (n, queries, channels), and two counts."""
    weights = graph.weights
    features = weights.take(f"{_COLORS}.query_feat.weight", (None, None))
    queries, width = features.shape
    places = graph.constant(weights.take(f"{_COLORS}.query_embed.weight", (queries, width))[None])
    levels = weights.take(f"{_COLORS}.level_embed.weight", (len(scales), width))
    if width % _HEADS or width % 4:
        msg = f"{weights.name}: {width} channels in the colour decoder are not a multiple of {_HEADS} heads"
        raise NetworkError(msg)
    memories = []
    for i, scale in enumerate(scales):
        seen = graph.conv(scale, f"{_COLORS}.input_proj.{i}", width, kernel=1)
        seen = graph.add(seen, levels[i].reshape(1, width, 1, 1))
        tokens = graph.transpose(graph.reshape(seen, 0, width, -1), 0, 2, 1)
        memories.append((graph.add(tokens, _positions(graph, scale, width)), tokens))

    x = graph.constant(features[None])
    names = [f"{_COLORS}.transformer_{part}_layers" for part in ("cross_attention", "self_attention", "ffn")]
    depth = layers.count_layers(weights, names[0] + ".{}.norm.weight")
    for i in range(depth):
        cross, own, feed = (f"{name}.{i}" for name in names)
        keys, values = memories[i % len(scales)]
        seen = _attention(graph, graph.add(x, places), keys, values, f"{cross}.multihead_attn", width)
        x = graph.layer_norm(graph.add(x, seen), f"{cross}.norm", eps=_EPS)
        placed = graph.add(x, places)
        seen = _attention(graph, placed, placed, x, f"{own}.self_attn", width)
        x = graph.layer_norm(graph.add(x, seen), f"{own}.norm", eps=_EPS)
        hidden = graph.relu(_linear(graph, x, f"{feed}.linear1", (None, width)))
        x = graph.layer_norm(graph.add(x, graph.linear(hidden, f"{feed}.linear2")), f"{feed}.norm", eps=_EPS)
    x = graph.layer_norm(x, f"{_COLORS}.decoder_norm", eps=_EPS)
    for i in (0, 1):
        x = graph.relu(_linear(graph, x, f"{_COLORS}.color_embed.layers.{i}", (width, width)))
    return _linear(graph, x, f"{_COLORS}.color_embed.layers.2", (None, width)), queries, depth


def _attention(graph: Graph, queries: str, keys: str, values: str, key: str, width: int) -> str:
    """Multi-head attention over tokens (n, length, width)."""
    weight = graph.weights.take(f"{key}.in_proj_weight", (3 * width, width))
    bias = graph.weights.take(f"{key}.in_proj_bias", (3 * width,))
    each = width // _HEADS

    def heads(x: str, part: int, scale: float = 1.0) -> str:
        rows = slice(part * width, (part + 1) * width)
        projected = graph.dense(x, weight[rows] * np.float32(scale), bias[rows] * np.float32(scale))
        return graph.reshape(projected, 0, -1, _HEADS, each)

    q = graph.transpose(heads(queries, 0, 1 / math.sqrt(each)), 0, 2, 1, 3)
    k = graph.transpose(heads(keys, 1), 0, 2, 3, 1)
    v = graph.transpose(heads(values, 2), 0, 2, 1, 3)
    seen = graph.op("MatMul", graph.op("Softmax", graph.op("MatMul", q, k), axis=-1), v)
    return graph.linear(graph.reshape(graph.transpose(seen, 0, 2, 1, 3), 0, -1, width), f"{key}.out_proj")


def _positions(graph: Graph, x: str, width: int) -> str:
    """Sines and cosines of row and column (Carion et al. 2020), (1, h · w, width), for any h and w.

    The first half of the channels tells the row, the other the column; cos z is written as sin(z + π/2).
    """
    half = width // 2
    pairs = np.arange(half) // 2 * 2
    speed = 10000.0 ** (-pairs / half)
    phase = (np.arange(half) % 2) * (math.pi / 2)
    none = np.zeros(half)
    rows = _waves(graph, x, 2, np.concatenate([speed, none]), np.concatenate([phase, none]))
    columns = _waves(graph, x, 3, np.concatenate([none, speed]), np.concatenate([none, phase]))
    grid = graph.add(graph.reshape(rows, -1, 1, width), graph.reshape(columns, 1, -1, width))
    return graph.reshape(grid, 1, -1, width)


def _waves(graph: Graph, x: str, axis: int, speed: Array, phase: Array) -> str:
    """(length, width): sin(speed · position + phase), the positions running over a full turn."""
    length = graph.op("Cast", graph.op("Shape", x, start=axis, end=axis + 1), to=1)
    one = graph.constant(1.0)
    last = graph.op("Squeeze", length)
    steps = graph.op("Range", one, graph.op("Add", last, graph.constant(0.5)), one)
    turn = graph.mul(graph.op("Div", steps, graph.add(last, 1e-6)), 2 * math.pi)
    return graph.op("Sin", graph.add(graph.mul(graph.reshape(turn, -1, 1), speed), phase))


def _painted(graph: Graph, picture: str, colors: str, queries: int, x: str) -> str:
    """ab from the colours and the finest features.

    As published, each query gives a map (its colour's product with every pixel's features), and
    ``refine_net`` mixes the maps and the picture into a and b. All that is linear, and so is the blur before
    it: mixing the colours first and blurring last gives the same without ever holding a hundred maps of full
    size.
    """
    up = layers.conv(graph, x, "decoder.last_shuf.conv.0", kernel=1, bias=True)
    fine = layers.pixel_shuffle(graph, graph.relu(up), 4)
    width = graph.channels[fine]
    weight = layers.fold_norm(graph.weights, "refine_net.0.0", (2, queries + 3, 1, 1))
    bias = graph.constant(graph.weights.take("refine_net.0.0.bias", (2,)))
    mixed = graph.op("MatMul", graph.constant(weight[None, :, :queries, 0, 0]), colors)  # (n, 2, width)
    flat = graph.op("MatMul", mixed, graph.reshape(fine, 0, width, -1))
    shape = graph.op("Shape", fine, start=2, end=4)
    two = graph.op("Concat", graph.constant([0, 2], np.int64), shape, axis=0)
    maps = layers.blur(graph, graph.op("Reshape", flat, two))
    tint = graph.op("Conv", picture, graph.constant(weight[:, queries:]), bias, kernel_shape=[1, 1])
    return graph.add(maps, tint)


def _linear(graph: Graph, x: str, key: str, shape: tuple[int | None, int | None]) -> str:
    graph.weights.take(f"{key}.weight", shape)
    return graph.linear(x, key)


_HUB = "https://huggingface.co/piddnad/DDColor-models/resolve/main"


def _file(name: str, title: str, file: str, **known: Any) -> Published:
    """Return one of the authors' files; `known` is what else is published of it."""
    return Published(name=name, title=title, file=file, urls=(f"{_HUB}/{file}",), **known)


# Sizes and hashes: the Git LFS pointers of the authors' huggingface.co/piddnad/DDColor-models.
_PUBLISHED = (
    _file("ddcolor", "DDColor large, the authors' choice for photographs", "ddcolor_modelscope.pth",
          megabytes=912, architecture="ddcolor-large",
          sha256="17c460d7e55b32a598370621d77173be59e03c24b0823f06821db23a50c263ce"),
    _file("ddcolor-artistic", "DDColor large, trained on more pictures and without the colourfulness loss",
          "ddcolor_artistic.pth", bytes=911_950_059, architecture="ddcolor-large",
          sha256="a591ee5beedad36de703d8977e92d0c30c1eedc6453fd1b300f3b460842a23a9"),
    _file("ddcolor-paper", "DDColor large, as in the paper", "ddcolor_paper.pth",
          megabytes=912, architecture="ddcolor-large",
          sha256="789781789db1bafc2165e1cf9658580f871cce64a81901ec49127877813f10b9"),
    _file("ddcolor-tiny", "DDColor tiny", "ddcolor_paper_tiny.pth", bytes=220_393_145,
          sha256="81dd643904f4664c3718513e3320ae3db0c567f0d3e18398606659adee7bfc17"),
)  # fmt: skip

FAMILY = Family(
    name=NAME,
    adapter=Adapter,
    input="grey",
    output="ab",
    seconds=0.9,
    license=_LICENSE,
    citation=_CITATION,
    pytorch=PytorchWeights(
        name=NAME,
        marks=(
            "encoder.arch.downsample_layers.0.0.weight",
            "encoder.arch.norm3.weight",
            "refine_net.0.0.bias",
        ),
        expects="encoder.arch.…, decoder.layers.…, decoder.color_decoder.…, refine_net.0.0",
        build=_build,
    ),
    published=_PUBLISHED,
)
