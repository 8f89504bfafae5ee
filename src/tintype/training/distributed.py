"""Where a run computes: one CPU, one GPU, or several processes that `torchrun` started."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
from torch import nn

from tintype._version import __version__
from tintype.errors import TrainingError


@dataclass(frozen=True)
class Process:
    """This process among others, and its device.

    Attributes
    ----------
    device : torch.device
    rank, world : int
        Which of how many processes.
    bf16 : bool
        Whether forward passes run in bfloat16 where that is safe (autocast).
    """

    device: torch.device
    rank: int = 0
    world: int = 1
    bf16: bool = False

    @property
    def first(self) -> bool:
        """Whether this process writes and tells."""
        return self.rank == 0

    def precision(self) -> AbstractContextManager[Any]:
        """Context of a forward pass."""
        if not self.bf16:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def wrap(self, module: nn.Module) -> nn.Module:
        """The module as it is called in training: gradients are averaged over all processes."""
        if self.world == 1:
            return module
        devices = [self.device.index] if self.device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(module, devices)

    def agree(self, values: list[float]) -> list[float]:
        """The first process's values, in all."""
        if self.world == 1:
            return values
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(tensor, 0)
        return list(tensor.tolist())

    def mean(self, values: list[float]) -> list[float]:
        """Mean over all processes."""
        if self.world == 1:
            return values
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        torch.distributed.all_reduce(tensor)
        return list((tensor / self.world).tolist())

    def wait(self) -> None:
        """Until all processes are here."""
        if self.world > 1:
            torch.distributed.barrier()

    def leave(self) -> None:
        """End the group of processes."""
        if self.world > 1 and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def join_processes(device: str = "auto", precision: str = "auto", threads: int = 0) -> Process:
    """Describe this process, and join the others if `torchrun` started several.

    Parameters
    ----------
    device : str
        ``cpu``, ``cuda``, or ``auto``: a GPU if there is one.
    precision : str
        ``fp32``, ``bf16``, or ``auto``: bf16 where the device computes in it.
    threads : int
        Of torch on the CPU; 0 leaves torch's own choice.

    Raises
    ------
    TrainingError
        If the device is not there, or can't do what is asked.
    """
    if threads:
        torch.set_num_threads(threads)
    rank, world, local = (
        int(os.environ.get(k, d)) for k, d in (("RANK", "0"), ("WORLD_SIZE", "1"), ("LOCAL_RANK", "0"))
    )
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        msg = "this torch sees no CUDA device; use --device cpu, or install torch with CUDA"
        raise TrainingError(msg)
    if device == "cuda" and local >= torch.cuda.device_count():
        msg = f"process {local} of this machine has no GPU: there are {torch.cuda.device_count()}; "
        raise TrainingError(f"{msg}start that many processes (torchrun --nproc-per-node)")
    if device == "cuda":
        torch.cuda.set_device(local)
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")
        here = torch.device("cuda", local)
    else:
        here = torch.device("cpu")
    if world > 1 and not torch.distributed.is_initialized():
        # The others wait while the first one makes the data set, or exports.
        patience = timedelta(hours=6)
        torch.distributed.init_process_group("nccl" if device == "cuda" else "gloo", timeout=patience)
    native = torch.cuda.is_bf16_supported() if device == "cuda" else _cpu_has_bf16()
    if precision == "bf16" and device == "cuda" and not native:
        msg = f"{torch.cuda.get_device_name()} has no bf16; use --precision fp32"
        raise TrainingError(msg)
    return Process(here, rank, world, precision == "bf16" or (precision == "auto" and native))


def environment(process: Process) -> dict[str, Any]:
    """What a run was made with, as JSON values."""
    import numpy as np

    gpu = process.device.type == "cuda"
    return {
        "tintype": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "system": platform.platform(),
        "device": torch.cuda.get_device_name() if gpu else f"cpu ({platform.machine()})",
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "processes": process.world,
        "precision": "bf16" if process.bf16 else "fp32",
    } | ({"watts": watts} if gpu and (watts := power_limit(process.device.index or 0)) else {})


def power_limit(index: int) -> float:
    """Watts that a GPU draws at most, as its driver's own program tells; 0 where it does not."""
    words = ["nvidia-smi", f"--id={index}", "--query-gpu=power.limit", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20)
        return float(told.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0.0


def _cpu_has_bf16() -> bool:
    # Without hardware for it bf16 is emulated, and slower than fp32.
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(supported is not None and supported())
