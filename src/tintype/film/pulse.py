"""Whether colour pulses with the key frames: a change that comes back at each of them.

Means of a and b over blocks of the picture are followed through the runs in which key frames stand exactly an
interval apart. The power of that period is held against the power of periods beside it: colours that change
only because the picture does have nothing to do with the interval, and give about 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float

BLOCKS = (3, 4)
"""Rows and columns of blocks."""

_FEWEST = 4  # intervals of a run: with fewer, the periods beside that of the interval can't be told from it


def blocks(ab: Float) -> Float:
    """Mean a and b of each block of a picture (h, w, 2), one after the other: float32 (24,)."""
    rows = np.array_split(ab, BLOCKS[0], axis=0)
    return np.stack(
        [part.mean(axis=(0, 1)) for row in rows for part in np.array_split(row, BLOCKS[1], axis=1)]
    ).ravel()


def runs(keys: Sequence[int], interval: int, starts: frozenset[int] = frozenset()) -> list[tuple[int, int]]:
    """First and last key (exclusive end) of each run of keys an interval apart that no shot begins within."""
    found, first = [], 0
    for place in range(1, len(keys) + 1):
        goes_on = (
            place < len(keys) and keys[place] - keys[place - 1] == interval and keys[place] not in starts
        )
        if goes_on:
            continue
        if place - 1 - first >= _FEWEST:
            found.append((keys[first], keys[place - 1]))
        first = place
    return found


def pulse(series: Float, spans: Sequence[tuple[int, int]], interval: int) -> float | None:
    """Power at the interval over power at the periods beside it.

    Parameters
    ----------
    series : float32 (frames, n)
        `blocks` of each frame.
    spans : sequence of (first, end)
        As `runs` gives them.
    interval : int
        Frames from key to key, 2 or more.

    Returns
    -------
    float or None: about 1 where nothing pulses, larger where it does; None where no run is long enough.
    """
    at_key: list[float] = []
    beside: list[float] = []
    for first, end in spans:
        if end > len(series):
            end = first + (len(series) - first) // interval * interval
        count = (end - first) // interval
        if count < _FEWEST or interval < 2:
            continue
        power = _power(series[first:end])
        # Hann's window spreads a period over the places next to its own: those two away are free of it.
        near = [p for p in (count - 3, count - 2, count + 2, count + 3) if 0 < p < len(power)]
        at_key.append(power[count])
        # A geometric mean, as power falls with frequency like a power of it.
        beside.append(float(np.exp(np.mean(np.log(np.maximum(power[near], 1e-12))))))
    return sum(at_key) / sum(beside) if beside else None


def _power(series: Float) -> NDArray[np.float64]:
    """Power by frequency, summed over all columns; a straight line in each is taken out before."""
    count = len(series)
    time = np.linspace(-1, 1, count)[:, None]
    values = series.astype(np.float64) - series.mean(axis=0)
    values -= time * (values * time).sum(axis=0) / (time**2).sum()
    window = np.hanning(count + 1)[:count, None]
    return np.asarray((np.abs(np.fft.rfft(values * window, axis=0)) ** 2).sum(axis=1))
