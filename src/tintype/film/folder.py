"""Frames as the files of a folder: numbered names, what is missing among them, and what does not belong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from tintype import files
from tintype.errors import FileMissing, FilmError, NotAFilm, SettingsError
from tintype.notes import Note
from tintype.photo.formats import readable_suffixes

_DIGITS = re.compile(r"(\d+)")
_NAMED = 3  # examples that a message names


@dataclass(frozen=True, slots=True)
class FrameFolder:
    """The frames of a folder.

    Attributes
    ----------
    path : Path
    files : mapping of int to Path
        By their numbers, in order.
    place : int
        Which of the runs of digits in a name is the number, from 0: the one that changes.
    left_out : int
        Pictures without a number.
    """

    path: Path
    files: Mapping[int, Path]
    place: int = 0
    left_out: int = 0

    @property
    def first(self) -> int:
        """The number of the first frame."""
        return next(iter(self.files))

    def named(self, number: int) -> str:
        """The name, without suffix, that a frame of that number has or would have."""
        known = self.files.get(number)
        if known is not None:
            return known.stem
        parts = _DIGITS.split(self.files[self.first].stem)
        at = 2 * self.place + 1
        parts[at] = f"{number:0{len(parts[at])}d}"
        return "".join(parts)

    def gaps(self) -> list[tuple[int, int]]:
        """First and last number of each run of numbers that no file has."""
        return [(a + 1, b - 1) for a, b in pairwise(self.files) if b > a + 1]

    def notes(self) -> tuple[Note, ...]:
        """What the user should know."""
        notes = []
        if gaps := self.gaps():
            count = sum(last - first + 1 for first, last in gaps)
            named = [f"{a}" if a == b else f"{a} to {b}" for a, b in gaps[:_NAMED]]
            more = ", …" if len(gaps) > _NAMED else ""
            told = f"{count} numbers have no frame ({', '.join(named)}{more}); nothing is made up there"
            notes.append(Note(told, "numbers_missing", n=count))
        if self.left_out:
            told = f"{self.left_out} pictures without a number in their name are left out"
            notes.append(Note(told, "unnumbered", n=self.left_out))
        return tuple(notes)


def frames_in(path: Path) -> FrameFolder:
    """Look which files of a folder are frames: those whose names end in a number.

    Raises
    ------
    FileMissing, NotAFilm
    FilmError
        When two sequences are mixed, or two files have one number.
    """
    known = readable_suffixes()
    try:
        pictures = sorted(
            p for p in path.iterdir() if not p.name.startswith(".") and p.suffix.lower() in known
        )
    except FileNotFoundError:
        raise FileMissing(str(path)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise FilmError(name=str(path), reason=reason, remedy="check the folder") from error
    named = [(p, tuple(_DIGITS.split(p.stem))) for p in pictures if p.is_file()]
    numbered = [(p, parts) for p, parts in named if len(parts) > 1]
    if not numbered:
        remedy = "name a film, or a folder of frames like frame_0001.png"
        raise NotAFilm(name=str(path), reason="there are no numbered pictures in that folder", remedy=remedy)
    place = _place([parts for _, parts in numbered])
    sequences: dict[tuple[str, ...], dict[int, Path]] = {}
    for picture, parts in numbered:
        at = min(2 * place + 1, len(parts) - 2)
        found = sequences.setdefault((*parts[:at], *parts[at + 1 :]), {})
        other = found.setdefault(int(parts[at]), picture)
        if other != picture:
            reason = f"{other.name} and {picture.name} have the same number"
            raise FilmError(name=str(path), reason=reason, remedy="keep one of them")
    if len(sequences) > 1:
        some = ", ".join(next(iter(found.values())).name for found in list(sequences.values())[:_NAMED])
        reason = f"it holds {len(sequences)} sequences of frames ({some})"
        raise FilmError(name=str(path), reason=reason, remedy="give each a folder of its own")
    (found,) = sequences.values()
    return FrameFolder(path, dict(sorted(found.items())), place, len(named) - len(numbered))


def _place(names: list[tuple[str, ...]]) -> int:
    """Which run of digits counts the frames: the last one that changes, else the last.

    >>> _place([("shot_", "1", "_v", "2", ""), ("shot_", "3", "_v", "2", "")])
    0
    """
    counts = [len(parts) // 2 for parts in names]
    changing = [n for n in range(min(counts)) if len({int(parts[2 * n + 1]) for parts in names}) > 1]
    return changing[-1] if changing else counts[0] - 1


def state_of(path: Path) -> str:
    """What changes when a frame of a folder does: names, sizes and times of change. Raises OSError."""
    digest = hashlib.sha256()
    for number, frame in frames_in(path).files.items():
        found = frame.stat()
        digest.update(f"{number}\0{frame.name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return f"folder-{digest.hexdigest()}"


def sha256(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's frames. Raises OSError."""
    if not path.is_dir():
        return files.sha256(path)
    digest = hashlib.sha256()
    for frame in frames_in(path).files.values():
        digest.update(f"{frame.name}\0{files.sha256(frame)}\n".encode())
    return digest.hexdigest()


def rate_of(text: str) -> Fraction:
    """Frames a second: ``24``, ``23.976`` or ``24000/1001``. Raises SettingsError.

    >>> rate_of("23.976"), rate_of("18")
    (Fraction(24000, 1001), Fraction(18, 1))
    """
    try:
        rate = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= 1000:
        msg = f"rate is {text!r:.40}; write frames a second, as in 18, 23.976 or 24000/1001"
        raise SettingsError(msg, setting="rate")
    for whole in (24, 30, 48, 60, 120):  # what is written 23.976 is meant exactly so
        exact = Fraction(whole * 1000, 1001)
        if abs(rate - exact) < Fraction(1, 200):
            return exact
    return rate
