"""Engines: what maps photographs to outcomes. One module a kind, with a function ``opened``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tintype.archive.model import Engine

ENGINES = ("local", "ray")
"""Modules of this package, by which the command line calls them."""


def open_engine(name: str, workers: int) -> Engine:
    """Return an engine of `ENGINES` with so many workers (0: as many as there are cores).

    Raises MissingExtra.
    """
    engine: Engine = import_module(f"{__name__}.{name}").opened(workers)
    return engine
