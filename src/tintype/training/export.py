"""From a trained torch network to one ONNX file: folded, stored as fp16, described and checked."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import itertools
import json
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tintype.errors import NetworkError
from tintype.files import write_bytes
from tintype.training.networks.base import ColorNetwork
from tintype.training.parity import compared

Array = npt.NDArray[np.float32]

OPSET = 18
# Smaller tensors (biases, norms) stay fp32: they weigh nothing and their rounding would shift whole channels.
_SMALLEST_HALVED = 256
_FP16_MAX = 65504.0
SHARED = "shared_weights"  # metadata: weights that are not there because another has their values


@dataclass(frozen=True)
class ExportReport:
    """What the check of an exported file found.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of the file's bytes.
    size : int
        Bytes.
    parity : float
        Largest absolute difference between torch and ONNX Runtime, both fp32, in the output's own unit.
    delta_e_mean, delta_e_max : float
        CIE 1976 ΔE between fp32 and the file as stored. L is the same in both, so it is the distance in ab.
    """

    path: Path
    sha256: str
    size: int
    parity: float
    delta_e_mean: float
    delta_e_max: float


def export_onnx(
    network: ColorNetwork,
    path: str | Path,
    metadata: Mapping[str, str],
    *,
    bins: Array | None = None,
    half: bool = True,
    views: Sequence[Array] = (),
    tolerance: float = 5e-3,
) -> ExportReport:
    """Write a network as ONNX and check it against torch.

    Parameters
    ----------
    network : nn.Module
        With `output` ("logits" or "ab"), `hints` (bool) and `multiple` (h and w are multiples of it).
        Its forward takes L (n, 1, h, w) and, if `hints`, hints (n, 3, h, w).
    path : path
        Where to write; it appears complete or not at all.
    metadata : mapping of str to str
        Becomes the file's `metadata_props`; `tintype` holds the descriptor as JSON.
    bins : (Q, 2) float32, optional
        Centres of the ab bins, needed when the output is logits.
    half : bool
        Store large weights as fp16 (half the size; computed in fp32 all the same).
    views : sequence of (h, w) float32
        Lightness 0-100 of photographs to measure on; without any, a synthetic one.
    tolerance : float
        Largest relative difference between torch and ONNX Runtime that is accepted.

    Raises
    ------
    NetworkError
        When ONNX Runtime does not give what torch gives, or a weight does not fit into fp16.
    """
    import onnx

    path = Path(path)
    if network.output == "logits" and bins is None:
        msg = f"{path}: a network that gives logits needs its bins"
        raise NetworkError(msg)
    network = fold(network.cpu().float())
    full = to_onnx(network)
    for key, value in {**metadata, **_shared(network, full)}.items():
        full.metadata_props.add(key=key, value=value)
    stored = copy.deepcopy(full)
    if half:
        store_half(stored)
    onnx.checker.check_model(stored)
    data = stored.SerializeToString(deterministic=True)
    parity, mean, worst = compared(network, full.SerializeToString(), data, bins, views, tolerance, path)
    write_bytes(path, data, overwrite=True)
    return ExportReport(path, hashlib.sha256(data).hexdigest(), len(data), parity, mean, worst)


def fold(network: ColorNetwork) -> ColorNetwork:
    """A copy in evaluation mode whose ``Sequential`` conv + batch norm pairs are one convolution.

    The exporter folds the others that it can; norms before a ReLU that comes before a conv can't be folded.
    """
    network = copy.deepcopy(network).eval()
    for module in network.modules():
        if not isinstance(module, nn.Sequential):
            continue
        layers = list(module)
        for i, (first, second) in enumerate(itertools.pairwise(layers)):
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                module[i] = nn.utils.fuse_conv_bn_eval(first, second)
                module[i + 1] = nn.Identity()
    return network


def to_onnx(network: ColorNetwork) -> Any:
    """The network as an ONNX model proto, fp32, with dynamic batch, height and width."""
    unit = network.multiple
    n, h, w = (torch.export.Dim(name, min=1, max=4096) for name in ("n", "rows", "columns"))
    shape = {0: n, 2: unit * h, 3: unit * w}
    # Not square and not 1: the exporter must not take two dimensions for one, or a 1 for a constant.
    size = (2, 1, unit * max(2, 32 // unit), unit * max(3, 64 // unit))
    inputs: dict[str, torch.Tensor] = {"L": torch.full(size, 50.0)}
    if network.hints:
        inputs["hints"] = torch.zeros(size[0], 3, *size[2:])
    with torch.no_grad(), _quiet():
        program = torch.onnx.export(
            network,
            tuple(inputs.values()),
            dynamo=True,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=[network.output],
            dynamic_shapes=tuple(shape for _ in inputs),
            external_data=False,
            verbose=False,
        )
    assert program is not None  # as it is without dynamo alone
    model: Any = program.model_proto
    _strip(model)
    _name_dimensions(model, network)
    return model


def store_half(model: Any) -> None:
    """Turn large fp32 initialisers into fp16 ones behind Cast nodes, in place.

    Runtimes fold the casts when they load the file, so nothing is slower.
    """
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _SMALLEST_HALVED:
            continue
        values = numpy_helper.to_array(tensor)
        if not np.abs(values).max() <= _FP16_MAX:
            msg = f"weight {tensor.name!r} reaches {np.abs(values).max():g}, which fp16 can't hold"
            raise NetworkError(msg)
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], f"{name}.cast", to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(casts + nodes)


def _shared(network: nn.Module, model: Any) -> dict[str, str]:
    """Metadata that says which weight the exporter left out because another has the same values."""
    from onnx import numpy_helper

    stored = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    same = {}
    for name, value in network.state_dict().items():
        if name not in stored and value.is_floating_point():
            values = value.numpy()
            twins = [k for k, v in stored.items() if v.shape == values.shape and np.array_equal(v, values)]
            same.update({name: twins[0]} if twins else {})
    return {SHARED: json.dumps(same, sort_keys=True)} if same else {}


def _strip(model: Any) -> None:
    """Remove what the exporter notes about this machine's source files."""
    model.doc_string = ""
    del model.metadata_props[:]
    graph = model.graph
    graph.doc_string = ""
    for item in (graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info):
        item.doc_string = ""
        del item.metadata_props[:]
    del graph.value_info[:]


def _name_dimensions(model: Any, network: ColorNetwork) -> None:
    for value in (*model.graph.input, *model.graph.output):
        dims = value.type.tensor_type.shape.dim
        short = value.name == "logits"
        for dim, name in zip((dims[0], dims[2], dims[3]), ("n", "h", "w"), strict=True):
            dim.dim_param = f"{name}/{network.stride}" if short and name != "n" else name


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter warns about torchvision and about dimension names; neither concerns the user."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
