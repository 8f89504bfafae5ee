"""The compiled kernel (`kernel.c`): the same results as NumPy to the bit, in a fraction of its time.

It is a plain shared library beside this file, without Python's API, so that one build serves every Python.
Where it is missing NumPy does the work; `status` says so, and `tintype --version` repeats it.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

INTERFACE = 1  # as in kernel.c
SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
LIBRARY = Path(__file__).with_name(f"_kernel{SUFFIX}")


class _Rules(ctypes.Structure):
    _fields_ = (
        ("matrix", ctypes.c_float * 6),
        *((name, ctypes.c_float) for name in ("delta", "black", "slope", "tolerance", "span")),
        *((name, ctypes.c_int32) for name in ("lights", "hues", "steps")),
        *((name, ctypes.c_void_p) for name in ("edge", "linear", "f", "codes")),
    )


class Rules:
    """The constants and tables of the gamut step, laid out for C.

    Parameters
    ----------
    matrix : float32, shape (3, 2)
        XYZ to linear RGB, the columns of X and Z.
    delta, black, slope : float
        CIE's f: below `delta` a line of that slope through `black`.
    tolerance : float
        Of linear light outside the gamut.
    span : float
        Cells of the table for each unit of f.
    steps : int
        Of the search for the edge.
    edge : float32, shape (lights + 1, hues + 1)
        The largest |a| + |b| inside the gamut.
    linear, f : float32, shape (256,)
        Linear light and CIE's f of every 8-bit grey.
    codes : uint8, shape (65536,)
        8-bit sRGB of linear light in 65536 steps.
    """

    def __init__(
        self, *, matrix: Float, delta: float, black: float, slope: float, tolerance: float, span: float,
        steps: int, edge: Float, linear: Float, f: Float, codes: NDArray[np.uint8],
    ) -> None:  # fmt: skip
        _check(matrix.shape == (3, 2) and linear.shape == f.shape == (256,) and codes.shape == (65536,))
        # C keeps only their addresses.
        self._tables: list[NDArray[Any]] = [
            *(np.ascontiguousarray(table, np.float32) for table in (edge, linear, f)),
            np.ascontiguousarray(codes, np.uint8),
        ]
        self.laid_out = _Rules(
            (ctypes.c_float * 6)(*matrix.ravel().tolist()),
            *(float(number) for number in (delta, black, slope, tolerance, span)),
            *(size - 1 for size in edge.shape),
            steps,
            *(table.ctypes.data for table in self._tables),
        )


class Kernel:
    """A loaded kernel.

    Parameters
    ----------
    path : path
        The shared library. Raises OSError when it can't be loaded or has another interface.
    """

    def __init__(self, path: Path) -> None:
        library = ctypes.CDLL(str(path))
        try:
            interface = library.tintype_interface()
        except AttributeError:
            interface = None
        if interface != INTERFACE:
            msg = f"{path}: a kernel of interface {interface}, not {INTERFACE}; build it again"
            raise OSError(msg)
        self._library = library

    def paint8(self, rules: Rules, grey: NDArray[np.uint8], ab: Float) -> NDArray[np.uint8]:
        """sRGB (rows, width, 3) of 8-bit grey (rows, width) and ab (2, rows, width); `gamut.paint_rows`."""
        grey, ab = np.ascontiguousarray(grey, np.uint8), np.ascontiguousarray(ab, np.float32)
        _check(ab.shape == (2, *grey.shape), grey.shape, ab.shape)
        out = np.empty((*grey.shape, 3), np.uint8)
        self._library.tintype_paint8(
            ctypes.byref(rules.laid_out),
            ctypes.c_size_t(grey.size),
            _at(grey),
            _at(ab[0]),
            _at(ab[1]),
            _at(out),
        )
        return out

    def fit(self, rules: Rules, fy: Float, y: Float, a: Float, b: Float) -> tuple[Float, Float, Float]:
        """`gamut.fit` of lightness as CIE's f(Y) and Y, all of one shape: linear red, green and blue."""
        fy, y, a, b = (np.ascontiguousarray(v, np.float32) for v in (fy, y, a, b))
        _check(fy.shape == y.shape == a.shape == b.shape, fy.shape, y.shape, a.shape, b.shape)
        out = np.empty((3, *fy.shape), np.float32)
        self._library.tintype_fit(
            ctypes.byref(rules.laid_out), ctypes.c_size_t(fy.size), _at(fy), _at(y), _at(a), _at(b), _at(out)
        )
        return out[0], out[1], out[2]

    def blend(self, rows: Float, first: NDArray[np.int32], taps: Float, out: Float) -> None:
        """Sums of neighbouring rows, written to `out`; `resample.blend_numpy`."""
        rows, taps = np.ascontiguousarray(rows, np.float32), np.ascontiguousarray(taps, np.float32)
        first = np.ascontiguousarray(first, np.int32)
        (source, width), (height, count) = rows.shape, taps.shape
        _check(first.shape == (height,) and out.shape == (height, width), first.shape, taps.shape, out.shape)
        _check(out.dtype == np.float32 and out.flags.c_contiguous)
        _check(not height or (first.min() >= 0 and int(first.max()) + count <= source))
        self._library.tintype_blend(
            ctypes.c_size_t(height), ctypes.c_size_t(width), ctypes.c_int32(count),
            _at(rows), _at(first), _at(taps), _at(out),
        )  # fmt: skip


def _check(fits: bool, *shapes: tuple[int, ...]) -> None:
    if not fits:
        msg = f"arrays that don't belong together or aren't float32 and contiguous: {shapes}"
        raise ValueError(msg)


def _at(array: NDArray[Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


@cache
def _loaded() -> tuple[Kernel | None, str]:
    if not LIBRARY.exists():
        return None, "NumPy: this installation has no compiled kernel"
    try:
        return Kernel(LIBRARY), "compiled kernel"
    except OSError as error:
        return None, f"NumPy: the compiled kernel can't be used ({error})"


def loaded() -> Kernel | None:
    """The kernel of this installation, or None: then NumPy does the work."""
    return _loaded()[0]


def status() -> str:
    """What paints here, in words: ``compiled kernel``, or ``NumPy`` and why."""
    return _loaded()[1]
