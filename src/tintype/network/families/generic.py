"""Networks of other programs whose ONNX file was imported by a rule: L or grey in, ab or RGB out."""

from __future__ import annotations

from tintype.color.lab import Float
from tintype.network.adapter import Network
from tintype.network.families.family import Family
from tintype.network.rgb import grey_from_L


class Adapter(Network):
    """Input ``L`` (1, 1, h, w), 0-100, or ``grey`` (1, 1, h, w), sRGB 0-1; the rule is in the graph."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        name = self.session.get_inputs()[0].name
        return {name: (L if name == "L" else grey_from_L(L))[None, None]}


FAMILY = Family(name="generic", adapter=Adapter, input="", output="", seconds=1.0)
