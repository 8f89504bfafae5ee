"""Tintype's own networks: L and hints in, logits over ab bins at stride 4 out."""

from __future__ import annotations

import numpy as np

from tintype.color.lab import Float
from tintype.network.runtime import Network


class Adapter(Network):
    """Inputs ``L`` (n, 1, h, w), 0-100, and ``hints`` (n, 3, h, w): a/110, b/110, mask."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        known = np.zeros((3, *L.shape), dtype=np.float32) if hints is None else hints.copy()
        known[:2] /= 110
        return {"L": L[None, None], "hints": known[None]}
