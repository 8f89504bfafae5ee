"""Networks that run: an ONNX Runtime session behind an adapter of its family."""

from __future__ import annotations

import importlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tintype import files
from tintype.color.lab import Float
from tintype.errors import NetworkError
from tintype.network.descriptor import KEY, NetworkDescriptor, Prediction, bins_array
from tintype.network.rgb import ab_from_rgb

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
        return files.sha256(self.path)

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
            If the network takes no hints, ONNX Runtime fails (out of memory, for one), or what comes out is
            not finite.
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
        given = np.asarray(outputs[0])
        if not np.isfinite(given).all():
            msg = f"network {self.descriptor.name} gives values that are no numbers; its weights are damaged"
            raise NetworkError(msg)
        return self._read(given, L)

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        raise NotImplementedError

    def _read(self, output: Float, L: Float) -> Prediction:
        vivid = self.descriptor.vividness
        first = output[0].astype(np.float32)
        if self.descriptor.output == "logits":
            return Prediction(L=L, logits=first, bins=self.bins, vividness=vivid)
        # A picture has a lightness of its own, which the photograph's replaces: only its chroma is taken.
        ab = ab_from_rgb(first) if self.descriptor.output == "rgb" else first
        return Prediction(L=L, ab=ab, vividness=vivid)


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
    session = open_session(file, device=device, threads=threads)
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


def open_session(
    file: Path, data: bytes | None = None, *, device: str = "cpu", threads: int = 0
) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session, quiet, and on this device or not at all.

    Parameters
    ----------
    file : Path
        The network, for messages also where `data` holds it.
    data : bytes, optional
    device, threads
        As for `load`.

    Raises
    ------
    NetworkError
        If ONNX Runtime can't open it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # An arena would keep what the largest view ever needed; malloc is as fast here, and gives it back.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4  # what is wrong is in the error; a library doesn't print
    # Threads that wait for work by spinning take the cores from those that paint: a third of the CPU's time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        # Its fallback would print, and go on with a CPU where a graphics card was asked for.
        return onnxruntime.InferenceSession(
            data or str(file), options, providers=[_PROVIDERS[device]], enable_fallback=0
        )
    except Exception as error:  # as above: no common base class
        msg = f"{file}: not a network that ONNX Runtime can open: {str(error).splitlines()[0]}"
        raise NetworkError(msg) from error


def _descriptor(file: Path, session: onnxruntime.InferenceSession) -> NetworkDescriptor:
    text = session.get_modelmeta().custom_metadata_map.get(KEY)
    sidecar = file.with_name(file.name + ".json")
    if text is None and sidecar.is_file():
        text = sidecar.read_text(encoding="utf-8")
    if text is None:
        msg = f"{file}: an ONNX file without a Tintype descriptor; `tintype models import {file}` makes one"
        raise NetworkError(msg)
    return NetworkDescriptor.from_json(text, name=str(file))
