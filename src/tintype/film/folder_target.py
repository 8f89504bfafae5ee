"""A film written as a folder of frames: each a photograph, painted and marked as photographs are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyvips

from tintype import files
from tintype.color.lab import Float
from tintype.colorizer import Colorizer
from tintype.errors import FilmError
from tintype.film.dependencies import cv2
from tintype.film.folder_source import sitting_of
from tintype.film.info import FilmInfo, Frame
from tintype.film.luma import grey_of
from tintype.film.options import FilmOptions
from tintype.notes import Note
from tintype.photo.formats import WRITABLE
from tintype.photo.model import deepen
from tintype.settings import Settings
from tintype.steps import Chroma, Sitting

_DEEP = ("tiff", "exr")
"""Formats in which frames of a film get 16 bits whatever it has: they are for further work."""

_WHOLE, _OLD = "whole", "old"


@dataclass(frozen=True, slots=True)
class _Deepened(Sitting):
    """A photograph that is painted in the depth that its `photo` names, whatever depth it is read in."""

    def grey(self, height: int = 0, width: int = 0) -> pyvips.Image:
        """As that of `Sitting`."""
        return deepen(Sitting.grey(self, height, width), self.photo.bits)


def _of_depth(sitting: Sitting, bits: int) -> Sitting:
    return _Deepened(replace(sitting.photo, bits=bits), sitting.tone, source=sitting.source)


@dataclass(slots=True, eq=False)
class FrameWriter:
    """Writes frames of one film, each whole or not at all.

    Attributes
    ----------
    info : FilmInfo
    options : FilmOptions
    settings : Settings
    area : (left, top, width, height)
        The picture without its bars.
    missing : set of int
        Frames that are made from their neighbours: they have no file of their own.
    notes : dict
        What was reduced on the way; its keys, in order.
    """

    info: FilmInfo
    options: FilmOptions
    settings: Settings
    area: tuple[int, int, int, int]
    missing: frozenset[int]
    notes: dict[Note, None] = field(default_factory=dict)
    _colorizer: Colorizer = field(init=False)

    def __post_init__(self) -> None:
        self.settings = self.settings.replace(format=self.options.frames)
        self._colorizer = Colorizer(self.settings)

    def write(self, frame: Frame, ab: Float, folder: Path) -> Path:
        """Paint and write one frame; `ab` (h, w, 2) is the chroma inside `area`. Raises PhotoError."""
        sitting = self._sitting(frame)
        turns = self.info.rotation // 90
        chroma = np.rot90(self._everywhere(ab), turns).transpose(2, 0, 1)
        target = folder / self._name(frame)
        made = self._colorizer.develop([(sitting, Chroma(np.ascontiguousarray(chroma), None))], target)
        known = {*self.info.tone.notes, *sitting.photo.notes} if self.info.tone else set[str]()
        self.notes.update(dict.fromkeys(note for note in made.notes if note not in known))
        return target

    def _sitting(self, frame: Frame) -> Sitting:
        depth = self.options.depth
        if self.info.folder is not None and frame.index not in self.missing:
            found = sitting_of(self.info, self.info.folder.first + frame.pts, self.settings)
            return _of_depth(found, depth) if depth else found
        deep = depth == 16 if depth else self.info.encoding.bits > 8 or self.options.frames in _DEEP
        most, kind = (65535, np.uint16) if deep else (255, np.uint8)
        codes = np.rint(grey_of(frame.luma, self.info.encoding) * most).astype(kind)
        upright = np.ascontiguousarray(np.rot90(codes, self.info.rotation // 90))
        return self._colorizer.prepare(upright, name=f"frame {frame.index + 1} of {self.info.path}")[0]

    def _everywhere(self, ab: Float) -> Float:
        """Chroma of the whole picture: none on its bars."""
        left, top, width, height = self.area
        if (width, height) == (self.info.width, self.info.height):
            return ab
        # At half size, as films are painted: bars begin at even places.
        half = cv2().resize(ab, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2().INTER_CUBIC)
        whole = np.zeros(((self.info.height + 1) // 2, (self.info.width + 1) // 2, 2), np.float32)
        whole[top // 2 : top // 2 + half.shape[0], left // 2 : left // 2 + half.shape[1]] = half
        return whole

    def _name(self, frame: Frame) -> str:
        suffix = WRITABLE[self.options.frames].suffixes[0]
        if self.info.folder is None:
            return f"{frame.index + 1:06d}{suffix}"
        return self.info.folder.named(self.info.folder.first + frame.pts) + suffix


def gather(pieces: Sequence[Path], work: Path) -> Path:
    """Move the frames of all pieces into one folder inside `work`; goes on where it was broken off.

    Raises
    ------
    OSError
    """
    whole = work / _WHOLE
    whole.mkdir(exist_ok=True)
    for piece in pieces:
        for frame in sorted(piece.iterdir()):
            frame.replace(whole / frame.name)
    return whole


def publish(whole: Path, target: Path, work: Path) -> None:
    """Give a folder of frames its name; an earlier one of ours is taken away. Raises OSError, FilmError."""
    old = work / _OLD
    if old.exists():
        files.discard(old)
    if os.path.lexists(target):
        target.rename(old)
    whole.rename(target)
    if old.exists():
        files.discard(old)


def check_count(whole: Path, wanted: int) -> None:
    """Raise FilmError when frames have been taken away meanwhile."""
    if (found := _count(whole.iterdir())) != wanted:
        reason = f"of {wanted} finished frames {found} are there"
        raise FilmError(name=str(whole.parent), reason=reason, remedy="delete that folder to begin anew")


def _count(paths: Iterable[Path]) -> int:
    return sum(1 for _ in paths)
