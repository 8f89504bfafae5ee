"""Run a program and say what it took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One run of a process: wall and CPU seconds, peak resident memory in MB, what it printed."""

    seconds: float
    cpu: float
    peak_mb: float
    output: str


def run(*command: str | Path, env: dict[str, str] | None = None) -> Measured:
    """Run a command to its end; raises SystemExit with its output when it fails.

    A process of its own starts it: what is started by a large process counts that one's memory as its own.
    """
    with tempfile.NamedTemporaryFile() as told:
        process = subprocess.run(
            [sys.executable, "-S", __file__, told.name, *map(str, command)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | (env or {}),
        )
        if process.returncode:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{process.stdout}")
        seconds, cpu, peak = map(float, Path(told.name).read_text().split())
    return Measured(seconds, cpu, peak, process.stdout)


def machine() -> str:
    """Cores and load, for the head of a table."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def main(told: str, *command: str) -> int:
    """Run a command, and write its seconds, its CPU's seconds and its peak MB into a file."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    # Linux counts in KB, macOS in bytes.
    peak = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    Path(told).write_text(f"{seconds} {usage.ru_utime + usage.ru_stime} {peak}")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
