"""Networks that `tintype train` makes: L, and hints where they are taken, in; logits over bins or ab out."""

from __future__ import annotations

import numpy as np

from tintype.color.lab import Float
from tintype.network.adapter import Network
from tintype.network.families.family import Family


class Adapter(Network):
    """Inputs ``L`` (n, 1, h, w), 0-100, and, if it takes any, ``hints`` (n, 3, h, w): a/110, b/110, mask."""

    HINT_UNIT = 110.0

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        if not self.descriptor.hints:
            return {"L": L[None, None]}
        known = np.zeros((3, *L.shape), dtype=np.float32) if hints is None else hints.copy()
        known[:2] /= self.HINT_UNIT
        return {"L": L[None, None], "hints": known[None]}


FAMILY = Family(name="tintype", adapter=Adapter, input="L", output="", seconds=0.1)
