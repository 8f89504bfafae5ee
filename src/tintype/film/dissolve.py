"""Colours of a dissolve: one picture's give way to the other's, each moving on as its camera moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tintype.color.lab import Float
from tintype.film.motion import Flow, drift, identity, sample
from tintype.film.shot_chroma import Seen

RUN_UP = 4
"""Frames before and after a dissolve in which the camera's motion is measured: within it two pictures mix."""

_STILL = 0.5  # px, over the whole dissolve: less motion than this is none

Made = tuple[Seen, Float]


def faded(fading: Sequence[Seen], before: Sequence[Made], after: Sequence[Made]) -> list[Made]:
    """Chroma for the frames of a dissolve.

    Parameters
    ----------
    fading : sequence of Seen
        Its frames.
    before, after : sequences of (Seen, float32 (h, w, 2))
        The last frames before it, which may be missing, and the first after it, in order.
    """
    steps = len(fading) + 1
    arriving = _motion([seen for seen, _ in after])
    leaving = _motion([seen for seen, _ in before][::-1])
    made = []
    for number, seen in enumerate(fading, start=1):
        to = _moved(after[0][1], arriving, steps - number, steps)
        if not before:
            made.append((seen, to))
            continue
        start = _moved(before[-1][1], leaving, number, steps)
        made.append((seen, start + (to - start) * np.float32(number / steps)))
    return made


def _motion(frames: Sequence[Seen]) -> Float | None:
    """Offset a frame, px, by which each pixel of the first frame moves towards the others."""
    if len(frames) < 2:
        return None
    return drift(frames[0].small, frames[-1].small, Flow()) / np.float32(len(frames) - 1)


def _moved(ab: Float, motion: Float | None, frames: int, steps: int) -> Float:
    """Chroma some frames away from the end of a dissolve that it belongs to."""
    if motion is None or float(np.abs(motion).max()) * steps < _STILL:
        return ab
    return sample(ab, identity(*ab.shape[:2]) + motion * np.float32(frames))
