"""Colours that a file tells by numbers: a PNG's cICP chunk, the nclx of AVIF and HEIC.

ITU-T H.273 (tables 2 and 3); ITU-R BT.2100 and BT.2408: of high dynamic range, 203 cd/m² are white.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import srgb_from_linear
from tintype.notes import Note
from tintype.photo.gamma import Meant, profile_of
from tintype.photo.metadata.boxes import nclx
from tintype.photo.source import PhotoFile

_D65 = (0.3127, 0.3290)
_PRIMARIES = {
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*_D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
"""Chromaticities of white, red, green and blue; others are sRGB's, or unknown."""

_HIGH = {16: "PQ", 18: "HLG"}
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
_WHITE = 203.0  # cd/m²
_PEAK = 1000.0  # cd/m² of the display for which HLG is meant


def meant(primaries: int, transfer: int, *, grey: bool) -> Meant | None:
    """Return what code points stand for; None for sRGB's, BT.709's and what is unknown.

    BT.709's curve is that of a camera; what its pictures are shown with is near sRGB's.
    """
    exponent, curve = _GAMMAS.get(transfer), _CURVES.get(transfer)
    own = None if grey else _PRIMARIES.get(primaries)
    icc = profile_of(own, exponent, grey=grey) if own or exponent else None
    if icc is None and curve is None:
        return None
    if transfer not in _HIGH:
        return Meant(icc, curve=curve)
    what = f"its high dynamic range ({_HIGH[transfer]}) is read with white at {_WHITE:.0f} cd/m²; "
    note = Note(what + "what is brighter becomes white", "high_range", white=round(_WHITE))
    return Meant(icc, (note,), curve)


def meant_by_boxes(source: PhotoFile, *, grey: bool) -> Meant | None:
    """Return what the primary picture of an AVIF or HEIC file says by nclx. Raises OSError."""
    told = nclx(source.content())
    return meant(*told, grey=grey) if told else None


def _pq(v: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084: signal to cd/m²."""
    root = v ** (1 / 78.84375)
    made: NDArray[np.float64] = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return 10_000 * made ** (1 / 0.1593017578125)


def _hlg(v: NDArray[np.float64]) -> NDArray[np.float64]:
    """BT.2100: signal to cd/m² of a display of 1000; its gamma of 1.2 is taken channel by channel."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(v <= 0.5, v**2 / 3, (np.exp((v - c) / a) + b) / 12)
    made: NDArray[np.float64] = _PEAK * scene**1.2
    return made


def _encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear light, white at 1, as sRGB encodes it; what is brighter is white."""
    return srgb_from_linear(np.minimum(linear, 1).astype(np.float32)).astype(np.float64)


_CURVES: dict[int, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    16: lambda v: _encoded(_pq(v) / _WHITE),
    17: lambda v: _encoded(v**2.6 * 52.37 / 48),
    18: lambda v: _encoded(_hlg(v) / _WHITE),
}
