"""Zhang et al. 2016 (ECCV): L in, logits over 313 ab bins at stride 4 out.

Published as a Caffe model (read by `tintype.network.convert.caffe`) and as PyTorch weights (``eccv16``).
"""

from __future__ import annotations

import numpy as np

from tintype.color.decode import Vividness
from tintype.color.lab import Float
from tintype.network.adapter import Network
from tintype.network.converted import Converted
from tintype.network.descriptor import NetworkDescriptor, SizeRule
from tintype.network.families.family import Family, Published, PytorchWeights
from tintype.network.graph import Graph, Weights

NAME = "zhang16"
LICENSE = "BSD-2-Clause"
CITATION = "R. Zhang, P. Isola, A. A. Efros: Colorful Image Colorization. ECCV 2016"
TRAINED_ON = "ImageNet (ILSVRC 2012)"
# The PyTorch networks of 2016 and 2017 see (L - 50) / 100, and ab in units of 110.
L_CENTER, L_SCALE, AB_SCALE = 50.0, 100.0, 110.0
# Convolutions and dilation of the blocks model1 to model7, which both have in common.
_BLOCKS = ((2, 1), (2, 1), (3, 1), (3, 1), (3, 2), (3, 2), (3, 1))


class Adapter(Network):
    """Input ``data_l`` (n, 1, h, w): L - 50. This centering is this family's own and lives nowhere else."""

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        return {"data_l": (L - 50)[None, None]}


def _build(weights: Weights, source: str) -> Converted:
    """Write the network of the PyTorch weights.

    It takes ``data_l`` (n, 1, h, w), L - 50, and returns ``logits`` (n, Q, h/4, w/4) and ``ab``
    (n, 2, h/4, w/4), the published decoding in Lab units: the same as the Caffe network, so that one adapter
    runs both.
    """
    points = weights.take("model_out.weight", (2, None, 1, 1)) * np.float32(AB_SCALE)
    count = points.shape[1]
    descriptor = NetworkDescriptor(
        name="eccv16",
        family=NAME,
        output="logits",
        bins=tuple((float(a), float(b)) for a, b in points[:, :, 0, 0].T),
        size=SizeRule(default=256, multiple=8, minimum=32, maximum=1024),
        # The published decoding is the plain mean; whatever annealing there is lies in the weights.
        vividness=Vividness(safe=(2.0, 1.0), matched=(1.0, 1.0), vivid=(0.5, 1.0)),
        normalize="L - 50",
        license=LICENSE,
        citation=CITATION,
        source=source,
        trained_on=TRAINED_ON,
    )
    graph = Graph("eccv16", weights)
    x = graph.mul(graph.input("data_l", 1), 1 / L_SCALE)
    for block in range(1, 8):
        x = trunk_block(graph, x, block, stride=2 if block <= 3 else 1)
    x = graph.relu(graph.deconv(x, "model8.0"))
    for i in (2, 4):
        x = graph.relu(graph.conv(x, f"model8.{i}", kernel=3))
    logits = graph.conv(x, "model8.6", count, kernel=1)
    ab = graph.op("Conv", graph.op("Softmax", logits, axis=1), graph.constant(points), kernel_shape=[1, 1])
    outputs = {"logits": (logits, count), "ab": (ab, 2)}
    return graph.build(outputs, descriptor, f"{count} ab bins, from model_out")


def trunk_block(graph: Graph, x: str, block: int, stride: int = 1) -> str:
    """Add one of the blocks model1 to model7, which the networks of 2016 and 2017 have in common."""
    count, dilation = _BLOCKS[block - 1]
    for i in range(count):
        step = stride if i == count - 1 else 1
        x = graph.relu(graph.conv(x, f"model{block}.{2 * i}", kernel=3, stride=step, dilation=dilation))
    return graph.batch_norm(x, f"model{block}.{2 * count}")


FAMILY = Family(
    name=NAME,
    adapter=Adapter,
    input="L",
    output="logits",
    seconds=0.2,
    license=LICENSE,
    citation=CITATION,
    pytorch=PytorchWeights(
        name="eccv16",
        marks=("model1.0.weight", "model8.6.weight", "model_out.weight"),
        expects="model1.0.weight … model8.6.weight, model_out.weight",
        build=_build,
    ),
    # Sizes and hashes are those of the Open Model Zoo's model.yml of colorization-v2 and its sisters.
    published=(
        Published(
            name="eccv16",
            title="Colorful Image Colorization, the PyTorch weights",
            file="colorization_release_v2-9b330a0b.pth",
            urls=("https://colorizers.s3.us-east-2.amazonaws.com/colorization_release_v2-9b330a0b.pth",),
            bytes=128_976_165,
            sha256="9b330a0bae53f4ded77b1e23defbf78beaa09c10ebc4c4999e8e4f4a160b93f9",
        ),
        Published(
            name="zhang16-v2",
            title="Colorful Image Colorization, the Caffe model of the OpenCV sample",
            file="colorization_release_v2.caffemodel",
            urls=(
                "https://storage.openvinotoolkit.org/repositories/datumaro/models/colorization/colorization_release_v2.caffemodel",
                "https://github.com/spmallick/learnopencv/releases/download/Colorization/colorization_release_v2.caffemodel",
                "https://www.dropbox.com/s/dx0qvhhp5hbcx7z/colorization_release_v2.caffemodel?dl=1",
                "https://people.eecs.berkeley.edu/~rich.zhang/projects/2016_colorization/files/demo_v2/colorization_release_v2.caffemodel",
            ),
            bytes=128_946_764,
            sha256="f5af1e602646328c792e1094f9876fe9cd4c09ac46fa886e5708a1abc89137b1",
        ),
        Published(
            name="zhang16-v2_norebal",
            title="Colorful Image Colorization without class rebalancing: calmer colours",
            file="colorization_release_v2_norebal.caffemodel",
            urls=(
                "https://people.eecs.berkeley.edu/~rich.zhang/projects/2016_colorization/files/demo_v2/colorization_release_v2_norebal.caffemodel",
            ),
            bytes=128_946_454,
            sha256="6ab42a7fa853eb7ca822b9a0a2997a08a29c819c985c3e70b460c6be9c8b2159",
        ),
    ),
)
