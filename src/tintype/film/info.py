"""What a film is before its frames are looked at, one of its frames, and who reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from tintype.film.folder import FrameFolder, state_of
from tintype.film.luma import Encoding, Plane
from tintype.notes import Note
from tintype.photo.tone import Tone

_ENDS = 1 << 20  # bytes at each end of a file that tell whether it is still the same


@dataclass(frozen=True, slots=True)
class FilmInfo:
    """What the header of a film says, and its first frame.

    Attributes
    ----------
    path : Path
    width, height : int
        Pixels as stored: not turned, not stretched.
    pixel_aspect : Fraction
        Width of a pixel over its height.
    rotation : int
        Degrees, counterclockwise, that a player turns it by: 0, 90, 180 or 270.
    encoding : Encoding
    rate : Fraction
        Frames a second, as an average.
    time_base : Fraction
        Seconds of one tick of `Frame.pts`.
    frames : int
        As the header says; 0 where it says nothing.
    interlaced : bool
    tags : dict
        Colour primaries and transfer, by their numbers in ITU-T H.273, as stored.
    fingerprint : str
        Changes when the file does.
    timeless : bool
        The file states no times (raw streams): it is always read from its beginning.
    seconds : Fraction
        How long its pictures last, as the header says; 0 where it says nothing.
    begins : int
        Time (pts) of the first frame.
    folder : FrameFolder or None
        Where its frames are files; `path` is then the folder, and a tick one number.
    tone : Tone or None
        How grey is taken from such files.
    """

    path: Path
    width: int
    height: int
    pixel_aspect: Fraction
    rotation: int
    encoding: Encoding
    rate: Fraction
    time_base: Fraction
    frames: int
    interlaced: bool
    fingerprint: str
    tags: dict[str, int] = field(default_factory=dict)
    timeless: bool = False
    seconds: Fraction = Fraction(0)
    begins: int = 0
    folder: FrameFolder | None = None
    tone: Tone | None = None

    @property
    def upright_size(self) -> tuple[int, int]:
        """Height and width, px, as a player shows it: turned, and with square pixels."""
        height, width = self.height, max(1, round(self.width * self.pixel_aspect))
        return (width, height) if self.rotation % 180 else (height, width)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of a film.

    Attributes
    ----------
    index : int
        From 0, in the order in which they are shown.
    pts : int
        When it is shown, in ticks of `FilmInfo.time_base`.
    luma : uint8, or uint16 holding 10 bits (h, w)
    """

    index: int
    pts: int
    luma: Plane


class Reader(Protocol):
    """Yields the luma of a film's frames, in order."""

    @property
    def info(self) -> FilmInfo:
        """What is read."""

    @property
    def damaged(self) -> int:
        """How much of the last run could not be decoded, so far."""

    @property
    def cut_short(self) -> bool:
        """Whether the last run has met the end of the file before that of the film."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the user should know of what the last run has read."""

    def frames(self, start: int | None = None) -> Iterator[tuple[int, Plane]]:
        """Time (pts) and luma of each picture, from the first at or after `start`."""


def fingerprint(path: Path) -> str:
    """Size, and SHA-256 of both ends of a file: films are too long to be hashed whole. Raises OSError."""
    if path.is_dir():
        return state_of(path)
    size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as file:
        digest.update(file.read(_ENDS))
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return f"{size}-{digest.hexdigest()}"
