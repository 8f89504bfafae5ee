"""Photographs are looked at first in a process of its own, with a hard limit on memory and time.

What a file's header says of its pixels tells little of the memory that its decoder takes: 581 bytes of AVIF
can ask for 9 GB. Where the limit strikes, only this process ends, and the photograph is refused in words.
"""

from __future__ import annotations

import os
import threading
from multiprocessing import connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype.errors import OutOfMemory, TintypeError, TooLarge
from tintype.studio.processes import limit_memory, spawned

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

Pages = list[dict[str, Any]]


class Inspector:
    """Says what is known of each page of a file: see `survey`. Safe to use from several threads.

    Parameters
    ----------
    memory_bytes : int
        What one photograph may take. Enforced on Linux; elsewhere systems know no such limit.
    seconds : float
        How long one may take.
    """

    def __init__(self, memory_bytes: int, seconds: float) -> None:
        self.memory_bytes, self.seconds = memory_bytes, seconds
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._line: connection.Connection[Any, Any] | None = None

    def look(self, path: Path, name: str, max_pixels: int) -> Pages:
        """Return the pages of a file: values for `PhotoModel` each.

        Raises
        ------
        TooLarge
            When it takes more memory or time than it may.
        TintypeError
            What reading it raises.
        """
        with self._lock:
            line = self._start()
            try:
                line.send((path, name, max_pixels))
                answer = line.recv() if line.poll(self.seconds) else None
            except (EOFError, OSError):  # it ended
                answer = None
            if answer is None:
                self._stop()
        if answer is None or isinstance(answer, MemoryError | OutOfMemory):
            gigabytes = self.memory_bytes / 1e9
            reason = f"it takes more than the {gigabytes:.1f} GB or {self.seconds:.0f} s that one may take"
            raise TooLarge(name, 0, limit=self.memory_bytes, unit="bytes", reason=reason)
        if isinstance(answer, Exception):
            raise answer
        pages: Pages = answer
        return pages

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _start(self) -> connection.Connection[Any, Any]:
        if self._line is not None and self._process is not None and self._process.is_alive():
            return self._line
        self._stop()
        self._process, self._line = spawned(_serve, self.memory_bytes)
        return self._line

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None


def _serve(line: connection.Connection[Any, Any], memory_bytes: int) -> None:
    os.environ["VIPS_CONCURRENCY"] = "1"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from tintype.photo.decoder import forget_operations
    from tintype.studio.survey import survey

    forget_operations()
    # Whatever goes wrong is the answer; what decoders print when they give up would stand in the terminal.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    limit_memory(memory_bytes)
    while True:
        try:
            path, name, max_pixels = line.recv()
        except (EOFError, OSError):
            return
        answer: Any
        try:
            answer = survey(path, name, max_pixels, max(1, memory_bytes // 1_000_000))
        except (TintypeError, OSError, MemoryError) as error:
            answer = error
        except Exception as error:
            answer = RuntimeError(f"{type(error).__name__}: {error}")
        try:
            line.send(answer)
        except OSError:
            return
