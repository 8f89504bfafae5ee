"""What a film's result may replace: an earlier result of ours when that is allowed, never anything else."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tintype.errors import FilmError, NotReplaceable, TargetExists, TintypeError
from tintype.film.source import opened

MARK = "Colour made by Tintype"
"""Begins the comment of every film that is marked."""


def check(target: Path, source: Path, *, overwrite: bool) -> None:
    """Say before any work is done whether a film may be written.

    Raises
    ------
    NotReplaceable
        When the source, or anything that is no film of ours, is there.
    TargetExists
        When a film of ours is there and `overwrite` is False.
    FilmError
        When its folder is missing.
    """
    if not target.parent.is_dir():
        raise FilmError(name=str(target), reason="its folder is missing", remedy="make the folder first")
    if not os.path.lexists(target):
        return
    with suppress(OSError):
        if target.samefile(source):
            raise NotReplaceable(target, "that is the film itself")
    if not overwrite:
        raise TargetExists(target)
    if not _ours(target):
        reason = "what is there is no film that Tintype has written and marked, so it isn't replaced"
        raise NotReplaceable(target, reason, remedy="choose another name, or take it away yourself")


def _ours(path: Path) -> bool:
    try:
        with opened(path) as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
    except TintypeError:
        return False
    return MARK in tags.get("comment", "")
