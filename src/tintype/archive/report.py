"""What a run over an archive has done: counts, failures, and a JSON file for other programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tintype import outputs
from tintype._version import __version__
from tintype.archive.task import STATUSES, Outcome
from tintype.settings import Settings


@dataclass(frozen=True, slots=True)
class Line:
    """One photograph of the report: its path, what became of it, and the files that it has now."""

    source: str
    outcome: Outcome
    outputs: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The line as plain JSON values."""
        return {
            "source": self.source,
            "status": self.outcome.status,
            "outputs": list(self.outputs),
            "sha256": self.outcome.input,
            "seconds": round(self.outcome.seconds, 3),
            "notes": list(self.outcome.notes),
            "error": self.outcome.error,
        }


@dataclass(slots=True)
class Report:
    """All photographs of a run, in the order in which they were finished.

    Attributes
    ----------
    settings : Settings
    networks : tuple of str
        SHA-256 of the weights.
    lines : list of Line
        Pictures of formats that aren't read, and what can't be opened, are among them.
    system_folders : list of Path
        Folders that a system made for itself; they were not entered.
    notes : list of str
        What the user should know of the run as a whole.
    seconds : float
    interrupted : bool
    """

    settings: Settings
    networks: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False
    system_folders: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, status: str) -> int:
        """Return how many photographs have a status of `STATUSES`."""
        return Counter(line.outcome.status for line in self.lines)[status]

    def of(self, status: str) -> Sequence[Line]:
        """Return the photographs that have a status of `STATUSES`, by name."""
        return sorted((n for n in self.lines if n.outcome.status == status), key=lambda n: n.source)

    @property
    def failures(self) -> Sequence[Line]:
        """The photographs that failed, by name."""
        return self.of("failed")

    @property
    def left(self) -> int:
        """How many photographs didn't fail and yet were left uncoloured: in colour already, or not read."""
        return self.count("colour") + self.count("unread")

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "tintype_report": 1,
            "program": __version__,
            "settings": self.settings.to_json(),
            "networks": list(self.networks),
            "seconds": round(self.seconds, 3),
            "interrupted": self.interrupted,
            "counts": {s: self.count(s) for s in STATUSES},
            "system_folders": [str(p) for p in self.system_folders],
            "notes": self.notes,
            "photographs": [line.to_json() for line in self.lines],
        }

    def write(self, path: Path) -> None:
        """Write ``report.json``; an older report at that place is replaced. Raises PhotoError."""
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n"
        overwrite = outputs.check(path, outputs.Kind.REPORT, force=True)
        outputs.write_text(path, text, overwrite=overwrite)
