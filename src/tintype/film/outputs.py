"""What a film's result may replace: an earlier result of ours when that is allowed, never anything else."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from tintype import names, outputs
from tintype.errors import FilmError, NotReplaceable, TargetExists, TintypeError
from tintype.film.source import opened
from tintype.outputs import Kind

MARK = "Colour made by Tintype"
"""Begins the comment of every film that is marked."""


_SYSTEM = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
"""Files that systems put into every folder."""


def check(target: Path, source: Path, *, overwrite: bool) -> None:
    """Say before any work is done whether a film, or a folder of frames, may be written.

    An empty folder is as good as none.

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
    if target.is_dir() and not outputs.is_same(target, source):
        _check_folder(target, overwrite=overwrite)
        return
    outputs.check(target, Kind.FILM, force=overwrite, inputs=[source], told_by=_kind_of)


def _kind_of(path: Path) -> str | None:
    return Kind.FILM if _ours(path) else None


def check_recipe(target: Path, source: Path, *, overwrite: bool) -> bool:
    """Say before any work is done whether the recipe of a film may be written; whether one is replaced.

    Raises
    ------
    TargetExists, NotReplaceable
    """
    return outputs.check(names.recipe(target), Kind.RECIPE, force=overwrite, inputs=[source])


def free_recipe(target: Path) -> Path:
    """The first name for a recipe of `target` that nothing has: ``new.mp4.recipe.json``, ``new.mp4.2.…``."""
    named = names.recipe(target)
    for number in count(2):
        if not os.path.lexists(named):
            return named
        named = target.with_name(f"{target.name}.{number}{names.RECIPE}")
    raise AssertionError


def _check_folder(target: Path, *, overwrite: bool) -> None:
    held = [entry for entry in target.iterdir() if entry.name not in _SYSTEM]
    if held and not overwrite:
        remedy = "choose another name, or --force replaces the frames in it"
        raise TargetExists(target, reason="that folder is not empty", remedy=remedy)
    for entry in held:
        if entry.is_dir() or outputs.kind_of(entry) != Kind.RESULT:
            reason = f"it holds {entry.name}, which is no picture that Tintype has written and marked"
            remedy = "choose another name, or take it away yourself"
            raise NotReplaceable(target, reason, remedy=remedy)


def _ours(path: Path) -> bool:
    try:
        with opened(path) as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
    except TintypeError:
        return False
    return MARK in tags.get("comment", "")
