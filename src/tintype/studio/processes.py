"""Processes of the studio's own: started apart from the terminal's Ctrl-C."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable
from multiprocessing import connection, resource_tracker
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
