"""Find the photographs below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from tintype.photo.formats import READABLE_SUFFIXES

STATE = ".tintype"
"""The folder, inside the output folder, that holds the manifest and half-made files."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing met on the walk.

    Attributes
    ----------
    path : Path
        Relative to the folder walked.
    problem : str
        Empty for a photograph; else why this folder or file can't be read.
    """

    path: Path
    problem: str = ""


def walk(root: Path, *, without: Collection[Path] = ()) -> Iterator[Found]:
    """Yield every photograph below `root`, in the order of names, each once; linked folders come last.

    Parameters
    ----------
    root : Path
        A folder. Links to folders are followed; a folder that was seen already (a loop, two ways to one
        place) is not entered again, and its own place counts before any link to it.
    without : paths
        Folders not to enter: the output, when it lies inside the input.

    Notes
    -----
    Hidden names, files without a photograph's suffix, and what is no regular file are left out. What is a
    photograph is decided by its content when it is read; the suffix only says what is worth opening.
    """
    seen = {_identity(p) for p in (*without, root) if p.exists()}
    links: list[Path] = []
    yield from _walk(root, Path(), seen, links)
    for link in links:  # it grows while the linked folders are walked
        identity = _identity(root / link)
        if identity not in seen:
            seen.add(identity)
            yield from _walk(root / link, link, seen, links)


def _walk(folder: Path, relative: Path, seen: set[tuple[int, int]], links: list[Path]) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda e: e.name)
    except OSError as error:
        yield Found(relative, f"can't list the folder: {error.strerror}")
        return
    for entry in listed:
        path = relative / entry.name
        if entry.name.startswith("."):
            continue
        try:
            status = entry.stat()
        except OSError as error:
            # A dangling link to nowhere is a photograph that is missing; anything else is no photograph.
            if path.suffix.lower() in READABLE_SUFFIXES:
                yield Found(path, f"can't be opened: {error.strerror}")
            continue
        if stat.S_ISDIR(status.st_mode) and entry.is_symlink():
            links.append(path)
        elif stat.S_ISDIR(status.st_mode):
            identity = _identity(folder / entry.name)
            if identity not in seen:
                seen.add(identity)
                yield from _walk(folder / entry.name, path, seen, links)
        elif stat.S_ISREG(status.st_mode) and path.suffix.lower() in READABLE_SUFFIXES:
            yield Found(path)


def _identity(path: Path) -> tuple[int, int]:
    # DirEntry.stat leaves st_ino empty on Windows; os.stat doesn't.
    status = path.stat()
    return status.st_dev, status.st_ino
