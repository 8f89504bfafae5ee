"""What goes to a worker and what comes back: a photograph to color, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tintype.archive.entry import Entry
from tintype.archive.model import Destination, Item, PhotoSource

STATUSES = ("coloured", "done", "colour", "unread", "failed")


@dataclass(frozen=True, slots=True)
class Task:
    """One photograph to colour.

    Attributes
    ----------
    item : Item
    target : str
        What the result is called at the destination.
    source : PhotoSource
    destination : Destination
    stage : Path
        An empty name for a folder of half-made files.
    overwrite : bool
        Whether an existing target may be replaced.
    known : Entry or None
        What the manifest says was done with this photograph earlier.
    retries : int
        How often this photograph was tried before, in this run.
    """

    item: Item
    target: str
    source: PhotoSource
    destination: Destination
    stage: Path
    overwrite: bool = False
    known: Entry | None = None
    retries: int = 0

    @property
    def shown(self) -> str:
        """What messages call the photograph."""
        return self.item.place or self.item.name

    def beside(self, name: str) -> str:
        """Return the name at the destination of a file that lies beside the target."""
        return str(PurePosixPath(self.target).with_name(name))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photograph.

    Attributes
    ----------
    status : str
        ``coloured`` now; ``done`` earlier and found as it was; in ``colour`` already and left; ``unread``, of
        a format that isn't read; ``failed``.
    made : tuple of (Path, str, str)
        Files made: where each lies in the stage, its name at the destination, its SHA-256.
    sizes : tuple of int
        Bytes of each.
    input : str
        SHA-256 of the photograph; empty when it could not be read.
    seconds : float
    notes : tuple of str
        What the user should know of the result.
    error : str
        Why it failed, or isn't read; else empty.
    cause : str
        The class of that error.
    digest : str
        Of the settings, its own among them.
    confidence : float
        Mean over the photograph, 0-1; -1 where the network doesn't say.
    again : bool
        Whether another try may succeed: what failed is not the photograph.
    """

    status: str
    made: tuple[tuple[Path, str, str], ...] = ()
    input: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    error: str = ""
    cause: str = ""
    digest: str = ""
    confidence: float = -1.0
    again: bool = False
    sizes: tuple[int, ...] = ()
