"""The first pass: every frame's time, the shots, the key frames, the scenes and the bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import Cancelled, FilmError
from tintype.film.dependencies import cv2
from tintype.film.info import FilmInfo, Reader
from tintype.film.options import FilmOptions
from tintype.film.plan import Plan
from tintype.film.shots import Shot, Watch, blank
from tintype.film.source import Decoder

_TURNOVER = 0.6  # unlikeness, added up, after which a key frame comes early
_SOONEST = 3  # frames from one key frame to an early one
_SCENE = 0.25  # unlikeness below which two shots are of one scene
_SCENES = 64  # scenes that are remembered at the most
_BAR = 26  # luma code that bars stay below
_NEAR_DAMAGE = 32  # frames within which a gap in the times is a frame that damage has taken
_THUMBS = 8  # one frame in so many is remembered by a small picture, to tell scenes again


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
            raise Cancelled(name=str(info.path), reason="cancelled")
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
    # Matroska's statistics count from 0, even where the pictures begin later.
    shown = max(pts[-1] - pts[0], pts[-1]) * info.time_base + 1 / info.rate
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
