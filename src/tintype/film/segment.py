"""One segment of a film: frames in, frames with their chroma out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from tintype.color.lab import Float
from tintype.errors import FilmChanged
from tintype.film.camera import Camera
from tintype.film.evidence import Evidence
from tintype.film.luma import Plane
from tintype.film.motion import Carried, Flow
from tintype.film.plan import Plan, Segment
from tintype.film.shot_chroma import Seen, ShotChroma
from tintype.film.shots import Shot
from tintype.film.source import FilmInfo, Frame, Reader
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
        last: Float | None = None
        for shot in self.plan.shots:
            if shot.end <= segment.first or shot.start >= stop:
                continue
            for seen, ab in self._shot(shot, frames, max(shot.start, segment.first), stop):
                if fading:
                    yield from self._given(segment, _faded(fading, last, ab))
                    fading = []
                last = ab
                yield from self._given(segment, [(seen, ab)])
            fading = [self._seen(next(frames)) for _ in range(_left(shot, segment, stop))]
        if fading and last is not None:
            yield from self._given(segment, [(seen, last) for seen in fading])

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
        """Frames of the film by their numbers; lost ones are the frame before. Raises FilmChanged."""
        pts, missing = self.plan.pts, frozenset(self.plan.missing)
        index = start
        while index in missing and index > 0:
            index -= 1
        found, luma, again = self.decoder.frames(int(pts[index])), None, False
        while index < stop:
            if index not in missing or luma is None:
                time, luma = next(found, (None, None))
                if time != pts[index] and not again:
                    # Some files can't be entered at any place: they are read from their beginning.
                    again, found = True, self._read_to(index)
                    time, luma = next(found, (None, None))
                if luma is None or time != pts[index]:
                    raise changed(self.decoder.info, f"frame {index} is not where it was")
            if index >= start:
                yield Frame(index, int(pts[index]), luma)
            index += 1

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


def _faded(fading: Sequence[Seen], before: Float | None, after: Float) -> list[tuple[Seen, Float]]:
    """Frames of a dissolve: one picture's colours give way to the other's."""
    made = []
    for number, seen in enumerate(fading, start=1):
        share = np.float32(number / (len(fading) + 1))
        made.append((seen, after if before is None else before + (after - before) * share))
    return made
