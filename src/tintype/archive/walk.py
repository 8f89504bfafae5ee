"""Find the photographs below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tintype.photo.folders import is_system_folder, kind_of, unread_reason
from tintype.photo.formats import HEAD, WRITABLE, sniff

STATE = ".tintype"
"""The folder, inside the output folder, that holds the manifest and half-made files."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing met on the walk.

    Attributes
    ----------
    path : Path
        Relative to the folder walked.
    kind : str
        ``photograph``; ``unread``, a picture of a format that isn't read; ``problem``, a folder or file that
        can't be opened; ``system``, a folder that a system made for itself, not entered.
    why : str
        Of what is unread or a problem: what it is, and what to do.
    """

    path: Path
    kind: Literal["photograph", "unread", "problem", "system"] = "photograph"
    why: str = ""


def walk(root: Path, *, without: Collection[Path] = ()) -> Iterator[Found]:
    """Yield what lies below `root`, in the order of names, each once; linked folders come last.

    Parameters
    ----------
    root : Path
        A folder. Links to folders are followed; a folder that was seen already (a loop, two ways to one
        place) is not entered again, and its own place counts before any link to it.
    without : paths
        Folders not to enter: the output, when it lies inside the input.

    Notes
    -----
    Hidden names, files that no picture is called like, and what is no regular file are left out. What is a
    photograph is decided by its content when it is read; the suffix only says what is worth opening. A file
    without any suffix is looked into: old Macintosh disks have photographs that are called so.
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
        yield Found(relative, "problem", f"can't list the folder: {error.strerror}")
        return
    for entry in listed:
        path = relative / entry.name
        system = is_system_folder(entry.name)
        if entry.name.startswith(".") and not system:
            continue
        try:
            status = entry.stat()
        except OSError as error:
            # A dangling link to nowhere is a photograph that is missing; anything else is no photograph.
            if kind_of(entry.name) == "photograph":
                yield Found(path, "problem", f"can't be opened: {error.strerror}")
            continue
        if stat.S_ISREG(status.st_mode) and not entry.name.startswith("."):
            yield from _file(folder / entry.name, path)
        elif not stat.S_ISDIR(status.st_mode):
            continue
        elif system:
            yield Found(path, "system")
        elif entry.is_symlink():
            links.append(path)
        else:
            identity = _identity(folder / entry.name)
            if identity not in seen:
                seen.add(identity)
                yield from _walk(folder / entry.name, path, seen, links)


def _file(here: Path, path: Path) -> Iterator[Found]:
    match kind_of(path.name):
        case "photograph":
            yield Found(path)
        case "unread":
            what, remedy = unread_reason(path.name)
            yield Found(path, "unread", f"{what}, which isn't read; {remedy}")
        case "other" if not path.suffix:
            with suppress(OSError), here.open("rb") as file:
                if kind := sniff(file.read(HEAD)):
                    suffix = WRITABLE[kind].suffixes[0] if kind in WRITABLE else f".{kind}"
                    yield Found(path, "unread", f"a picture without a suffix; name it {path.name}{suffix}")


def _identity(path: Path) -> tuple[int, int]:
    # DirEntry.stat leaves st_ino empty on Windows; os.stat doesn't.
    status = path.stat()
    return status.st_dev, status.st_ino
