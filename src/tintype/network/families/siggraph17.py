"""Zhang et al. 2017 (SIGGRAPH): L and hints in, ab out. Its trunk is that of their network of 2016."""

from __future__ import annotations

import numpy as np

from tintype.color.lab import Float
from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.converted import Converted
from tintype.network.descriptor import GAIN, NetworkDescriptor, SizeRule
from tintype.network.families.family import Family, Published, PytorchWeights
from tintype.network.families.zhang16 import AB_SCALE, L_CENTER, L_SCALE, LICENSE, TRAINED_ON, trunk_block
from tintype.network.graph import Graph, Weights

NAME = "siggraph17"
_CITATION = (
    "R. Zhang, J.-Y. Zhu, P. Isola, X. Geng, A. S. Lin, T. Yu, A. A. Efros: "
    "Real-Time User-Guided Image Colorization with Learned Deep Priors. SIGGRAPH 2017"
)


class Adapter(Network):
    """Inputs ``L`` (n, 1, h, w), 0-100, and ``hints`` (n, 3, h, w): a, b in Lab units and a mask."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        known = np.zeros((3, *L.shape), dtype=np.float32) if hints is None else hints
        return {"L": L[None, None], "hints": known[None]}


def _build(weights: Weights, source: str) -> Converted:
    """Write the network of the PyTorch weights.

    It takes ``L`` (n, 1, h, w), 0-100, and ``hints`` (n, 3, h, w): a, b in Lab units and a mask of 0 and 1.
    It returns ``ab`` (n, 2, h, w) in Lab units.
    """
    descriptor = NetworkDescriptor(
        name=NAME,
        family=NAME,
        output="ab",
        hints=True,
        size=SizeRule(default=256, multiple=8, minimum=32, maximum=1024),
        vividness=GAIN,
        normalize="none: (L - 50) / 100 and ab / 110 are part of the graph; the mask is 0 or 1",
        license=LICENSE,
        citation=_CITATION,
        source=source,
        trained_on=TRAINED_ON,
    )
    graph = Graph("siggraph17", weights)
    L = graph.mul(graph.add(graph.input("L", 1), -L_CENTER), 1 / L_SCALE)
    known = np.array([1 / AB_SCALE, 1 / AB_SCALE, 1], np.float32).reshape(1, 3, 1, 1)
    x = graph.concat(L, graph.mul(graph.input("hints", 3), known))
    levels = []
    for block in range(1, 8):
        x = trunk_block(graph, x, block)
        if block <= 3:
            levels.append(x)
            x = _every_second(graph, x)
    # Three steps up; each meets the block of its own size.
    for step, (name, convolutions) in enumerate((("8", 2), ("9", 1), ("10", 1))):
        level = 3 - step
        up = graph.deconv(x, f"model{name}up.0")
        short = f"model{level}short{name}.0"
        x = graph.relu(graph.add(up, graph.conv(levels[level - 1], short, graph.channels[up], kernel=3)))
        for i in range(convolutions):
            x = graph.conv(x, f"model{name}.{2 * i + 1}", kernel=3)
            x = graph.relu(x) if name != "10" else graph.op("LeakyRelu", x, alpha=0.2)
        if name != "10":
            x = graph.batch_norm(x, f"model{name}.{2 * convolutions + 1}")
    ab = graph.mul(graph.op("Tanh", graph.conv(x, "model_out.0", 2, kernel=1)), AB_SCALE)
    notes = _unused_classes(weights)
    return graph.build({"ab": (ab, 2)}, descriptor, *notes)


def _every_second(graph: Graph, x: str) -> str:
    starts, ends, axes, steps = ([0, 0], [2**31 - 1] * 2, [2, 3], [2, 2])
    return graph.op("Slice", x, *(graph.constant(v, np.int64) for v in (starts, ends, axes, steps)))


def _unused_classes(weights: Weights) -> tuple[str, ...]:
    """The head over ab bins serves training and the published tool's suggestions, not colouring."""
    if "model_class.0.weight" not in weights:
        return ()
    count, channels = weights.take("model_class.0.weight", (None, None, 1, 1)).shape[:2]
    weights.take("model_class.0.bias", (count,))
    if channels != weights.shape("model8.3.weight")[0]:
        msg = f"{weights.name}: model_class takes {channels} channels, but model8 gives another number"
        raise NetworkError(msg)
    return (f"{count} classes of the second head (model_class), which colouring does not need",)


FAMILY = Family(
    name=NAME,
    adapter=Adapter,
    input="L",
    output="ab",
    hints=True,
    seconds=0.4,
    license=LICENSE,
    citation=_CITATION,
    pytorch=PytorchWeights(
        name="siggraph17",
        marks=("model1.0.weight", "model8up.0.weight", "model10.1.weight", "model_out.0.weight"),
        expects="model1.0.weight … model10.1.weight, model8up, model_class, model_out.0",
        build=_build,
    ),
    # Size and hash are those of the Open Model Zoo's model.yml of colorization-siggraph.
    published=(
        Published(
            name="siggraph17",
            title="Real-Time User-Guided Image Colorization: takes hints",
            file="siggraph17-df00044c.pth",
            urls=("https://colorizers.s3.us-east-2.amazonaws.com/siggraph17-df00044c.pth",),
            bytes=136_787_426,
            sha256="df00044c0a4d7c3edcecf6f75437ce346a66e7a42612d9b968e1a7e17dbc6f66",
        ),
    ),
)
