"""Where a result goes, what it may replace there, and the dates it is given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from tintype import names
from tintype.errors import NotReplaceable
from tintype.notes import Note
from tintype.outputs import is_same
from tintype.photo.formats import WRITABLE
from tintype.photo.model import Photo
from tintype.photo.write import Overwrite, output_format
from tintype.settings import Settings
from tintype.sources import Source


def target_beside(source: str | os.PathLike[str], photo: Photo, settings: Settings) -> Path:
    """Return where a result goes when nobody says where: ``grandma.jpg`` → ``grandma.color.jpg`` beside it.

    The suffix changes only where the result has another format: ``scan.bmp`` → ``scan.color.png``.
    """
    path = Path(source)
    suffixes = WRITABLE[output_format(None, photo, settings)].suffixes
    return names.beside(path, path.suffix if path.suffix.lower() in suffixes else suffixes[0])


def path_of(target: object) -> Path:
    if isinstance(target, str | os.PathLike):
        return Path(target)
    kind = type(target).__name__
    msg = f"the target is a {kind}; give a path, or None to get the encoded picture back"
    raise TypeError(msg)


def may_replace(read: Iterable[Path], overwrite: Overwrite, target: Path) -> bool:
    """Whether a file may be replaced. Raises NotReplaceable for all that is read."""
    for path in read:
        if is_same(target, path):
            reason = "that is the photograph itself, or another file that is read"
            raise NotReplaceable(target, reason, remedy="choose another name for the result")
    return overwrite(target) if callable(overwrite) else overwrite


def keep_dates(source: Source | None, targets: Sequence[Path]) -> list[Note]:
    """Give the files made the photograph's dates; return a note where that can't be done."""
    if source is None or source.path is None:
        return [Note("the photograph came without a file, so its dates are not known", "dates")]
    try:
        for target in targets:
            source.keep_dates(target)
    except OSError as error:
        return [Note(f"the file's dates can't be set ({error.strerror})", "dates")]
    return []
