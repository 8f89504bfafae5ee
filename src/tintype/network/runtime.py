"""Networks that run: an ONNX Runtime session behind an adapter of its family."""

from __future__ import annotations

import hashlib
import importlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tintype.color.lab import Float
from tintype.errors import NetworkError
from tintype.network.descriptor import KEY, NetworkDescriptor, Prediction, bins_array

if TYPE_CHECKING:
    import onnxruntime

_PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
_FAMILIES = ("tintype", "zhang16", "siggraph17", "ddcolor", "deoldify", "generic")


class Network:
    """A network with its session. Adapters override `_feed` and, where needed, `_read`.

    Parameters
    ----------
    path : Path
        The ONNX file.
    descriptor : NetworkDescriptor
    session : onnxruntime.InferenceSession
    """

    def __init__(
        self, path: Path, descriptor: NetworkDescriptor, session: onnxruntime.InferenceSession
    ) -> None:
        self.path, self.descriptor, self.session = path, descriptor, session
        self.bins = bins_array(descriptor)

    @cached_property
    def sha256(self) -> str:
        """Hash of the weights file, hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def predict(self, L: Float, hints: Float | None = None) -> Prediction:
        """Ask the network.

        Parameters
        ----------
        L : float32, shape (h, w)
            Lightness of the view, 0-100; h and w as `view_size` gives them.
        hints : float32, shape (3, h, w), or None
            a, b in Lab units where hinted, and a mask of 0 and 1.

        Returns
        -------
        Prediction

        Raises
        ------
        NetworkError
            If the network takes no hints, or ONNX Runtime fails (out of memory, for one).
        """
        if hints is not None and not self.descriptor.hints:
            msg = f"network {self.descriptor.name} takes no hints; use one that does, such as tintype"
            raise NetworkError(msg)
        try:
            outputs = self.session.run(None, self._feed(L, hints))
        except Exception as error:  # ONNX Runtime raises types of its own for every kind of failure
            msg = f"network {self.descriptor.name} failed on a view of {L.shape[1]}×{L.shape[0]} px: "
            msg += f"{str(error).splitlines()[0]}; try a smaller size"
            raise NetworkError(msg) from error
        return self._read(np.asarray(outputs[0]), L)

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        raise NotImplementedError

    def _read(self, output: Float, L: Float) -> Prediction:
        vivid = self.descriptor.vividness
        first = output[0].astype(np.float32)
        if self.descriptor.output == "logits":
            return Prediction(L=L, logits=first, bins=self.bins, vividness=vivid)
        return Prediction(L=L, ab=first, vividness=vivid)


def load(file: Path, *, device: str = "cpu", threads: int = 0) -> Network:
    """Open a network.

    Parameters
    ----------
    file : Path
        An ONNX file that carries a descriptor, inside or in ``<file>.json`` beside it.
    device : str
        ``cpu``, ``cuda``, ``coreml``, ``directml`` or ``openvino``.
    threads : int
        Threads of one run; 0 takes all cores.

    Raises
    ------
    NetworkError
        If the file is missing, damaged or unknown, or the device is not there.
    """
    import onnxruntime

    if not file.is_file():
        msg = f"{file}: no such network; `tintype models list` shows what is there"
        raise NetworkError(msg)
    available = onnxruntime.get_available_providers()
    if _PROVIDERS[device] not in available:
        msg = f"device {device} is not available in this ONNX Runtime (it has {', '.join(available)}); "
        msg += "install the matching onnxruntime package, or use cpu"
        raise NetworkError(msg)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # Threads that wait for work by spinning take the cores from those that paint: a third of the CPU's time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=[_PROVIDERS[device]])
    except Exception as error:  # as above: no common base class
        msg = f"{file}: not a network that ONNX Runtime can open: {str(error).splitlines()[0]}"
        raise NetworkError(msg) from error
    descriptor = _descriptor(file, session)
    if descriptor.family not in _FAMILIES:
        msg = f"{file}: family {descriptor.family!r} is unknown here; known: {', '.join(_FAMILIES)}"
        raise NetworkError(msg)
    try:
        adapter = importlib.import_module(f"tintype.network.{descriptor.family}")
    except ModuleNotFoundError as error:
        msg = f"{file}: this version has no adapter for the family {descriptor.family}"
        raise NetworkError(msg) from error
    network: Network = adapter.Adapter(file, descriptor, session)
    return network


def _descriptor(file: Path, session: onnxruntime.InferenceSession) -> NetworkDescriptor:
    text = session.get_modelmeta().custom_metadata_map.get(KEY)
    sidecar = file.with_name(file.name + ".json")
    if text is None and sidecar.is_file():
        text = sidecar.read_text(encoding="utf-8")
    if text is None:
        msg = f"{file}: an ONNX file without a Tintype descriptor; `tintype models import {file}` makes one"
        raise NetworkError(msg)
    return NetworkDescriptor.from_json(text, name=str(file))
