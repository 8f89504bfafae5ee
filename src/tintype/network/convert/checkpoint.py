"""Reads PyTorch and safetensors files into named arrays: nothing in them is ever executed."""

from __future__ import annotations

import importlib.util
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tintype.errors import NetworkError
from tintype.network.graph import Array, Weights
from tintype.network.session import first_line, out_of_memory

# Under these keys programs keep the weights inside a checkpoint, beside optimisers and counters.
WRAPPERS = ("params_ema", "params", "state_dict", "model", "model_state_dict", "generator")
# What wrappers of whole networks put before every name.
_DEEPEST = 4  # wrappers within wrappers; files that hold themselves are endless
_PREFIXES = ("module.", "_orig_mod.")


def read(file: Path) -> Weights:
    """Return the weights of a file by their published names.

    Parameters
    ----------
    file : Path
        ``.safetensors``, or anything that ``torch.save`` wrote.

    Returns
    -------
    Weights
        Arrays as float32, counters as they are; wrappers such as ``{"params": …}`` taken off.

    Raises
    ------
    NetworkError
        If torch is not installed, or the file is damaged, holds more than plain weights, or none.
    """
    for module in ("torch", "safetensors", "onnx"):
        if importlib.util.find_spec(module) is None:
            msg = f"{file}: converting it needs {module}, which is not installed; get it with: "
            msg += "pip install 'tintype[train]' (running the converted network needs nothing)"
            raise NetworkError(msg)
    stored = _safetensors(file) if file.suffix.lower() == ".safetensors" else _torch(file)
    tensors = _unwrap(stored, file)
    arrays = {_plain(key): _array(value, key, file) for key, value in tensors.items()}
    if len(arrays) < len(tensors):
        msg = f"{file}: two weights have the same name once {' or '.join(_PREFIXES)} is taken off"
        raise NetworkError(msg)
    return Weights(arrays, str(file))


def _safetensors(file: Path) -> Mapping[str, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return dict(load_file(file))
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        msg = f"{file}: damaged, or not a safetensors file ({_said(error)}); download it again"
        raise NetworkError(msg) from None


def _torch(file: Path) -> Any:
    import torch

    try:
        # DeOldify's published files hold a slice, which is three numbers and can't do anything.
        with torch.serialization.safe_globals([slice]):
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if not _looks_like_torch(file):
            msg = f"{file}: not a PyTorch file, or damaged; download it again"
        else:
            msg = f"{file}: it holds more than plain weights ({_reason(error)}), which could run code, so it "
            msg += (
                "was not opened; expected a state dict of tensors. Get the published file, or a .safetensors"
            )
        raise NetworkError(msg) from None
    except (
        Exception
    ) as error:  # torch raises RuntimeError, EOFError, KeyError, ValueError … for damaged files
        if out_of_memory(error):
            msg = f"{file}: there is not enough memory to read it; close other programs"
            raise NetworkError(msg) from None
        msg = f"{file}: damaged, cut short, or not a PyTorch file ({_said(error)}); download it again"
        raise NetworkError(msg) from None


def _unwrap(stored: Any, file: Path) -> Mapping[str, Any]:
    import torch

    for _ in range(_DEEPEST):
        held = stored if isinstance(stored, Mapping) else {}
        inner = [held[key] for key in WRAPPERS if isinstance(held.get(key), Mapping)]
        if not inner:
            break
        stored = inner[0]
    if isinstance(stored, Mapping) and stored and all(isinstance(v, torch.Tensor) for v in stored.values()):
        return stored
    keys = ", ".join(str(key)[:60] for key in list(stored)[:5]) if isinstance(stored, Mapping) else ""
    what = keys or ("nothing" if isinstance(stored, Mapping) else type(stored).__name__)
    msg = f"{file}: no weights found in it (it holds {what}); expected named tensors, plain or "
    msg += f"under one of {', '.join(WRAPPERS)}"
    raise NetworkError(msg)


def _array(value: Any, key: str, file: Path) -> Array:
    if not isinstance(key, str) or value.is_sparse or value.is_quantized or value.is_complex():
        msg = f"{file}: weight {key!r} is sparse, quantized or complex; expected plain floating-point weights"
        raise NetworkError(msg)
    # Half-precision copies of published weights are common; the network is stored in fp32 all the same.
    value = value.detach().float() if value.is_floating_point() else value.detach()
    return np.asarray(value.contiguous().numpy())


def _plain(key: str) -> str:
    for prefix in _PREFIXES:
        key = key.removeprefix(prefix)
    return key


def _looks_like_torch(file: Path) -> bool:
    with file.open("rb") as stream:
        start = stream.read(2)
    return start == b"PK" or start[:1] == b"\x80"  # a zip archive, or a bare pickle


def _reason(error: Exception) -> str:
    for line in str(error).splitlines():
        if "GLOBAL" in line or "Unsupported" in line:
            return line.strip().removeprefix("WeightsUnpickler error:").strip().split(" was not")[0]
    return "objects of some program"


def _said(error: Exception) -> str:
    line = first_line(error)
    # Torch's advice, to open it in the way that runs what is in it, is kept back.
    return "of a kind that can't be opened safely" if "weights_only" in line else line
