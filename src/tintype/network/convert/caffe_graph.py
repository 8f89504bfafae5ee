"""Caffe layers to ONNX nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tintype.color.lab import Float
from tintype.errors import NetworkError
from tintype.network.convert.caffe_layers import Blobs, Layer
from tintype.network.converted import Converted
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.graph import Graph, Weights

# Layers that can't run without weights of their own. class8_ab takes the cluster centers instead.
WITH_WEIGHTS = ("Convolution", "Deconvolution", "BatchNorm")
CENTERS, LOGITS = "class8_ab", "conv8_313"
_INPUT, _ANNEALING_INPUT = "data_l", "Trecip"


def build(
    layers: Sequence[Layer],
    weights: Mapping[str, Blobs],
    centers: Float,
    annealing: float,
    descriptor: NetworkDescriptor,
    name: str,
) -> Converted:
    """Return the ONNX model of a Caffe network with the given weights by layer name.

    `centers` (313, 2) become the weights of ``class8_ab``, and `annealing` those of ``conv8_313_rh`` (or, in
    v1, the input ``Trecip``), as every program that runs this network does by hand.
    """
    graph = Graph("LtoAB", Weights({}, name))
    values: dict[str, str] = {}
    for layer in layers:
        if layer.kind == "Input":
            if layer.tops[0] == _ANNEALING_INPUT:
                values[_ANNEALING_INPUT] = graph.constant(np.full((1, len(centers), 1, 1), annealing))
            elif _INPUT not in values:
                values[layer.tops[0]] = graph.input(_INPUT, 1)
            else:
                msg = f"{name}: input {layer.tops[0]!r} is unknown; the colorizer takes only {_INPUT}"
                raise NetworkError(msg)
            continue
        if unknown := [b for b in layer.bottoms if b not in values]:
            msg = f"{name}: layer {layer.name!r} wants {unknown[0]!r}, which no layer before it makes; "
            msg += "give the deploy prototxt, not the training one"
            raise NetworkError(msg)
        made = _layer(graph, layer, [values[b] for b in layer.bottoms], weights, centers, annealing, name)
        values.update(dict.fromkeys(layer.tops, made) if made else {})
    for needed in (LOGITS, CENTERS):
        if needed not in values:
            msg = f"{name}: has no layer {needed!r}; this is not the deploy network of a Zhang colorizer"
            raise NetworkError(msg)
    return graph.build({"logits": (values[LOGITS], len(centers)), "ab": (values[CENTERS], 2)}, descriptor)


def _layer(
    graph: Graph,
    layer: Layer,
    bottoms: list[str],
    weights: Mapping[str, Blobs],
    centers: Float,
    annealing: float,
    name: str,
) -> str:
    where = f"{name}: layer {layer.name!r}"
    blobs = weights.get(layer.name, ())
    p = layer.parameters
    if layer.name == CENTERS and layer.kind == "Convolution":
        blobs = (np.ascontiguousarray(centers.T)[:, :, None, None], np.zeros(2, np.float32))
    match layer.kind:
        case "Convolution" | "Deconvolution":
            return _convolution(graph, layer, bottoms[0], blobs, where)
        case "ReLU":
            slope = p.relu_param.negative_slope
            return graph.op("LeakyRelu", bottoms[0], alpha=slope) if slope else graph.relu(bottoms[0])
        case "BatchNorm":
            return _batch_norm(graph, bottoms[0], blobs, p.batch_norm_param.eps, where)
        case "Scale":
            return _scale(graph, layer, bottoms, blobs, annealing, where)
        case "Softmax":
            return graph.op("Softmax", bottoms[0], axis=p.softmax_param.axis)
        case "Eltwise":
            return _eltwise(graph, p.eltwise_param, bottoms, where)
        case "Power":
            scaled = graph.add(graph.mul(bottoms[0], p.power_param.scale), p.power_param.shift)
            power = p.power_param.power
            return scaled if power == 1 else graph.op("Pow", scaled, graph.constant(power))
        case "Concat":
            return graph.concat(*bottoms, axis=p.concat_param.axis)
        case "Split" | "Dropout":
            return bottoms[0]
        case "Silence":
            return ""
    msg = f"{where} is a {layer.kind}, which no network of this family has"
    raise NetworkError(msg)


def _pair(repeated: Sequence[int], high: int, wide: int, default: int) -> list[int]:
    """A height and a width from Caffe's several spellings."""
    if high or wide:
        return [high or default, wide or default]
    values = list(repeated) or [default]
    return values * 2 if len(values) == 1 else values[:2]


def _convolution(graph: Graph, layer: Layer, x: str, blobs: Blobs, where: str) -> str:
    p = layer.parameters.convolution_param
    kernel = _pair(p.kernel_size, p.kernel_h, p.kernel_w, 1)
    stride = _pair(p.stride, p.stride_h, p.stride_w, 1)
    pad = _pair(p.pad, p.pad_h, p.pad_w, 0)
    dilation = _pair(p.dilation, 0, 0, 1)
    transposed = layer.kind == "Deconvolution"
    weight = blobs[0] if blobs else np.empty((0, 0, 0, 0), np.float32)
    # Caffe stores (out, in / groups, kh, kw), and for a deconvolution (in, out / groups, kh, kw).
    out = weight.shape[1] * p.group if transposed and weight.ndim == 4 else weight.shape[0]
    if weight.ndim != 4 or list(weight.shape[2:]) != kernel or out != p.num_output:
        msg = f"{where}: weights of shape {weight.shape}, but the layer is {p.num_output} filters of "
        msg += f"{kernel[0]}×{kernel[1]}; the prototxt is of another network"
        raise NetworkError(msg)
    values = [graph.constant(weight)]
    if p.bias_term:
        if len(blobs) < 2 or blobs[1].size != p.num_output:
            msg = f"{where}: has no bias of {p.num_output} numbers; the prototxt is of another network"
            raise NetworkError(msg)
        values.append(graph.constant(blobs[1].reshape(-1)))
    return graph.op(
        "ConvTranspose" if transposed else "Conv", x, *values,
        kernel_shape=kernel, strides=stride, pads=pad * 2, dilations=dilation, group=p.group,
    )  # fmt: skip


def _batch_norm(graph: Graph, x: str, blobs: Blobs, eps: float, where: str) -> str:
    if len(blobs) != 3 or blobs[2].size != 1 or blobs[0].size != blobs[1].size:
        msg = f"{where}: batch norm needs a mean, a variance and a factor; the prototxt is of another network"
        raise NetworkError(msg)
    # Caffe stores sums; the third blob is the number to divide them by.
    factor = float(blobs[2].reshape(-1)[0])
    unit = 1 / factor if factor else 0.0
    mean, variance = (blob.reshape(-1) * np.float32(unit) for blob in blobs[:2])
    ones = np.ones_like(mean)
    parts = [graph.constant(v) for v in (ones, np.zeros_like(mean), mean, variance)]
    return graph.op("BatchNormalization", x, *parts, epsilon=eps)


def _scale(graph: Graph, layer: Layer, bottoms: list[str], blobs: Blobs, annealing: float, where: str) -> str:
    p = layer.parameters.scale_param
    if p.axis != 1 or p.num_axes not in (0, 1):
        msg = f"{where}: a scale along axis {p.axis} is not known here"
        raise NetworkError(msg)
    if len(bottoms) == 2:
        return graph.mul(bottoms[0], bottoms[1])
    if layer.bottoms[0] == LOGITS:
        return graph.mul(bottoms[0], annealing)
    if not blobs:
        msg = f"{where}: has no weights in the caffemodel; the prototxt is of another network"
        raise NetworkError(msg)
    scaled = graph.mul(bottoms[0], blobs[0].reshape(-1, 1, 1))
    return graph.add(scaled, blobs[1].reshape(-1, 1, 1)) if p.bias_term and len(blobs) > 1 else scaled


def _eltwise(graph: Graph, p: Any, bottoms: list[str], where: str) -> str:
    kind = p.DESCRIPTOR.enum_types_by_name["EltwiseOp"].values_by_number[p.operation].name
    if list(p.coeff) and (kind != "SUM" or len(p.coeff) != len(bottoms)):
        msg = f"{where}: coefficients {list(p.coeff)} don't go with {len(bottoms)} inputs of a {kind}"
        raise NetworkError(msg)
    if p.coeff:
        bottoms = [graph.mul(b, c) for b, c in zip(bottoms, p.coeff, strict=True)]
    operation = {"PROD": "Mul", "SUM": "Add", "MAX": "Max"}[kind]
    result = bottoms[0]
    for other in bottoms[1:]:
        result = graph.op(operation, result, other)
    return result
