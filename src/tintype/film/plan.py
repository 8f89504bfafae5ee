"""The first pass: every frame's time, the shots, the key frames, and the segments that are worked on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype import files
from tintype.errors import Cancelled, FilmError
from tintype.film.dependencies import cv2
from tintype.film.options import FilmOptions
from tintype.film.shots import Shot, Watch, blank
from tintype.film.source import Decoder, FilmInfo, Reader

_WARM_UP = 8  # key frames before a segment that begins inside a shot: evidence remembers as many
_TURNOVER = 0.6  # unlikeness, added up, after which a key frame comes early
_SOONEST = 3  # frames from one key frame to an early one
_SCENE = 0.25  # unlikeness below which two shots are of one scene
_SCENES = 64  # scenes that are remembered at the most
_BAR = 26  # luma code that bars stay below
_NEAR_DAMAGE = 32  # frames within which a gap in the times is a frame that damage has taken
_KEPT = "plan.json"
_THUMBS = 8  # one frame in so many is remembered by a small picture, to tell scenes again


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
    notes: tuple[str, ...] = ()

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
            msg = f"{info.path}: there is no frame at {seconds:g} s; the film is {last:.1f} s long"
            raise FilmError(msg)
        return index


def survey(
    info: FilmInfo,
    options: FilmOptions,
    decoder: Reader | None = None,
    *,
    span: tuple[int, int] | None = None,
    progress: Callable[[int], bool | None] | None = None,
) -> Plan:
    """Read a film once and plan the work on it.

    Parameters
    ----------
    decoder : Reader, optional
        That of the film, as `film.source.Decoder` makes it, unless told.
    span : (pts, pts), optional
        Only what is shown from the first to before the second.
    progress : callable, optional
        Told the number of frames seen; returning False cancels.

    Raises
    ------
    FilmError, Cancelled
    """
    decoder = decoder or Decoder(info, deinterlace=options.deinterlace)
    watch, bars = Watch(), _Bars(info)
    pts: list[int] = []
    thumbs: list[Any] = []
    missing: list[int] = []
    damaged, since = 0, 0
    tick = 1 / (info.rate * info.time_base)

    def see(luma: Any) -> None:
        thumb = watch.see(luma)
        if len(watch.unlike) % _THUMBS == 1:
            thumbs.append(_tiny(thumb))

    for time, luma in decoder.frames(span[0] if span else None):
        if span and time >= span[1]:
            break
        if decoder.damaged > damaged:
            damaged, since = decoder.damaged, len(pts)
        # A gap far from any damage is meant: many films show some frames for longer than others.
        if pts and damaged and len(pts) - since < _NEAR_DAMAGE:
            before = pts[-1]
            for step in range(1, min(round((time - before) / tick), _NEAR_DAMAGE)):
                lost = before + step * round(tick)
                if info.folder is None or lost + info.folder.first in info.folder.files:
                    missing.append(len(pts))
                    pts.append(lost)
                    see(luma)
        pts.append(time)
        see(luma)
        bars.see(luma)
        if progress is not None and progress(len(pts)) is False:
            msg = f"{info.path}: cancelled"
            raise Cancelled(msg)
    if not pts:
        reason = "there is no picture" + (" in that part" if span else "")
        raise FilmError(
            name=str(info.path), reason=reason, remedy="choose another part, or get a fresh copy of it"
        )
    shots = watch.shots()
    return Plan(
        pts=np.array(pts, np.int64),
        missing=tuple(missing),
        shots=tuple(shots),
        keys=_keys(shots, watch, options.interval),
        anchors=_anchors(shots, thumbs, watch) if options.scenes else (-1,) * len(shots),
        area=bars.area(),
        damaged=decoder.damaged,
        cut_short=span is None and (decoder.cut_short or _ends_early(pts, info)),
        longest=options.segment,
        notes=decoder.notes,
    )


def _ends_early(pts: Sequence[int], info: FilmInfo) -> bool:
    """Whether the last frames that the header promises are not there."""
    shown = (pts[-1] - pts[0]) * info.time_base + 1 / info.rate
    return info.seconds > 0 and shown < info.seconds - max(Fraction(1, 4), 4 / info.rate)


def _tiny(thumb: Any) -> Any:
    return np.ascontiguousarray(thumb[::3, ::3])


def _keys(shots: Sequence[Shot], watch: Watch, interval: int) -> tuple[int, ...]:
    """Key frames: the first and the last of a shot, one each interval, sooner where much is new."""
    flash, dark = watch.flashes(), blank(watch.contrast)
    keys = []
    for shot in shots:
        end = shot.end - shot.dissolve
        fit = [i for i in range(shot.start, end) if not flash[i] and not dark[i]]
        if not fit:
            continue
        last, turnover = fit[0], 0.0
        keys.append(last)
        for index in fit[1:]:
            turnover += watch.unlike[index]
            early = turnover > _TURNOVER and index - last >= _SOONEST
            if index - last >= interval or early or index == fit[-1]:
                keys.append(index)
                last, turnover = index, 0.0
    return tuple(keys)


def _anchors(shots: Sequence[Shot], thumbs: Sequence[Any], watch: Watch) -> tuple[int, ...]:
    """For each shot, a frame of the first shot of its scene; -1 where nothing else looks like it."""
    scenes: list[int] = []  # the anchor of each
    found = []
    dark = blank(watch.contrast)
    for shot in shots:
        clear = range(-(-shot.start // _THUMBS) * _THUMBS, max(shot.end - shot.dissolve, shot.start), _THUMBS)
        if not clear or dark[clear[len(clear) // 2]]:
            found.append(-1)
            continue
        first, middle = clear[0], clear[len(clear) // 2]
        near = [
            (min(_apart(thumbs[a // _THUMBS], thumbs[m // _THUMBS]) for m in (first, middle)), a)
            for a in scenes
        ]
        best = min(near, default=(2.0, -1))
        if best[0] < _SCENE:
            found.append(best[1])
            continue
        if len(scenes) < _SCENES:
            scenes.append(middle)
        found.append(middle)
    return tuple(a if found.count(a) > 1 else -1 for a in found)


def _apart(one: Any, other: Any) -> float:
    """Unlikeness of the middle of a picture to the place in another that it fits best: cameras move."""
    rows, columns = (size // 7 for size in one.shape)
    middle = one[rows:-rows, columns:-columns]
    if min(float(middle.std()), float(other.std())) < 1:
        return 2.0
    found = cv2().matchTemplate(other, middle, cv2().TM_CCOEFF_NORMED)
    return 1.0 - float(found.max())


class _Bars:
    """Finds black bars: rows and columns at the edges that never show anything."""

    def __init__(self, info: FilmInfo) -> None:
        self._scale = 4 if info.encoding.bits == 10 else 1
        self._rows = np.zeros(info.height, np.int64)
        self._columns = np.zeros(info.width, np.int64)
        self._seen = 0

    def see(self, luma: Any) -> None:
        """Look at every eighth frame."""
        if self._seen % 8 == 0:
            # Specks of dust do not end a bar: the 98th percentile counts, of every other pixel.
            part = luma[::2, ::2]
            rows = np.partition(part, int(part.shape[1] * 0.98), axis=1)[:, int(part.shape[1] * 0.98)]
            columns = np.partition(part, int(part.shape[0] * 0.98), axis=0)[int(part.shape[0] * 0.98)]
            np.maximum(self._rows, np.repeat(rows, 2)[: len(self._rows)], out=self._rows)
            np.maximum(self._columns, np.repeat(columns, 2)[: len(self._columns)], out=self._columns)
        self._seen += 1

    def area(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the picture; even, so that chroma samples are whole."""
        top, bottom = _inner(self._rows > _BAR * self._scale)
        left, right = _inner(self._columns > _BAR * self._scale)
        return left, top, right - left, bottom - top


def _inner(lit: NDArray[np.bool_]) -> tuple[int, int]:
    places = np.flatnonzero(lit)
    count = len(lit)
    if len(places) < count / 4:  # nothing but night: no bars can be told
        return 0, count
    first, last = int(places[0]), int(places[-1]) + 1
    first, last = first + first % 2, last - last % 2 if last < count else count
    return (first if first > count * 0.01 else 0), (last if last < count * 0.99 else count)


def save(plan: Plan, folder: Path, stated: dict[str, Any]) -> None:
    """Write the plan, and what it was made for, into a folder: whole or not at all. Raises OSError."""
    with files.replacing(folder / "times.npy", overwrite=True) as temporary, temporary.open("wb") as file:
        np.save(file, plan.pts)
    values = {k: v for k, v in asdict(plan).items() if k != "pts"}
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
        tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return Plan(pts=np.load(folder / "times.npy"), shots=shots, **tuples), stated
    except (OSError, ValueError, TypeError, KeyError):
        return None
