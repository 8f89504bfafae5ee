"""The network that ships: `tintype`, slim; two encoders, attention at stride 16, ab bins at stride 4.

A network learns with more room than it needs afterwards. What its layers say lies in planes of few
dimensions: here they have no more, for half of the arithmetic. `tintype.training.slimming` makes it of a
`tintype`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from tintype.training.networks.backbones import GreyResNet50V2, Ranks
from tintype.training.networks.efficientnet import UNITS, EfficientNetLite2
from tintype.training.networks.parts import (
    AttentionBlock,
    StrideFour,
    ThinUp,
    pooled_hints,
    thin_conv_block,
)

RANKS = ((16, 32, 16, 16), (32, 64, 64, 32), (112, 128, 128, 112))
HIDDEN = (0, 96, 192, 352, 464, 208, 0)


class TintypeLite(StrideFour):
    """Logits over ab bins at a quarter of the view.

    Parameters
    ----------
    bins : int
        How many ab bins the head tells apart.
    width, depth : int
        Channels and attention blocks at stride 16.
    key, value, hidden : int
        Of these blocks: see `AttentionBlock`.
    w8, w4 : int
        Channels of the decoder at strides 8 and 4.
    r8, r4 : sequence of int
        Ranks there: see `ThinUp`.
    fuse, join : int
        Rank of the last convolution before the head, and of what the second encoder adds.
    units, ranks : sequence
        Of the encoder: see `ResNet50V2`.
    second, second_hidden : sequence of int
        Of the second encoder: see `EfficientNetLite2`. It stays as it is.
    """

    slim = True
    second: EfficientNetLite2

    def __init__(
        self,
        bins: int,
        width: int = 384,
        depth: int = 6,
        key: int = 16,
        value: int = 16,
        hidden: int = 128,
        w8: int = 256,
        w4: int = 160,
        r8: Sequence[int] = (16, 48, 16, 16),
        r4: Sequence[int] = (16, 48, 32),
        fuse: int = 16,
        join: int = 32,
        units: Sequence[int] = (3, 4, 6),
        ranks: Sequence[Ranks] = RANKS,
        second: Sequence[int] = UNITS,
        second_hidden: Sequence[int] = HIDDEN,
    ) -> None:
        super().__init__()
        self.bins = bins
        self.enc = GreyResNet50V2(units, ranks)
        c4, c8, c16 = self.enc.channels
        self.neck = _entry(c16, width)
        self.h16 = nn.Conv2d(3, width, 1)
        self.second = EfficientNetLite2(second, second_hidden).requires_grad_(False)
        *_, s16, s32 = self.second.channels
        self.second32, self.second16 = _entry(s32, width), _entry(s16, width)
        self.join = nn.Sequential(nn.Conv2d(width, join, 1, bias=False), nn.Conv2d(join, width, 1))
        self.blocks = nn.ModuleList(
            [AttentionBlock(width, key=key, value=value, hidden=hidden) for _ in range(depth)]
        )
        self.u8 = ThinUp(width, c8, w8, r8)
        self.u4 = ThinUp(w8, c4, w4, r4)
        self._add_head(bins, w4, thin_conv_block(w4, w4, fuse))

    def understood(
        self, L: torch.Tensor, hints: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """As `StrideFour.understood`."""
        t4, t8, t16 = self.enc(L, hints)
        x = self.neck(t16) + self._joining(self.second, L)
        x = x + self.h16(pooled_hints(F.avg_pool2d(hints, 16)))
        for block in self.blocks:
            x = block(x)
        return x, t8, t4


def _entry(channels: int, width: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, width, 1), nn.ReLU(inplace=True))
