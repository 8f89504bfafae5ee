"""Networks that run: an ONNX file behind the adapter of its family."""

from __future__ import annotations

from pathlib import Path

from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.session import open_session
from tintype.network.snapshot import Snapshot


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
    # Families bring what converts their published weights; they are loaded with the first network.
    from tintype.network.families import FAMILIES

    if not file.is_file():
        msg = f"{file}: no such network; `tintype models list` shows what is there"
        raise NetworkError(msg)
    read = Snapshot(file)
    descriptor = descriptor_of(file)
    family = FAMILIES.get(descriptor.family)
    if family is None:
        msg = f"{file}: family {descriptor.family[:60]!r} is unknown here; known: {', '.join(FAMILIES)}"
        raise NetworkError(msg)
    session = open_session(file, device=device, threads=threads)
    read.check()
    return family.adapter(read, descriptor, session)
