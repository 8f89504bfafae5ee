"""From what the user named, files and folders, to trees and their mirrors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tintype.archive.run import Tree
from tintype.errors import SettingsError
from tintype.files import is_folder
from tintype.photo.formats import readable_suffixes


def trees_of(paths: Sequence[Path], output: Path | None) -> list[Tree]:
    """Say what goes where.

    Parameters
    ----------
    paths : sequence of Path
        Photographs and folders.
    output : Path or None
        The folder for all results; None leaves each beside its photograph.

    Returns
    -------
    list of Tree
        One folder alone is mirrored straight into the output; of several, each gets a folder of its own
        name there. Single photographs are mirrored from the folder that they have in common.

    Raises
    ------
    SettingsError
        If the output is a file or named like one, or two folders would be mirrored into one.
    """
    if output is not None and not is_folder(output) and _names_a_file(output):
        msg = f"{output}: several photographs need a folder to go to, and this names a file"
        raise SettingsError(msg)
    named: dict[Path, Path] = {}
    for path in paths:
        if is_folder(path):
            named.setdefault(path.resolve(), path)
    # A folder, or a photograph, in a folder that is given as well is one of that folder's.
    homes = [home for home in named if named.keys().isdisjoint(home.parents)]
    folders = [named[home] for home in homes]
    files = [p for p in dict.fromkeys(paths) if not is_folder(p) and not _below(p, homes)]
    trees = [Tree(f, _mirror(f, output, alone=len(folders) == 1 and not files)) for f in folders]
    targets = [t.target.resolve() for t in trees]
    for tree, target in zip(trees, targets, strict=True):
        if targets.count(target) > 1:
            msg = (
                f"{tree.source}: another folder of that name is given too; colour them one after the other, "
            )
            msg += "each with an output of its own"
            raise SettingsError(msg)
    return trees + _loose(files, output)


def _names_a_file(output: Path) -> bool:
    # Nobody calls a folder out.jpg: several photographs were found where one was thought of.
    return output.exists() or output.suffix.lower() in readable_suffixes()


def _mirror(folder: Path, output: Path | None, *, alone: bool) -> Path:
    if output is None:
        return folder
    return output if alone else output / folder.resolve().name


def _loose(files: list[Path], output: Path | None) -> list[Tree]:
    if not files:
        return []
    if output is None:
        parents = dict.fromkeys(f.parent for f in files)
        return [Tree(p, p, tuple(Path(f.name) for f in files if f.parent == p)) for p in parents]
    try:
        common = Path(os.path.commonpath([f.absolute().parent for f in files]))
    except ValueError as error:  # two drives of Windows
        msg = f"{files[0]}, {files[-1]}: photographs of different drives have no common folder to mirror; "
        msg += "colour them one drive after the other"
        raise SettingsError(msg) from error
    return [Tree(common, output, tuple(f.absolute().relative_to(common) for f in files))]


def _below(path: Path, homes: list[Path]) -> bool:
    resolved = path.resolve()
    return any(resolved.is_relative_to(home) for home in homes)
