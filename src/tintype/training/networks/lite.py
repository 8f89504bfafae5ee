"""`tintype`, slim: ResNet encoder, attention at stride 16, ab bins at stride 4.

A network learns with more room than it needs afterwards. What its layers say lies in planes of few
dimensions: here they have no more, for half of the arithmetic. `tintype.training.slimming` makes it of a
`tintype`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from tintype.training.networks.backbones import Ranks, ResNet50V2
from tintype.training.networks.parts import (
    AttentionBlock,
    StrideFour,
    ThinUp,
    conv_block,
    pooled_hints,
    thin_conv_block,
)

RANKS = ((32, 16, 32, 0), (64, 48, 48, 128), (112, 96, 112, 192))


class TintypeLite(StrideFour):
    """Logits over ab bins at a quarter of the view.

    Parameters
    ----------
    bins : int
        How many ab bins the head tells apart.
    width, depth : int
        Channels and attention blocks at stride 16.
    key, hidden : int
        Of these blocks: see `AttentionBlock`.
    w8, w4 : int
        Channels of the decoder at strides 8 and 4.
    r8, r4 : int
        Rank of its convolutions there.
    units, ranks : sequence
        Of the encoder: see `ResNet50V2`.
    """

    def __init__(
        self,
        bins: int,
        width: int = 384,
        depth: int = 4,
        key: int = 16,
        hidden: int = 384,
        w8: int = 256,
        w4: int = 160,
        r8: int = 32,
        r4: int = 16,
        units: Sequence[int] = (3, 4, 6),
        ranks: Sequence[Ranks] = RANKS,
    ) -> None:
        super().__init__()
        self.bins = bins
        self.enc = ResNet50V2(units, ranks)
        c4, c8, c16 = self.enc.channels
        self.hstem = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.neck = conv_block(c16, width, 1)
        self.h16 = nn.Conv2d(3, width, 1)
        self.blocks = nn.ModuleList([AttentionBlock(width, key=key, hidden=hidden) for _ in range(depth)])
        self.u8 = ThinUp(width, c8, w8, r8, 2)
        self.u4 = ThinUp(w8, c4, w4, r4, 1)
        self._add_head(bins, w4, thin_conv_block(w4, w4, r4))

    def understood(
        self, L: torch.Tensor, hints: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """As `StrideFour.understood`."""
        t4, t8, t16 = self.enc(L, self.hstem(hints))
        x = self.neck(t16) + self.h16(pooled_hints(F.avg_pool2d(hints, 16)))
        for block in self.blocks:
            x = block(x)
        return x, t8, t4
