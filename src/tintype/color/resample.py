"""Cubic resampling of small chroma maps to the size of the photograph, a strip of rows at a time."""

from __future__ import annotations

import math

import numpy as np

from tintype.color.lab import Float


def weights(source: int, target: int, top: int = 0, bottom: int | None = None) -> Float:
    """Matrix (rows, source) of Catmull-Rom weights (Keys 1981, a = -0.5), pixel centres aligned.

    Rows are the target positions top to bottom (exclusive; all of them unless told). When the target is
    smaller than the source, the kernel is widened so that nothing aliases. Edges repeat.
    """
    scale = source / target
    wide = max(1.0, scale)
    centre = (np.arange(top, target if bottom is None else bottom) + 0.5) * scale - 0.5
    first = np.floor(centre - 2 * wide).astype(int)
    taps = first[:, None] + np.arange(math.ceil(4 * wide) + 2)[None, :]
    x = np.abs(taps - centre[:, None]) / wide
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    kernel = np.where(x < 1, near, np.where(x < 2, far, 0.0))
    kernel /= kernel.sum(axis=1, keepdims=True)
    matrix = np.zeros((len(centre), source))
    rows = np.broadcast_to(np.arange(len(centre))[:, None], taps.shape)
    np.add.at(matrix, (rows, np.clip(taps, 0, source - 1)), kernel)
    return matrix.astype(np.float32)


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
        self._across = ab.astype(np.float32) @ weights(ab.shape[2], width).T

    def rows(self, top: int, bottom: int) -> Float:
        """Rows top to bottom (exclusive) of the resampled map, shape (channels, bottom - top, width)."""
        source = self._across.shape[1]
        down = weights(source, self.height, top, bottom)
        used = np.flatnonzero(down.any(axis=0))
        # Few source rows reach these target rows. No matmul: BLAS would start threads of its own for it, on
        # cores that already paint other strips.
        out = np.zeros((self._across.shape[0], bottom - top, self.width), dtype=np.float32)
        for row in range(used[0], used[-1] + 1):
            out += down[:, row, None] * self._across[:, row, None, :]
        return out

    def all(self) -> Float:
        """The whole map, shape (channels, height, width)."""
        return self.rows(0, self.height)
