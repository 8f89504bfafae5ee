"""Chroma for every frame of a shot: the network on key frames, motion between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tintype.color.lab import Float
from tintype.film.evidence import Evidence, between, joined
from tintype.film.guided import guided
from tintype.film.motion import Carried, Flow, identity, sample

_DIRT = np.float32(25.0)
"""Codes of 255 by which a spot differs from the frame before it, moved, before it is doubted."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A frame as the motion sees it.

    Attributes
    ----------
    index : int
        Of the frame in the film.
    small : uint8 (h, w)
        Luma on the grid of the flow.
    held : object
        What the caller wants back with the chroma.
    """

    index: int
    small: Any
    held: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """A key frame: what is known of its colours, and what they are.

    Attributes
    ----------
    evidence : Evidence
    ab : float32 (h, w, 2)
        Decoded with this frame's own gain, and laid along its edges. It is what is carried to the frames
        between: decoded at each of them, the gain, a property of the whole picture, would flicker.
    """

    evidence: Evidence
    ab: Float


@dataclass(slots=True, eq=False)
class ShotChroma:
    """Carries colour through the frames of one shot.

    Attributes
    ----------
    ask : callable
        What the network says of a key frame, float32 (h, w, channels) on the grid of the flow.
    decode : callable
        Chroma, float32 (h, w, 2), that such values stand for.
    keys : set of int
        Indices of the key frames.
    start : callable, optional
        Evidence from elsewhere (another shot of the scene) for the first key frame, and how that leads there.
    """

    ask: Callable[[Seen], Float]
    decode: Callable[[Float], Float]
    keys: frozenset[int]
    start: Callable[[Seen], tuple[Evidence, Carried] | None] | None = None
    _flow: Flow = field(default_factory=Flow)
    _known: Key | None = None

    def run(self, frames: Iterable[Seen]) -> Iterator[tuple[Seen, Float]]:
        """Each frame with its chroma (h, w, 2), in order; the frames of one interval are held in memory."""
        waiting: list[Seen] = []
        pairs: list[tuple[Float, Float]] = []
        for frame in frames:
            if waiting:
                pairs.append(
                    (self._flow(frame.small, waiting[-1].small), self._flow(waiting[-1].small, frame.small))
                )
            waiting.append(frame)
            if frame.index in self.keys:
                yield from self._interval(waiting, pairs)
                waiting, pairs = [frame], []
        if waiting and waiting[-1].index not in self.keys:
            yield from self._tail(waiting, pairs)

    def _interval(self, frames: list[Seen], pairs: list[tuple[Float, Float]]) -> Iterator[tuple[Seen, Float]]:
        """Frames up to a key frame, from the one before, which has been given out already."""
        last, left = frames[-1], self._known
        ahead = _forwards(frames, pairs)
        before = (left.evidence, ahead[-1]) if left else self.start(last) if self.start else None
        evidence = joined(before, self.ask(last), _doubt(frames, pairs))
        self._known = right = Key(evidence, guided(self.decode(evidence.values), last.small))
        behind = _backwards(frames, pairs)
        for place in range(1 if left else 0, len(frames)):
            here = (left.ab, ahead[place]) if left else None
            share = place / max(len(frames) - 1, 1)
            yield frames[place], between(here, (right.ab, behind[place]), share)

    def _tail(self, frames: list[Seen], pairs: list[tuple[Float, Float]]) -> Iterator[tuple[Seen, Float]]:
        """Frames after the last key frame."""
        if self._known is None:  # a shot without one: it is all black, or all flash
            for frame in frames:
                yield frame, self.decode(self.ask(frame))
            return
        for frame, carried in zip(frames[1:], _forwards(frames, pairs)[1:], strict=True):
            yield frame, between((self._known.ab, carried), None, 0.0)


def _forwards(frames: list[Seen], pairs: list[tuple[Float, Float]]) -> list[Carried]:
    """How each frame leads back to the first. Each pair is the flow to the frame before, and from it."""
    return _walk(frames, pairs)


def _backwards(frames: list[Seen], pairs: list[tuple[Float, Float]]) -> list[Carried]:
    """How each frame leads on to the last."""
    return _walk(frames[::-1], [(forth, back) for back, forth in pairs[::-1]])[::-1]


def _walk(frames: list[Seen], flows: list[tuple[Float, Float]]) -> list[Carried]:
    steps = [Carried.begun(*frames[0].small.shape)]
    for before, here, (back, forth) in zip(frames[:-1], frames[1:], flows, strict=True):
        steps.append(steps[-1].stepped(back, forth, here.small, before.small))
    return steps


def _doubt(frames: list[Seen], pairs: list[tuple[Float, Float]]) -> Float | None:
    """Where the last frame differs by far from the one before, 0-1: dirt, until another key frame agrees."""
    if len(frames) < 2:
        return None
    here, before = frames[-1].small, frames[-2].small
    seen = sample(before.astype(np.float32), identity(*here.shape) + pairs[-1][0])
    gap = np.abs(here.astype(np.float32) - seen) / _DIRT
    return np.asarray(np.clip(gap - 1, 0, 1), dtype=np.float32)
