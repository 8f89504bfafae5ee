"""DDColor (Kang et al. 2023): grey in, ab out."""

from __future__ import annotations

from tintype.color.lab import Float
from tintype.network.rgb import grey_from_L
from tintype.network.runtime import Network


class Adapter(Network):
    """Input ``grey`` (n, 1, h, w), sRGB 0-1. That it is seen as RGB, and its normalising, is in the graph."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        return {"grey": grey_from_L(L)[None, None]}
