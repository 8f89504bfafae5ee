"""Where shots begin and end: cuts, dissolves, flashes and black, found in small pictures of every frame."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from tintype.color.lab import Float
from tintype.film.motion import Flow, drift, identity, sample, small

THUMB = (54, 96)
"""Height and width of the pictures that shots are found in."""

_BLANK = 3.0  # codes of 255: pictures with less contrast (standard deviation) than this show nothing
_CUT = 0.35  # of 2: pictures less alike than this, after motion, may be of two shots
_ABOVE = 3.0  # times the unlikeness of the frames around
_AROUND = 6  # frames
_FLASH = 3  # frames that a flash, or a torn frame, may last
_BRIGHTER = 30.0  # codes of 255, of the mean, by which a flash of the same picture stands out
_SAME = 0.15  # of 2: pictures as alike as this are of one shot
_WINDOWS = (8, 16, 32)  # frames of a dissolve
_MIXED = 0.06  # of 2: the middle of a dissolve is this like the mean of its ends
_APART = 0.55  # of 2: while its ends are less alike than this
_RUN_UP = 4  # frames before and after a dissolve in which the camera's motion is measured
_MIXED_MOVING = 0.12  # of 2: as _MIXED, where the ends are moved on by that motion


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames `start` to `end` (exclusive) one camera took; the last `dissolve` fade into the next shot."""

    start: int
    end: int
    dissolve: int = 0


class Watch:
    """Looks at one frame after the other, and says at the end where the shots are.

    A few numbers a frame are kept, and the last 41 small pictures.
    """

    def __init__(self) -> None:
        self._flow = Flow()
        self._thumbs: deque[Any] = deque(maxlen=max(_WINDOWS) + 1 + 2 * _RUN_UP)
        self.unlike: list[float] = []  # to the frame before, motion taken out
        self._skips: list[tuple[float, ...]] = []  # to the frames 2, 3 and 4 before, after a jump
        self.contrast: list[float] = []
        self._levels: list[float] = []
        self._dissolves: list[tuple[float, int, int]] = []

    def see(self, luma: Any) -> Any:
        """Take in the next frame; its small picture is returned."""
        thumb = small(luma, *THUMB)
        index = len(self.unlike)
        self.contrast.append(float(thumb.std()))
        self._levels.append(float(thumb.mean()))
        self.unlike.append(self._gap(thumb, self._thumbs[-1]) if self._thumbs else 0.0)
        back = [self._thumbs[-n] for n in range(2, _FLASH + 2) if len(self._thumbs) >= n]
        jumps = self.unlike[-1] > _CUT or abs(self._levels[-1] - self._levels[max(index - 1, 0)]) > _BRIGHTER
        self._skips.append(tuple(self._gap(thumb, old) for old in back) if jumps else ())
        self._thumbs.append(thumb)
        self._look_for_dissolve(index)
        self._look_for_moving_dissolve(index - _RUN_UP)
        return thumb

    def _gap(self, thumb: Any, before: Any) -> float:
        """Unlikeness with and without motion taken out, whichever is less."""
        at = identity(*THUMB) + self._flow(thumb, before)
        moved = sample(before.astype(np.float32), at)
        return min(unlikeness(thumb, moved), unlikeness(thumb, before))

    def _look_for_dissolve(self, index: int) -> None:
        for length in _WINDOWS:
            if len(self._thumbs) <= length:
                return
            first, middle, last = (self._thumbs[-1 - n].astype(np.float32) for n in (length, length // 2, 0))
            if min(first.std(), last.std()) < _BLANK or unlikeness(first, last) < _APART:
                continue
            mixed = unlikeness(middle, (first + last) / 2)
            if mixed < _MIXED:
                self._dissolves.append((mixed, index - length, index))

    def _look_for_moving_dissolve(self, end: int) -> None:
        """A dissolve up to a frame some time ago, while one camera or both move: each as it moved before."""
        for length in _WINDOWS:
            if len(self._thumbs) <= length + 2 * _RUN_UP:
                return
            late = -1 - _RUN_UP
            first, last = self._thumbs[late - length], self._thumbs[late]
            if min(first.std(), last.std()) < _BLANK or unlikeness(first, last) < _APART:
                continue
            earlier, later = self._thumbs[late - length - _RUN_UP], self._thumbs[-1]
            back = drift(first, earlier, self._flow) / np.float32(_RUN_UP)
            forth = drift(last, later, self._flow) / np.float32(_RUN_UP)
            if max(float(np.abs(back).max()), float(np.abs(forth).max())) * length < 1:
                continue  # both stand still
            mixed = max(
                self._unlike_mixture(first, last, back, forth, at, length, self._thumbs[late - length + at])
                for at in (length // 4, length // 2, length * 3 // 4)
            )
            if mixed < _MIXED_MOVING:
                self._dissolves.append((mixed, end - length, end))

    @staticmethod
    def _unlike_mixture(
        first: Any, last: Any, back: Float, forth: Float, at: int, length: int, seen: Any
    ) -> float:
        """Unlikeness of a frame to the mixture of both ends moved to its time, where both are in sight."""
        here = identity(*THUMB)
        to_first, to_last = here + back * np.float32(at), here + forth * np.float32(length - at)
        one, other = (sample(p.astype(np.float32), to) for p, to in ((first, to_first), (last, to_last)))
        height, width = THUMB
        inside = np.ones(THUMB, bool)
        for to in (to_first, to_last):
            inside &= (to[..., 0] >= 0) & (to[..., 0] < width) & (to[..., 1] >= 0) & (to[..., 1] < height)
        if inside.mean() < 0.3 or unlikeness(one[inside], other[inside]) < _APART:
            return 2.0  # one picture moving on is no dissolve
        share = at / length
        return unlikeness(seen[inside], (one * (1 - share) + other * share)[inside])

    def flashes(self) -> list[bool]:
        """Frames that differ from the one before and the one after, while those are alike."""
        count = len(self.unlike)
        found = [False] * count
        for index in range(2, count):
            for length in range(1, _FLASH + 1):
                first = index - length
                if first < 1 or length > len(self._skips[index]):
                    break
                alone = self.unlike[first] > _CUT and self.unlike[index] > _CUT
                if (alone or self._brighter(first, index)) and self._skips[index][length - 1] < _SAME:
                    found[first:index] = [True] * length
        return found

    def _brighter(self, first: int, after: int) -> bool:
        """Whether frames from one to before another are far lighter or darker than those around them."""
        before, next_ = self._levels[first - 1], self._levels[after]
        away = [level - before for level in self._levels[first:after]]
        apart = min(away) > _BRIGHTER or max(away) < -_BRIGHTER
        return apart and abs(next_ - before) < _BRIGHTER / 3

    def shots(self) -> list[Shot]:
        """All frames, shot by shot."""
        count = len(self.unlike)
        flash = self.flashes()
        cuts = [i for i in range(1, count) if self._is_cut(i, flash)]
        dissolves = self._chosen(cuts)
        starts = sorted({0, *cuts, *(end for _, end in dissolves)})
        lengths = {end: end - start for start, end in dissolves}
        ends = [*starts[1:], count]
        return [Shot(a, b, lengths.get(b, 0)) for a, b in zip(starts, ends, strict=True) if b > a]

    def _is_cut(self, index: int, flash: list[bool]) -> bool:
        if self.unlike[index] < _CUT or flash[index] or flash[index - 1]:
            return False
        around = self.unlike[max(1, index - _AROUND) : index] + self.unlike[index + 1 : index + 1 + _AROUND]
        return self.unlike[index] > _ABOVE * float(np.median(around)) if around else True

    def _chosen(self, cuts: list[int]) -> list[tuple[int, int]]:
        """Dissolves that hold no cut and do not overlap, the clearest first."""
        taken: list[tuple[int, int]] = []
        for _, start, end in sorted(self._dissolves):
            free = all(end <= a or b <= start for a, b in taken)
            if free and not any(start < cut <= end + 1 for cut in cuts):
                taken.append((start, end))
        return taken


def unlikeness(one: Any, other: Any) -> float:
    """1 minus the correlation of two pictures, 0-2: brightness and contrast do not count."""
    a, b = (np.asarray(v, np.float32).ravel() for v in (one, other))
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    if scale < _BLANK**2 * len(a):  # one of them shows nothing: unlike only if the other shows something
        return float(abs(np.sqrt(a @ a) - np.sqrt(b @ b)) > _BLANK * np.sqrt(len(a)))
    return 1.0 - float(a @ b) / scale


def blank(contrast: Float | list[float]) -> Any:
    """Which frames show nothing."""
    return np.asarray(contrast) < _BLANK
