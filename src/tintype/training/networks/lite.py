"""EfficientNet-lite2 encoder, attention at strides 32 and 16, ab bins at stride 4.

Made for half the arithmetic of `tintype`: the encoder knows more of what things are and costs a fifth.
Hints enter as there: at stride 2, at stride 16 and at stride 4.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from tintype.training.networks.efficientnet import UNITS, EfficientNetLite2
from tintype.training.networks.parts import AttentionBlock, StrideFour, conv_block, pooled_hints

Taps = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


class TintypeLite(StrideFour):
    """Logits over ab bins at a quarter of the view.

    Parameters
    ----------
    bins : int
        How many ab bins the head tells apart.
    width : int
        Channels at strides 32 and 16.
    depth32, depth16 : int
        Attention blocks there.
    w8, w4 : int
        Channels of the decoder at strides 8 and 4.
    d8, d4 : int
        Residual convolutions there.
    drop : float
        Stochastic depth of the last attention block; earlier ones get less, in equal steps.
    units : seven ints
        Blocks of the encoder's stages; published weights fit the default.
    """

    def __init__(
        self,
        bins: int,
        width: int = 256,
        depth32: int = 2,
        depth16: int = 3,
        w8: int = 160,
        w4: int = 96,
        d8: int = 2,
        d4: int = 1,
        drop: float = 0.1,
        units: Sequence[int] = UNITS,
    ) -> None:
        super().__init__()
        c4, c8, c16, c32 = EfficientNetLite2.channels
        self.bins = bins
        self.enc = EfficientNetLite2(units)
        self.hstem = nn.Conv2d(3, 32, 7, 2, 3, bias=False)
        self.neck32 = conv_block(c32, width, 1)
        depth = depth32 + depth16
        drops = [drop * (i + 1) / depth for i in range(depth)]
        self.blocks32 = nn.ModuleList([AttentionBlock(width, drop=d) for d in drops[:depth32]])
        self.neck16 = conv_block(c16, width, 1)
        self.h16 = nn.Conv2d(3, width, 1)
        self.blocks16 = nn.ModuleList([AttentionBlock(width, drop=d) for d in drops[depth32:]])
        self._add_decoder(bins, width, taps=(c8, c4), widths=(w8, w4), depths=(d8, d4))

    def forward(self, L: torch.Tensor, hints: torch.Tensor) -> torch.Tensor:
        """Logits of a batch.

        Parameters
        ----------
        L : (n, 1, h, w), 0-100; h and w multiples of 32
        hints : (n, 3, h, w)
            a / 110 and b / 110 where hinted, else 0; then 1 where hinted, else 0.

        Returns
        -------
        logits : (n, bins, h / 4, w / 4)
        """
        return self.decode(self.enc(L, self.hstem(hints)), F.avg_pool2d(hints, 4))

    def decode(self, taps: Taps, hints4: torch.Tensor) -> torch.Tensor:
        """Logits from what the encoder saw, so that a frozen encoder need see a photograph only once.

        Parameters
        ----------
        taps : four tensors
            What `EfficientNetLite2` returns.
        hints4 : (n, 3, h / 4, w / 4)
            Hints, averaged over cells of 4 × 4.
        """
        t4, t8, t16, t32 = taps
        x = self.neck32(t32)
        for block in self.blocks32:
            x = block(x)
        x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        x = x + self.neck16(t16) + self.h16(pooled_hints(F.avg_pool2d(hints4, 4)))
        for block in self.blocks16:
            x = block(x)
        return self._decoded(x, t8, t4, hints4)
