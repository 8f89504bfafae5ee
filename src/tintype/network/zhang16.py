"""Zhang et al. 2016 (ECCV): L in, logits over 313 ab bins at stride 4 out."""

from __future__ import annotations

from tintype.color.lab import Float
from tintype.network.runtime import Network


class Adapter(Network):
    """Input ``data_l`` (n, 1, h, w): L - 50. This centring is this family's own and lives nowhere else."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        return {"data_l": (L - 50)[None, None]}
