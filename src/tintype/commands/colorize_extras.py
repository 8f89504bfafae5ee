"""What ``tintype colorize`` is asked for beside settings, for the command and its two ways of working."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tintype.recipe import Recipe

PIPE = "-"
"""Stands for stdin as a photograph, and for stdout as an output."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What is asked for beside the photograph itself."""

    force: bool
    quiet: bool
    recipe: bool
    repeat: Recipe | None
    read: tuple[Path, ...]
    confidence: Path | None
    compare: Path | None
    report: Path | None
    json: bool
