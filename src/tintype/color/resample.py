"""Cubic resampling of small chroma maps to the size of the photograph, a strip of rows at a time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tintype.color import kernel
from tintype.color.lab import Float

_GROUP = 64  # neighbouring rows of NumPy's way: they share most of their source rows


def fit_longest(height: int, width: int, longest: float) -> tuple[int, int]:
    """Return height and width with a longest side of at most `longest` px; nothing is enlarged.

    >>> fit_longest(3000, 4000, 256), fit_longest(1, 4000, 256), fit_longest(30, 40, 256)
    ((192, 256), (1, 256), (30, 40))
    """
    scale = min(1.0, longest / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def taps(source: int, target: int) -> tuple[NDArray[np.int32], Float]:
    """Catmull-Rom weights (Keys 1981, a = -0.5), pixel centres aligned.

    When the target is smaller than the source, the kernel is widened so that nothing aliases. Edges repeat.

    Returns
    -------
    first : int32, shape (target,)
        The first source row that each row of the target is made of.
    taps : float32, shape (target, count)
        The weights of that row and those after it; each row of them sums to 1.
    """
    scale = source / target
    wide = max(1.0, scale)
    center = (np.arange(target) + 0.5) * scale - 0.5
    start = np.floor(center - 2 * wide).astype(int)
    positions = start[:, None] + np.arange(math.ceil(4 * wide) + 2)[None, :]
    x = np.abs(positions - center[:, None]) / wide
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    curve = np.where(x < 1, near, np.where(x < 2, far, 0.0))
    curve /= curve.sum(axis=1, keepdims=True)
    count = min(source, positions.shape[1])
    first = start.clip(0, source - count)
    found = np.zeros((target, count))
    rows = np.broadcast_to(np.arange(target)[:, None], positions.shape)
    np.add.at(found, (rows, positions.clip(0, source - 1) - first[:, None]), curve)
    return first.astype(np.int32), found.astype(np.float32)


class Upsampler:
    """A chroma map seen at another size; only the rows asked for are computed.

    Parameters
    ----------
    ab : float32, shape (channels, h, w)
    height, width : int
        The size to resample to.
    """

    def __init__(self, ab: Float, height: int, width: int) -> None:
        if ab.ndim != 3:
            msg = f"ab has shape {ab.shape}; it must be (channels, h, w)"
            raise ValueError(msg)
        self.height, self.width = height, width
        # No matmul, here or below: BLAS starts threads of its own, and its sums differ in the last bit
        # between processors and numbers of threads.
        columns = _blended(ab.astype(np.float32).transpose(0, 2, 1), *taps(ab.shape[2], width))
        self._across = np.ascontiguousarray(columns.transpose(0, 2, 1))
        self._first, self._taps = taps(ab.shape[1], height)

    def rows(self, top: int, bottom: int) -> Float:
        """Rows top to bottom (exclusive) of the resampled map, shape (channels, bottom - top, width)."""
        return _blended(self._across, self._first[top:bottom], self._taps[top:bottom])

    def all(self) -> Float:
        """The whole map, shape (channels, height, width)."""
        return self.rows(0, self.height)


def _blended(planes: Float, first: NDArray[np.int32], taps: Float) -> Float:
    """Each plane's rows blended: shape (channels, len(first), width)."""
    compiled = kernel.loaded()
    blend = blend_numpy if compiled is None else compiled.blend
    out = np.empty((len(planes), len(first), planes.shape[2]), dtype=np.float32)
    for plane, blended in zip(planes, out, strict=True):
        blend(plane, first, taps, blended)
    return out


def blend_numpy(rows: Float, first: NDArray[np.int32], taps: Float, out: Float) -> None:
    """Sums of neighbouring rows, each times its weight, added from top to bottom.

    The oracle of the compiled kernel's `blend`.

    Parameters
    ----------
    rows : float32, shape (source, width)
    first, taps
        As `taps` returns them, for the rows wanted.
    out : float32, shape (height, width)
        Written to.
    """
    out[:] = 0
    for top in range(0, len(out), _GROUP):
        group = slice(top, top + _GROUP)
        _blend_group(rows, first[group], taps[group], out[group])


def _blend_group(rows: Float, first: NDArray[np.int32], taps: Float, out: Float) -> None:
    low, count = int(first.min()), taps.shape[1]
    dense = np.zeros((len(out), int(first.max()) + count - low), np.float32)
    np.put_along_axis(dense, first[:, None] - low + np.arange(count), taps, axis=1)
    part = np.empty_like(out)
    for row in np.flatnonzero(dense.any(axis=0)):
        np.multiply(dense[:, row, None], rows[low + row], out=part)
        out += part
