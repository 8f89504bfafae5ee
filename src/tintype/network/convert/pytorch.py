"""Recognises published PyTorch networks by the names and shapes of their weights."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tintype.errors import NetworkError
from tintype.files import sha256
from tintype.network.convert import checkpoint
from tintype.network.convert.graph import Weights
from tintype.network.descriptor import NetworkDescriptor


@dataclass(frozen=True, slots=True)
class Known:
    """A network that can be converted.

    Attributes
    ----------
    name : str
    module : str
        Of `tintype.network.convert`; its ``build_<name>(weights, source)`` does the work.
    marks : tuple of str
        Weights that it must have and no other known network has all of.
    expects : str
        For the message when a file is none of them.
    """

    name: str
    module: str
    marks: tuple[str, ...]
    expects: str


KNOWN = (
    Known(
        "siggraph17",
        "zhang",
        ("model1.0.weight", "model8up.0.weight", "model10.1.weight", "model_out.0.weight"),
        "model1.0.weight … model10.1.weight, model8up, model_class, model_out.0",
    ),
    Known(
        "eccv16",
        "zhang",
        ("model1.0.weight", "model8.6.weight", "model_out.weight"),
        "model1.0.weight … model8.6.weight, model_out.weight",
    ),
    Known(
        "ddcolor",
        "ddcolor",
        ("encoder.arch.downsample_layers.0.0.weight", "encoder.arch.norm3.weight", "refine_net.0.0.bias"),
        "encoder.arch.…, decoder.layers.…, decoder.color_decoder.…, refine_net.0.0",
    ),
    Known(
        "deoldify",
        "deoldify",
        ("layers.0.0.weight", "layers.8.conv.0.bias", "layers.10.layers.0.0.bias", "layers.11.0.bias"),
        "layers.0.0 … layers.0.7 (a ResNet), layers.3, layers.4 … layers.8, layers.10.layers, layers.11.0",
    ),
)


def convert(file: Path) -> tuple[Any, NetworkDescriptor, tuple[str, ...]]:
    """Turn a file with published weights into an ONNX model.

    Parameters
    ----------
    file : Path
        ``.pth``, ``.pt``, ``.bin``, ``.ckpt`` or ``.safetensors``; see `checkpoint.read`.

    Returns
    -------
    onnx.ModelProto, NetworkDescriptor, notes

    Raises
    ------
    NetworkError
        If the file is damaged, unsafe, incomplete, or of a network that isn't known.
    """
    weights = checkpoint.read(file)
    known = recognise(weights)
    module = importlib.import_module(f"tintype.network.convert.{known.module}")
    source = f"{file.name}, sha256 {sha256(file)}"
    model, descriptor, notes = getattr(module, f"build_{known.name}")(weights, source)
    return model, descriptor, (f"recognised as {known.name} by its {len(weights.arrays)} weights", *notes)


def recognise(weights: Weights) -> Known:
    """Which network the weights are of; NetworkError lists what was expected."""
    for known in KNOWN:
        if all(mark in weights for mark in known.marks):
            return known
    first = ", ".join(list(weights.arrays)[:4])
    expected = "; ".join(f"{k.name} ({k.expects})" for k in KNOWN)
    msg = f"{weights.name}: its {len(weights.arrays)} weights ({first}, …) are of no network known here, or "
    msg += f"some are missing. Expected one of: {expected}"
    raise NetworkError(msg)
