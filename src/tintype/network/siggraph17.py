"""Zhang et al. 2017 (SIGGRAPH): L and hints in, ab out."""

from __future__ import annotations

import numpy as np

from tintype.color.lab import Float
from tintype.network.runtime import Network


class Adapter(Network):
    """Inputs ``L`` (n, 1, h, w), 0-100, and ``hints`` (n, 3, h, w): a, b in Lab units and a mask."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        known = np.zeros((3, *L.shape), dtype=np.float32) if hints is None else hints
        return {"L": L[None, None], "hints": known[None]}
