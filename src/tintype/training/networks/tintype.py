"""The network that learns: ResNet-50 v2 encoder, attention at stride 16, ab bins at stride 4.

Made slim (`tintype.training.slimming`) it becomes the network that ships, `lite.py`.

A second encoder, EfficientNet-lite2, can stand beside the first: it sees what things are better and what they
look like worse, and is asked only where attention begins.

Hints enter three times: at stride 2 (where the network can learn what they mean for texture), at stride
16 (so that attention carries them to the rest of the object) and at stride 4 (so that the place itself
obeys).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from tintype.training.networks.backbones import ResNet50V2
from tintype.training.networks.efficientnet import EfficientNetLite2
from tintype.training.networks.parts import AttentionBlock, StrideFour, Up, conv_block, pooled_hints


class Tintype(StrideFour):
    """Logits over ab bins at a quarter of the view.

    Parameters
    ----------
    bins : int
        How many ab bins the head tells apart.
    width, depth : int
        Channels and attention blocks at stride 16.
    w8, w4 : int
        Channels of the decoder at strides 8 and 4.
    d8, d4 : int
        Residual convolutions there.
    drop : float
        Stochastic depth of the last attention block; earlier ones get less, in equal steps.
    units : tuple of int
        Units in each stage of the encoder; the pretrained one has 3, 4 and 6.
    second : sequence of int
        Blocks in each stage of the second encoder: `tintype.training.networks.efficientnet.UNITS` for
        published weights; none for no second encoder.
    """

    def __init__(
        self,
        bins: int,
        width: int = 384,
        depth: int = 6,
        w8: int = 256,
        w4: int = 160,
        d8: int = 2,
        d4: int = 1,
        drop: float = 0.1,
        units: tuple[int, int, int] = (3, 4, 6),
        second: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.bins = bins
        self.enc = ResNet50V2(units)
        self.hstem = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.neck = conv_block(1024, width, 1)
        self.h16 = nn.Conv2d(3, width, 1)
        self.second = EfficientNetLite2(second) if second else None
        if self.second is not None:
            *_, c16, c32 = self.second.channels
            self.second32 = conv_block(c32, width, 1)
            self.second16 = conv_block(c16, width, 1)
            self.join = nn.Conv2d(width, width, 1)
        self.blocks = nn.ModuleList(
            [AttentionBlock(width, drop=drop * (i + 1) / depth) for i in range(depth)]
        )
        self.ctx = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        self.u8 = Up(width, 512, w8, d8)
        self.u4 = Up(w8, 256, w4, d4)
        self._add_head(bins, w4, conv_block(w4, w4))
        nn.init.zeros_(self.hstem.weight)  # as if there were no hints
        if self.second is not None:
            # A network trained without it goes on as it was.
            for parameter in self.join.parameters():
                nn.init.zeros_(parameter)

    def understood(
        self, L: torch.Tensor, hints: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """As `StrideFour.understood`."""
        t4, t8, t16 = self.enc(L, self.hstem(hints))
        x = self.neck(t16) + self.h16(pooled_hints(F.avg_pool2d(hints, 16)))
        if self.second is not None:
            x = x + self._joining(self.second, L)
        for block in self.blocks:
            x = block(x)
        return x + self.ctx(x.mean((2, 3)))[:, :, None, None], t8, t4
