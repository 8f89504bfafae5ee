"""ONNX Runtime sessions: quiet, on the device that was asked for, and with what failed in words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype.errors import DamagedNetwork, DeviceMissing, NetworkError

if TYPE_CHECKING:
    import onnxruntime

_PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
# ONNX Runtime and torch have no type of their own for it: these words of their allocators are all there is.
_LONGEST = 300  # characters of another library's words
_NO_MEMORY = ("bad_alloc", "bad allocation", "Failed to allocate", "can't allocate memory", "out of memory")


def runtime() -> Any:
    """Return ONNX Runtime, told before it is loaded to send nothing home.

    Since 1.32 its wheels keep a number for the computer and report to their maker, unless the environment
    variable ``ORT_DISABLE_TELEMETRY`` is there when they are loaded; one that the user has set stays.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def open_session(
    file: Path, data: bytes | None = None, *, device: str = "cpu", threads: int = 0
) -> onnxruntime.InferenceSession:
    """Open an ONNX Runtime session, quiet, and on this device or not at all.

    Parameters
    ----------
    file : Path
        The network, for messages also where `data` holds it.
    data : bytes, optional
    device : str
        ``cpu``, ``cuda``, ``coreml``, ``directml`` or ``openvino``.
    threads : int
        Threads of one run; 0 takes all cores.

    Raises
    ------
    DeviceMissing
        If the device is not there.
    DamagedNetwork
        If ONNX Runtime can't open the file.
    NetworkError
        If memory is lacking.
    """
    onnxruntime = runtime()
    available = onnxruntime.get_available_providers()
    if _PROVIDERS[device] not in available:
        msg = f"device {device} is not available in this ONNX Runtime (it has {', '.join(available)}); "
        msg += "install the matching onnxruntime package, or use cpu"
        raise DeviceMissing(msg, device=device, available=available)
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
    except Exception as error:  # ONNX Runtime raises types of its own for every kind of failure
        if out_of_memory(error):
            msg = f"{file}: there is not enough memory to open this network; close other programs"
            raise NetworkError(msg) from error
        msg = f"{file}: not a network that ONNX Runtime can open: {first_line(error)}"
        raise DamagedNetwork(msg, name=str(file)) from error


def out_of_memory(error: BaseException) -> bool:
    """Return whether memory was lacking, as far as an error of another library tells."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MEMORY)


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, as far as anybody reads, or its type if it is silent."""
    line = next(iter(str(error).strip().splitlines()), "")
    return (line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…") or type(error).__name__
