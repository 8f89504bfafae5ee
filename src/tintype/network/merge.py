"""Joining the chroma of several networks: a plain mean of two beats either (see the published comparison in
HAVC's guide: 8.0-8.3 against 8.5-9.1 CIEDE2000)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tintype.color.lab import Float
from tintype.color.resample import Upsampler


def merge(each: Sequence[tuple[Float, Float | None]], how: str) -> tuple[Float, Float | None]:
    """One chroma map from several, on the finest of their grids.

    Parameters
    ----------
    each : sequence of (ab float32 (2, h, w), confidence float32 (h, w) or None)
    how : str
        ``mean``, or ``confidence``: weighted by it; a network that gives none counts as 0.5.

    Returns
    -------
    ab, confidence : of the same kinds; confidence is None if no network gave one.
    """
    if len(each) == 1:
        return each[0]
    height, width = max((ab.shape[1:] for ab, _ in each), key=lambda s: s[0] * s[1])
    maps = [Upsampler(ab, height, width).all() for ab, _ in each]
    sure = [None if c is None else Upsampler(c[None], height, width).all()[0] for _, c in each]
    filled = np.stack([np.full((height, width), 0.5, np.float32) if c is None else c for c in sure])
    weights = np.clip(filled, 1e-3, 1) if how == "confidence" else np.ones_like(filled)
    weights = weights / weights.sum(axis=0)
    ab = sum(w[None] * m for w, m in zip(weights, maps, strict=True))
    known = [c for c in sure if c is not None]
    return np.asarray(ab, np.float32), np.mean(known, axis=0, dtype=np.float32) if known else None
