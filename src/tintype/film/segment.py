"""One segment of a film: frames in, frames with their chroma out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np

from tintype.color.lab import Float
from tintype.errors import FilmChanged
from tintype.film.camera import Camera
from tintype.film.dissolve import RUN_UP, faded
from tintype.film.evidence import Evidence
from tintype.film.info import FilmInfo, Frame, Reader
from tintype.film.luma import Plane
from tintype.film.mend import between
from tintype.film.motion import Carried, Flow
from tintype.film.plan import Plan, Segment
from tintype.film.shot_chroma import Seen, ShotChroma
from tintype.film.shots import Shot
from tintype.settings import Hint

_SCENE_WEIGHT = np.float32(3.0)
"""Key frames that a scene's common beginning counts as."""


@dataclass(slots=True, eq=False)
class Colors:
    """Chroma for the frames of a film, segment by segment; each can be made without the others.

    Attributes
    ----------
    plan : Plan
    camera : Camera
    decoder : Reader
    hints : mapping of frame to hints
        Known colours, in px of `Camera.upright`, wherever they have been followed to.
    """

    plan: Plan
    camera: Camera
    decoder: Reader
    hints: Mapping[int, Sequence[Hint]] = field(default_factory=dict)
    _scenes: dict[int, tuple[Evidence, Seen]] = field(default_factory=dict)

    def of(self, segment: Segment) -> Iterator[tuple[Frame, Float]]:
        """Each frame of a segment with its chroma (h, w, 2), in order."""
        stop = self._needed(segment.end)
        frames = self.frames(segment.first, stop)
        fading: list[Seen] = []
        before: deque[tuple[Seen, Float]] = deque(maxlen=RUN_UP + 1)
        for shot in self.plan.shots:
            if shot.end <= segment.first or shot.start >= stop:
                continue
            made = self._shot(shot, frames, max(shot.start, segment.first), stop)
            if fading:  # the motion of the shot that comes is seen in its first frames
                after = list(islice(made, RUN_UP + 1))
                if after:
                    yield from self._given(segment, faded(fading, list(before), after))
                    fading = []
                made = chain(after, made)
            for one in made:
                before.append(one)
                yield from self._given(segment, [one])
            fading = [self._seen(next(frames)) for _ in range(_left(shot, segment, stop))]
        if fading and before:
            yield from self._given(segment, [(seen, before[-1][1]) for seen in fading])

    def _given(self, segment: Segment, made: Sequence[tuple[Seen, Float]]) -> Iterator[tuple[Frame, Float]]:
        for seen, ab in made:
            if segment.start <= seen.index < segment.end:
                assert isinstance(seen.held, Frame)
                hints = self.hints.get(seen.index, ())
                yield seen.held, self.camera.steer(ab, seen.small, hints)

    def _needed(self, end: int) -> int:
        """One past the last frame that a segment ending at `end` needs: the shot's next key frame."""
        if end >= self.plan.frames:
            return end
        shot = self.plan.shot_at(end)
        if shot.start == end:
            return end
        later = [k for k in self.plan.keys if end <= k < shot.end]
        return later[0] + 1 if later else shot.end

    def frames(self, start: int, stop: int) -> Iterator[Frame]:
        """Frames of the film by their numbers; lost ones are made of their neighbors. Raises FilmChanged."""
        first, before = start, None
        while first in self.plan.missing and first > 0:
            first -= 1
        for frame in self._present(first):
            lost = range(max(start, before.index + 1), min(frame.index, stop)) if before else range(0)
            for index in lost:
                assert before is not None, "a film begins with a frame that can be read"
                yield Frame(index, int(self.plan.pts[index]), self._made(index, before, frame))
            if start <= frame.index < stop:
                yield frame
            if frame.index + 1 >= stop:
                return
            before = frame

    def _made(self, index: int, before: Frame, after: Frame) -> Plane:
        """A lost frame; over a cut it is the neighbor of its own shot once more."""
        shots = self.plan.shots
        at, first, last = (shots.index(self.plan.shot_at(n)) for n in (index, before.index, after.index))
        if first != last:
            return before.luma if at == first else after.luma
        return between(before.luma, after.luma, (index - before.index) / (after.index - before.index))

    def _present(self, start: int) -> Iterator[Frame]:
        """Frames that the file has, from one of them on. Raises FilmChanged."""
        pts, missing = self.plan.pts, frozenset(self.plan.missing)
        found, again = self.decoder.frames(int(pts[start])), False
        for index in range(start, self.plan.frames):
            if index in missing:
                continue
            time, luma = next(found, (None, None))
            if time != pts[index] and not again:
                # Some files can't be entered at any place: they are read from their beginning.
                again, found = True, self._read_to(index)
                time, luma = next(found, (None, None))
            if luma is None or time != pts[index]:
                raise changed(self.decoder.info, f"frame {index} is not where it was")
            yield Frame(index, int(pts[index]), luma)

    def _read_to(self, index: int) -> Iterator[tuple[int, Plane]]:
        begin = int(self.plan.pts[0])
        lost = sum(m < index for m in self.plan.missing)
        return islice((f for f in self.decoder.frames() if f[0] >= begin), index - lost, None)

    def _seen(self, frame: Frame) -> Seen:
        return Seen(frame.index, self.camera.small(frame.luma), frame)

    def _shot(
        self, shot: Shot, frames: Iterator[Frame], start: int, stop: int
    ) -> Iterator[tuple[Seen, Float]]:
        end = min(shot.end - shot.dissolve, stop)
        seen = (self._seen(next(frames)) for _ in range(start, end))
        anchor = self.plan.anchors[self.plan.shots.index(shot)]
        work = ShotChroma(
            ask=self._ask,
            decode=self.camera.decode,
            keys=frozenset(k for k in self.plan.keys if start <= k < end),
            start=None if anchor < 0 else lambda key: self._from_scene(anchor, key),
        )
        return work.run(seen)

    def _ask(self, seen: Seen) -> Float:
        assert isinstance(seen.held, Frame)
        return self.camera.ask(seen.held.luma, self.hints.get(seen.index, ()))

    def _from_scene(self, anchor: int, key: Seen) -> tuple[Evidence, Carried]:
        """What the network says of the scene's first shot, and how a shot's first key frame leads there."""
        if anchor not in self._scenes:
            frame = next(self.frames(anchor, anchor + 1))
            seen = self._seen(frame)
            values = self._ask(seen)
            self._scenes[anchor] = Evidence(values, np.full(values.shape[:2], _SCENE_WEIGHT)), seen
        evidence, there = self._scenes[anchor]
        flow = Flow()
        back, forth = flow(key.small, there.small), flow(there.small, key.small)
        begun = Carried.begun(*key.small.shape)
        return evidence, begun.stepped(back, forth, key.small, there.small)


def changed(info: FilmInfo, reason: str) -> FilmChanged:
    """The error that a film is no longer what was planned for."""
    reason = f"the film has changed ({reason})"
    return FilmChanged(str(info.path), "source", reason=reason, remedy="colour it anew")


def _left(shot: Shot, segment: Segment, stop: int) -> int:
    """How many frames of a shot's dissolve are still to be read."""
    begin = max(shot.end - shot.dissolve, segment.first)
    return max(0, min(shot.end, stop) - begin)
