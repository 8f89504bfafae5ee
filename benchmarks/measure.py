"""Run a program and say what it took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One run of a process: wall seconds, peak resident memory in MB, what it printed."""

    seconds: float
    peak_mb: float
    output: str


def run(*command: str | Path, env: dict[str, str] | None = None) -> Measured:
    """Run a command to its end; raises SystemExit with its output when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(c) for c in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | (env or {}),
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{output}")
    # Linux counts in KB, macOS in bytes.
    return Measured(seconds, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3), output)


def cpu() -> str:
    """Cores and load, for the head of a table."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
