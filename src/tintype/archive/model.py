"""What an archive run is made of: photographs come from a source and go to a destination; an engine works.

A new kind of source, destination or engine is one module and a line in the registry of its package
(`tintype.archive.origins`, `tintype.archive.places`, `tintype.archive.engines`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from tintype.archive.task import Outcome, Task
    from tintype.archive.work import ColorizeJob


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a source lists.

    Attributes
    ----------
    name : str
        Its name in the archive, with forward slashes and without ``..``: results and manifest go by it.
    place : str
        By what the source finds it; also what messages call it.
    size : int
        Bytes; -1 where listing doesn't tell.
    version : str
        Something that changes when the photograph does (a size and a date, an entity tag); empty: unknown.
    options : mapping, optional
        Settings of its own, over those of the run, as `Settings.to_json` writes them.
    kind : str
        As in `tintype.archive.walk.Found`.
    why : str
        Of what is unread or a problem: what it is, and what to do.
    """

    name: str
    place: str = ""
    size: int = -1
    version: str = ""
    options: Mapping[str, Any] | None = None
    kind: Literal["photograph", "unread", "problem", "system"] = "photograph"
    why: str = ""


class PhotoSource(Protocol):
    """Where photographs come from. Picklable: workers open what they are given themselves."""

    @property
    def title(self) -> str:
        """What messages call it."""
        ...

    @property
    def mark(self) -> str:
        """What a result's name gets before its suffix; empty unless results lie among the photographs."""
        ...

    def items(self) -> Iterator[Item]:
        """List what is there, streaming, the same way each time. Raises TintypeError."""
        ...

    def local(self, item: Item, folder: Path) -> Path:
        """Return the photograph as a local file: itself, or a copy in `folder`, which may not exist yet.

        Raises TintypeError, OSError.
        """
        ...

    def holds(self, path: Path) -> bool:
        """Whether a local file is one of its photographs: then no result replaces it."""
        ...


class Destination(Protocol):
    """Where results go. Picklable. Names are relative to it, with forward slashes."""

    @property
    def title(self) -> str:
        """What messages call it."""
        ...

    @property
    def by_worker(self) -> bool:
        """Whether workers put results there themselves.

        Else they leave them in the stage, which lies on the destination's own disk, and whoever keeps the
        manifest moves them.
        """
        ...

    def show(self, name: str) -> str:
        """Return what messages and reports call a result."""
        ...

    def local(self, name: str, folder: Path) -> Path:
        """Return a result as a local file: itself, or a copy in `folder`. Raises OSError."""
        ...

    def exists(self, name: str) -> bool:
        """Whether something is there. Raises OSError."""
        ...

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of what is there. Raises OSError."""
        ...

    def put(self, staged: Path, name: str) -> None:
        """Put a file there, whole or not at all; what was there is replaced. Raises OSError."""
        ...

    def put_sidecars(self, stage: Path, name: str, *, overwrite: bool) -> tuple[str, ...]:
        """Put XMP files that lie in the stage beside a result; return notes on those that can't.

        Raises OSError.
        """
        ...

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the archive's own (reports, parts of the manifest). Raises OSError."""
        ...

    def files(self) -> Iterator[tuple[str, int]]:
        """Yield name and size of all files there, streaming. Raises OSError.

        The archive's own, and what lies in hidden folders, may be left out.
        """
        ...

    def own(self, folder: str) -> list[str]:
        """Return the names of the archive's own files in a folder, in order. Raises OSError."""
        ...

    def remove(self, name: str) -> None:
        """Take a file of the archive's own away. Raises OSError."""
        ...

    def finish(self, outputs: Iterable[tuple[str, str]]) -> None:
        """Do what can only be done when everything is there; outputs are names and their SHA-256.

        Raises OSError.
        """
        ...


class Engine(Protocol):
    """What maps tasks to outcomes."""

    def run(self, work: ColorizeJob, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome | Exception]]:
        """Yield each task with its outcome as it is done; `tasks` is read as workers get free.

        An exception stands for a worker that died, or a fault of ours. Closing the iterator ends the work at
        once.
        """
        ...
