"""Recognizes published PyTorch networks by the names of their weights."""

from __future__ import annotations

from tintype.errors import NetworkError
from tintype.network.convert import checkpoint
from tintype.network.converted import Converted
from tintype.network.families import FAMILIES
from tintype.network.families.family import PytorchWeights
from tintype.network.graph import Weights
from tintype.network.snapshot import Snapshot


def convert(file: Snapshot) -> Converted:
    """Turn a file with published weights into an ONNX model.

    Parameters
    ----------
    file : Snapshot
        ``.pth``, ``.pt``, ``.bin``, ``.ckpt`` or ``.safetensors``; see `checkpoint.read`.

    Raises
    ------
    NetworkError
        If the file is damaged, unsafe, incomplete, or of a network that isn't known.
    """
    weights = checkpoint.read(file.path)
    known = recognize(weights)
    built = known.build(weights, f"{file.path.name}, sha256 {file.sha256}")
    return built.noted(f"recognized as {known.name} by its {len(weights.arrays)} weights")


def recognize(weights: Weights) -> PytorchWeights:
    """Return which network the weights are of; NetworkError lists what was expected.

    The families are asked in the order of their registry.
    """
    known = [family.pytorch for family in FAMILIES.values() if family.pytorch]
    for one in known:
        if all(mark in weights for mark in one.marks):
            return one
    first = ", ".join(list(weights.arrays)[:4])
    expected = "; ".join(f"{one.name} ({one.expects})" for one in known)
    msg = f"{weights.name}: its {len(weights.arrays)} weights ({first}, …) are of no network known here, or "
    msg += f"some are missing. Expected one of: {expected}"
    raise NetworkError(msg)
