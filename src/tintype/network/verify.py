"""Whether a network runs, and is what was installed."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from tintype.errors import DamagedNetwork
from tintype.network import isolated
from tintype.network.descriptor import view_size
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import RECORD, find, installed, record_of, speed_class
from tintype.network.runtime import load
from tintype.network.snapshot import Snapshot


def verify(name: str, *, seconds: float = 0.0) -> str:
    """Check a network: its size and hash against the record, its descriptor, and one run.

    Parameters
    ----------
    name : str
    seconds : float
        The time limit of the run; 0: two minutes, and more for a large file.

    Returns
    -------
    str : what was checked, for the user.

    Raises
    ------
    NetworkError
        If anything is not as it was when it was installed.
    """
    file = find(name)
    record = record_of(file)
    if record is not None:
        size, seen = file.stat().st_size, Snapshot(file).sha256
        if (size, seen) != (record.bytes, record.sha256):
            msg = (
                f"{file}: changed since it was installed ({size} bytes, sha256 {seen}; it was {record.bytes} "
            )
            msg += f"bytes, {record.sha256}); don't use it, import or pull it again with --force"
            raise DamagedNetwork(msg, name=str(file))
    elif name in installed():
        msg = f"{file}: its record {RECORD} is missing; import or pull the network again with --force"
        raise DamagedNetwork(msg, name=str(file))
    descriptor_of(file)
    took = isolated.run(try_out, file, file=file, seconds=seconds)
    hashed = "size and sha256 as installed, " if record else "no record to compare with, "
    return f"{hashed}runs ({took * 1000:.0f} ms a view)"


def try_out(file: Path) -> float:
    """Run a network on a view of its default size; return the seconds that took.

    The first run also sets things up, so that a fast network gets a second one.

    Raises
    ------
    NetworkError
        If it can't be opened, fails, or gives anything but finite numbers.
    """
    network = load(file)
    rule = network.descriptor.size
    height, width = view_size(rule, rule.default, rule.default)
    L = np.linspace(5, 95, height * width, dtype=np.float32).reshape(height, width)
    seconds = float("inf")
    for _ in range(2):
        begun = time.perf_counter()
        network.predict(L)
        seconds = min(seconds, time.perf_counter() - begun)
        if speed_class(seconds / 2) == "slow":  # whatever the set-up took
            break
    return seconds
