"""Writing what an evaluation found: whole or not at all, and over nothing of the user's."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tintype.errors import TintypeError


def free(path: Path) -> None:
    """Raise TintypeError if something is there already."""
    if path.is_dir() and not any(path.iterdir()):
        return
    if path.exists():
        msg = f"{path}: exists; choose another name, or replace it with --force"
        raise TintypeError(msg)


def write_text(path: Path, text: str) -> None:
    """Write beside the target, then rename.

    Raises TintypeError, naming the file, if the disk refuses.
    """
    beside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except OSError as error:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)
        msg = f"{path}: can't be written ({error.strerror or error})"
        raise TintypeError(msg) from error
