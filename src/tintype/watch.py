"""Limits of time and memory that the parent of a process keeps, looking at it many times a second.

Linux refuses a process more memory than it may take, at once and by itself (`tintype.limited`). Other systems
know no such limit that holds: macOS ignores it. There whoever started the process looks how much it holds and
ends it, so that it may have too much for one interval of a glance.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Protocol

SYSTEM_LIMITS = sys.platform == "linux"
"""Whether the system itself holds a process to its memory."""

GLANCE = 0.05
"""s between two looks at the memory of a process."""


class Ending(Protocol):
    """A process that can be ended: of `subprocess`, or of `multiprocessing`."""

    @property
    def pid(self) -> int | None:
        """The number that the system gave it."""

    def kill(self) -> None:
        """End it at once."""


class Watch:
    """Ends a process that takes more time or memory than it may, while a block of work goes on.

    Parameters
    ----------
    process : Ending
    seconds : float
        That the block may take; infinite for no limit.
    memory_bytes : int
        That the process may hold in all; 0 where it needs no looking after, as where the system limits it.

    Attributes
    ----------
    slow, large : bool
        Why it was ended, once it was.
    """

    def __init__(self, process: Ending, seconds: float, memory_bytes: int = 0) -> None:
        self.slow = self.large = False
        self._process, self._memory = process, memory_bytes
        self._until = time.monotonic() + seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(self._pause()):
            self.slow = time.monotonic() >= self._until
            self.large = bool(self._memory) and held(self._process.pid or 0) > self._memory
            if self.slow or self.large:
                self._process.kill()
                return

    def _pause(self) -> float:
        left = max(0.0, self._until - time.monotonic())
        return min(left, GLANCE if self._memory else 3600.0)


def held(pid: int) -> int:
    """Return how many bytes a process holds; 0 if it is gone."""
    if sys.platform == "linux":
        try:
            pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    import psutil

    try:
        told = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0
    # Windows moves what isn't in use out of the working set; `private` counts it all the same.
    return max(int(told.rss), int(getattr(told, "private", 0)))
