"""Zhang et al.'s Caffe colorizer (``colorization_release_*.caffemodel``) as an ONNX network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.decode import Vividness
from tintype.errors import NetworkError
from tintype.files import sha256
from tintype.network.convert import caffe_graph
from tintype.network.convert.ab_centers import COUNT, published_centers, read_centers
from tintype.network.convert.caffe_schema import V1_TYPES, message, parse_binary, parse_text, read_blob
from tintype.network.descriptor import NetworkDescriptor, SizeRule

# 1/T of the annealed mean, T = 0.38: the figure that everybody writes into conv8_313_rh.
ANNEALING = 2.606
VARIANTS = ("v1", "v2", "v2_norebal")

# SHA-256 of the published files, from the Open Model Zoo's model.yml of colorization-v2 and -v2-norebal.
PUBLISHED = {
    "f5af1e602646328c792e1094f9876fe9cd4c09ac46fa886e5708a1abc89137b1": "v2",
    "6ab42a7fa853eb7ca822b9a0a2997a08a29c819c985c3e70b460c6be9c8b2159": "v2_norebal",
}
_LICENCE = "BSD-2-Clause"
_CITATION = "R. Zhang, P. Isola, A. A. Efros: Colorful Image Colorization. ECCV 2016"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a Caffe network, whichever version of the format it was written in."""

    name: str
    kind: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    parameters: Any = None
    blobs: tuple[NDArray[np.float32], ...] = field(default=(), repr=False)


def convert(
    model: Path, *, prototxt: Path | None = None, points: Path | None = None, variant: str = ""
) -> tuple[Any, NetworkDescriptor, tuple[str, ...]]:
    """Turn a caffemodel into an ONNX model.

    Parameters
    ----------
    model : Path
        ``colorization_release_v2.caffemodel`` or one of its sisters.
    prototxt : Path, optional
        The deploy prototxt; without it the graph is the published one, if the weights fit it.
    points : Path, optional
        ``pts_in_hull.npy``; without it the published list is rebuilt.
    variant : str, optional
        ``v1``, ``v2`` or ``v2_norebal``, for a file that doesn't say itself which it is.

    Returns
    -------
    onnx.ModelProto, NetworkDescriptor, notes
        The model takes ``data_l`` (n, 1, h, w), L - 50, with h and w multiples of 8; it gives ``logits``
        (n, 313, h/4, w/4) before the annealing, and ``ab`` (n, 2, h/4, w/4) after it, in Lab units.

    Raises
    ------
    NetworkError
        If a file is damaged or of another network, or the files don't belong together.
    """
    stored = layers_of(parse_binary(model), model, with_blobs=True)
    weights = {layer.name: layer.blobs for layer in stored if layer.blobs}
    text = layers_of(parse_text(prototxt), prototxt) if prototxt else None
    graph = text or layers_of(published_net(), Path("the published v2 network"))
    source = str(prototxt) if prototxt else "the published network (give --prototxt if yours is another)"
    notes = [f"graph: {prototxt or 'the published layer list'}"]

    _check_pair(graph, weights, model, source)
    which = _variant(model, stored, text, prototxt, variant)
    notes.append(f"variant: {which}")
    centres = read_centers(points) if points else published_centers()
    notes.append(f"cluster centres: {points or 'the published 313, rebuilt by Tintype (no file was given)'}")

    descriptor = NetworkDescriptor(
        name=f"zhang16-{which}",
        family="zhang16",
        output="logits",
        bins=tuple((float(a), float(b)) for a, b in centres),
        size=SizeRule(default=224, multiple=8, minimum=32, maximum=1024),
        # The published decoding is in the middle; above it the colours sharpen further.
        vividness=Vividness(safe=(1.0, 1.0), matched=(1 / ANNEALING, 1.0), vivid=(0.2, 1.0)),
        normalise="L - 50",
        licence=_LICENCE,
        citation=_CITATION,
        source=f"{model.name}, sha256 {sha256(model)}",
        trained_on="ImageNet (ILSVRC 2012)",
    )
    built = caffe_graph.build(graph, weights, centres, ANNEALING, descriptor, model.name)
    return built, descriptor, tuple(notes)


def layers_of(net: Any, path: Path, *, with_blobs: bool = False) -> list[Layer]:
    """The layers of a NetParameter that are there when the network runs, as opposed to trains."""
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
    """The published network's layers (v2), so that a caffemodel alone is enough."""
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


def _check_pair(
    graph: list[Layer], weights: dict[str, tuple[NDArray[np.float32], ...]], model: Path, source: str
) -> None:
    """Refuse a graph and weights that don't belong together, whatever still fits by chance."""
    needing = {g.name for g in graph if g.kind in caffe_graph.WITH_WEIGHTS} - {caffe_graph.CENTRES}
    missing = sorted(needing - weights.keys())
    unused = sorted(weights.keys() - {g.name for g in graph})
    if missing or unused:
        what = f"layers {', '.join(missing[:5])} have no weights in it" if missing else ""
        more = f"its weights {', '.join(unused[:5])} belong to no layer" if unused else ""
        msg = f"{model} does not belong to {source}: {'; '.join(w for w in (what, more) if w)}"
        raise NetworkError(msg)


def _variant(
    model: Path, stored: list[Layer], text: list[Layer] | None, prototxt: Path | None, said: str
) -> str:
    """Which of the published networks this is; contradicting evidence is an error."""
    if said and said not in VARIANTS:
        msg = f"variant {said!r} is not one of {', '.join(VARIANTS)}"
        raise NetworkError(msg)
    weights_say = PUBLISHED.get(sha256(model), "") or _trained_as(stored)
    # v1 took the annealing as an input blob of its own; v2 has it as a Scale layer.
    text_says = ""
    if text is not None:
        text_says = "v1" if any("Trecip" in layer.bottoms for layer in text) else "v2"
    if weights_say and text_says and weights_say.split("_")[0] != text_says:
        msg = f"{prototxt} is of {text_says}, but {model} is of {weights_say}; "
        msg += f"give colorization_deploy_{weights_say.split('_')[0]}.prototxt"
        raise NetworkError(msg)
    if said and ((weights_say and said != weights_say) or (text_says and said.split("_")[0] != text_says)):
        msg = f"{model}: variant {said} was asked for, but the files are of {weights_say or text_says}"
        raise NetworkError(msg)
    by_name = [v for v in ("v2_norebal", "v1", "v2") if v in model.stem]
    candidates = [v for v in by_name if not text_says or v.split("_")[0] == text_says]
    found = said or weights_say or ("v1" if text_says == "v1" else "") or next(iter(candidates), "")
    if not found:
        msg = f"{model}: nothing in it says which of the published networks it is; "
        msg += f"add --variant {'|'.join(VARIANTS)}"
        raise NetworkError(msg)
    return found


def _trained_as(stored: Iterable[Layer]) -> str:
    """What the training layers that Caffe keeps in the file tell: only v2 multiplies by class weights."""
    kinds = {layer.kind for layer in stored}
    names = {layer.name for layer in stored}
    if "conv8_313_boost" in names:
        return "v2"
    # A file that still has its loss, but no class weights, was trained without them.
    return "v2_norebal" if {"SoftmaxCrossEntropyLoss", "SoftmaxWithLoss"} & kinds else ""


__all__ = ["ANNEALING", "PUBLISHED", "VARIANTS", "Layer", "convert", "layers_of", "published_net"]
