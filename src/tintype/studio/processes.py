"""Processes of the studio's own: started apart from the terminal's Ctrl-C, with a limit on memory."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import connection, resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

_context = multiprocessing.get_context("spawn")
Line = connection.Connection


def spawned(serve: Callable[..., None], *args: Any) -> tuple[SpawnProcess, connection.Connection[Any, Any]]:
    """Start `serve(line, *args)` in a process that ends with this one; the other end of its line."""
    here, there = _context.Pipe()
    process = _context.Process(target=serve, args=(there, *args), daemon=True)
    if sys.platform == "win32":
        process.start()
    else:
        # A Ctrl-C of the terminal is for the studio, not for this process.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    there.close()
    return process, here


def limit_memory(memory_bytes: int) -> None:
    """Let this process take so many bytes more than it has now (Linux)."""
    if sys.platform != "linux":
        return
    import resource

    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        now = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))
        resource.setrlimit(resource.RLIMIT_DATA, (now + memory_bytes, now + memory_bytes))
