"""Worker processes of this computer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tintype.archive.engines import pool

if TYPE_CHECKING:
    from tintype.archive.task import Outcome, Task
    from tintype.archive.work import ColorizeJob


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """One process a core, each with a network of its own; see `tintype.archive.model.Engine`.

    Attributes
    ----------
    workers : int
        0: one a core.
    """

    workers: int = 0

    def run(self, work: ColorizeJob, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome | Exception]]:
        """Color in worker processes, one photograph at a time each."""
        yield from pool.run(work, tasks, workers=self.workers or os.cpu_count() or 1)


def opened(workers: int) -> LocalEngine:
    """Return the engine."""
    return LocalEngine(workers)
