"""What a film is written as: the pieces it is made in, and how they become a film or a folder of frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tintype import files
from tintype._version import __version__
from tintype.color.lab import Float
from tintype.film import folder_target, join, outputs
from tintype.film.ahead import ahead
from tintype.film.encode import Piece, codec_of, halves
from tintype.film.folder_target import FrameWriter
from tintype.film.info import FilmInfo, Frame
from tintype.film.options import FilmOptions, Span
from tintype.film.paint import painted
from tintype.film.plan import Plan
from tintype.notes import Note
from tintype.settings import Settings

Colored = Iterator[tuple[Frame, Float]]
"""Frames with their chroma inside the picture's area."""


class Target(Protocol):
    """Writes pieces, each whole or not at all, and makes the result of them."""

    @property
    def suffix(self) -> str:
        """Of the pieces."""

    def check(self, probe: Path) -> tuple[Note, ...]:
        """Say what will be left out, before any work; `probe` is a temporary name. Raises FilmError."""

    def piece(self, colored: Colored, plan: Plan, path: Path, step: Callable[[], None]) -> None:
        """Write one piece; `step` is called after each frame, and may raise."""

    def join(
        self, pieces: Sequence[tuple[Path, int]], plan: Plan, work: Path, seal: Callable[[Path], None]
    ) -> tuple[Note, ...]:
        """Make the result of all pieces, given with their first frames; what else is to be known of it.

        `seal` is told the finished result before it gets its name.
        """


def target_of(
    target: Path, info: FilmInfo, options: FilmOptions, settings: Settings, span: Span | None, overwrite: bool
) -> Target:
    """A film, or a folder of frames, as the options say."""
    kind = FramesTarget if options.frames else FilmTarget
    return kind(target, info, options, settings, span, overwrite)


@dataclass(slots=True, eq=False)
class _Asked:
    """What was asked for, of either."""

    target: Path
    info: FilmInfo
    options: FilmOptions
    settings: Settings
    span: Span | None
    overwrite: bool


@dataclass(slots=True, eq=False)
class FilmTarget(_Asked):
    """A film file: see `Target`."""

    @property
    def suffix(self) -> str:
        """That of the container that the codec's pieces lie in."""
        return codec_of(self.options).suffix

    def check(self, probe: Path) -> tuple[Note, ...]:
        """Try whether the container holds the pictures and all streams."""
        join.check_codec(self.target, codec_of(self.options).encoder, probe)
        return join.check(self.target, self.info, probe)

    def piece(self, colored: Colored, plan: Plan, path: Path, step: Callable[[], None]) -> None:
        """Encode a piece."""
        half = halves(self.options)

        def planes() -> Iterator[tuple[Any, int]]:
            for frame, ab in colored:
                yield painted(frame.luma, ab, plan.area, self.info.encoding, halves=half), frame.pts

        with (
            files.replacing(path, overwrite=True) as temporary,
            Piece(temporary, self.info, self.options) as piece,
        ):
            for ready, pts in ahead(planes()):
                piece.write(ready, pts)
                step()

    def join(
        self, pieces: Sequence[tuple[Path, int]], plan: Plan, work: Path, seal: Callable[[Path], None]
    ) -> tuple[Note, ...]:
        """Join the pieces, with the other streams of the source."""
        metadata = {}
        if self.settings.mark:
            metadata["comment"] = f"{outputs.MARK} {__version__} with the network {self.settings.model}"
        span = (self.span.start, self.span.start + self.span.seconds) if self.span else None
        with files.replacing(self.target, overwrite=self.overwrite) as temporary:
            join.join(pieces, plan.pts, self.info, temporary, self.target, metadata, span=span)
            seal(temporary)
        return ()


@dataclass(slots=True, eq=False)
class FramesTarget(_Asked):
    """A folder of frames: see `Target`."""

    _notes: tuple[Note, ...] = ()

    @property
    def suffix(self) -> str:
        """None: pieces are folders."""
        return ""

    def check(self, probe: Path) -> tuple[Note, ...]:
        """Nothing is left out of frames; a film's other streams are."""
        if self.info.folder is not None:
            return ()
        rate = f"{self.info.rate.numerator}/{self.info.rate.denominator}"
        told = f"frames hold the pictures alone, not the sound; the film's rate is {rate} frames a second"
        notes = [Note(told, "frames_silent", rate=rate)]
        if self.info.pixel_aspect != 1:
            aspect = f"{self.info.pixel_aspect.numerator}:{self.info.pixel_aspect.denominator}"
            told = f"its pixels are {aspect}; frames are not stretched"
            notes.append(Note(told, "pixel_aspect", aspect=aspect))
        return tuple(notes)

    def piece(self, colored: Colored, plan: Plan, path: Path, step: Callable[[], None]) -> None:
        """Write a folder of frames."""
        writer = FrameWriter(self.info, self.options, self.settings, plan.area, frozenset(plan.missing))
        temporary = files.temporary_beside(path.parent)
        temporary.mkdir()
        try:
            for frame, ab in colored:
                writer.write(frame, ab, temporary)
                step()
            temporary.rename(path)
        finally:
            if temporary.exists():
                files.discard(temporary)
        self._notes = tuple(dict.fromkeys((*self._notes, *writer.notes)))

    def join(
        self, pieces: Sequence[tuple[Path, int]], plan: Plan, work: Path, seal: Callable[[Path], None]
    ) -> tuple[Note, ...]:
        """Move all frames into one folder."""
        whole = folder_target.gather([path for path, _ in pieces], work)
        folder_target.check_count(whole, plan.frames)
        seal(whole)
        outputs.check(self.target, self.info.path, overwrite=self.overwrite)
        folder_target.publish(whole, self.target, work)
        steps = set((plan.pts[1:] - plan.pts[:-1]).tolist())
        uneven = self.info.folder is None and bool(steps) and max(steps) - min(steps) > 1
        told = Note("its frames are not shown equally long; frames don't say so", "uneven")
        return (*self._notes, told) if uneven else self._notes
