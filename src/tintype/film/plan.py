"""What the first pass found, the segments that are worked on, and how both are kept between two runs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype import files
from tintype.errors import FilmError
from tintype.film.info import FilmInfo
from tintype.film.shots import Shot
from tintype.notes import Note

_WARM_UP = 8  # key frames before a segment that begins inside a shot: evidence remembers as many
_KEPT = "plan.json"


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames `start` to `end` (exclusive), written as one piece; work on it begins at `first`, to warm up."""

    index: int
    start: int
    end: int
    first: int


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the first pass found.

    Attributes
    ----------
    pts : int64 (n,)
        When each frame is shown, in ticks of the film's time base.
    missing : tuple of int
        Frames that the file has lost: they are made from their neighbours.
    shots : tuple of Shot
    keys : tuple of int
        Frames at which the network is asked.
    anchors : tuple of int
        For each shot the frame whose colours its whole scene starts from, or -1.
    area : (left, top, width, height)
        The picture without its black bars, in pixels as stored.
    damaged : int
        Packets that could not be decoded.
    cut_short : bool
        The file ends before its time.
    longest : int
        Frames of a segment at the most.
    notes : tuple of str
        What was seen that the user should know.
    """

    pts: NDArray[np.int64]
    missing: tuple[int, ...]
    shots: tuple[Shot, ...]
    keys: tuple[int, ...]
    anchors: tuple[int, ...]
    area: tuple[int, int, int, int]
    damaged: int
    cut_short: bool
    longest: int
    notes: tuple[Note, ...] = ()

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.pts)

    def segments(self) -> list[Segment]:
        """Whole shots while they are short; a long shot is divided at key frames."""
        cuts = self._cuts()
        found = []
        for index, (start, end) in enumerate(pairwise(cuts)):
            shot = self.shot_at(start)
            before = [k for k in self.keys if shot.start <= k < start]
            warm = before[-_WARM_UP:][0] if before else shot.start
            first = start if start == shot.start else warm
            found.append(Segment(index, start, end, first))
        return found

    def _cuts(self) -> list[int]:
        cuts = [0]
        for shot in self.shots:
            # The frames of a dissolve need both shots: they stay in one piece with the shot after them.
            end = shot.end - shot.dissolve
            if shot.end - cuts[-1] > self.longest and shot.start > cuts[-1]:
                begin = shot.start - self._fading_in(shot)
                if begin > cuts[-1]:
                    cuts.append(begin)
            while end - cuts[-1] > self.longest:
                keys = [k for k in self.keys if max(shot.start, cuts[-1]) < k < end]
                within = [k for k in keys if k <= cuts[-1] + self.longest] or keys[:1]
                if not within:
                    break
                cuts.append(within[-1])
        return [*cuts, self.frames] if cuts[-1] != self.frames else cuts

    def _fading_in(self, shot: Shot) -> int:
        place = self.shots.index(shot)
        return self.shots[place - 1].dissolve if place else 0

    def shot_at(self, frame: int) -> Shot:
        """The shot that a frame belongs to."""
        starts = [s.start for s in self.shots]
        return self.shots[int(np.searchsorted(starts, frame, side="right")) - 1]

    def frame_at(self, seconds: float, info: FilmInfo) -> int:
        """The frame shown at a moment, seconds from the beginning. Raises FilmError if there is none."""
        ticks = seconds / float(info.time_base) + info.begins
        index = int(np.searchsorted(self.pts, ticks + 1e-6, side="right")) - 1
        last = float((self.pts[-1] - info.begins) * info.time_base + 1 / info.rate)
        if index < 0 or seconds > last:
            reason, remedy = f"there is no frame at {seconds:g} s", f"the film is {last:.1f} s long"
            raise FilmError(name=str(info.path), reason=reason, remedy=remedy)
        return index


def save(plan: Plan, folder: Path, stated: dict[str, Any]) -> None:
    """Write the plan, and what it was made for, into a folder: whole or not at all. Raises OSError."""
    with files.replacing(folder / "times.npy", overwrite=True) as temporary, temporary.open("wb") as file:
        np.save(file, plan.pts)
    values = {k: v for k, v in asdict(plan).items() if k != "pts"}
    values["notes"] = [note.to_json() for note in plan.notes]
    text = json.dumps(stated | {"plan": values}, ensure_ascii=False)
    files.write_text(folder / _KEPT, text, overwrite=True)


def is_kept(folder: Path) -> bool:
    """Whether a plan is in a folder."""
    return (folder / _KEPT).exists()


def forget(folder: Path) -> None:
    """Take the plan out of a folder: its work is done. Raises OSError."""
    (folder / _KEPT).unlink(missing_ok=True)


def load(folder: Path) -> tuple[Plan, dict[str, Any]] | None:
    """The plan in a folder and what it was made for; None if there is none that can be read."""
    try:
        stated = json.loads((folder / _KEPT).read_text(encoding="utf-8"))
        values = stated.pop("plan")
        shots = tuple(Shot(**s) for s in values.pop("shots"))
        notes = tuple(Note.from_json(n) for n in values.pop("notes"))
        tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return Plan(pts=np.load(folder / "times.npy"), shots=shots, notes=notes, **tuples), stated
    except (OSError, ValueError, TypeError, KeyError):
        return None
