"""The classification network of Zhang et al. 2016 ("Colorful Image Colorization"), with its width free."""

from __future__ import annotations

from typing import cast

import torch
from torch import nn

from tintype.training.networks.base import ColorNetwork

# Channels as multiples of 64, convolutions, stride of the last one, dilation: blocks conv1 to conv7.
_PLAN = ((1, 2, 2, 1), (2, 2, 2, 1), (4, 3, 2, 1), (8, 3, 1, 1), (8, 3, 1, 2), (8, 3, 1, 2), (8, 3, 1, 1))


class Zhang16(ColorNetwork):
    """VGG-like, stride 8 with dilation instead of more pooling, one step up, logits at stride 4.

    Parameters
    ----------
    bins : int
        How many ab bins the head tells apart.
    width : int
        Channels of conv1; 64 is the published size.
    """

    output = "logits"
    hints = False
    stride = 4
    multiple = 8

    def __init__(self, bins: int, width: int = 64) -> None:
        super().__init__()
        self.bins = bins
        channels, blocks = 1, []
        for factor, count, stride, dilation in _PLAN:
            out = factor * width
            for i in range(count):
                step = stride if i == count - 1 else 1
                blocks += [nn.Conv2d(channels, out, 3, step, dilation, dilation), nn.ReLU(inplace=True)]
                channels = out
            blocks.append(nn.BatchNorm2d(out))
        self.body = nn.Sequential(*blocks)
        middle = 4 * width
        self.up = nn.Sequential(
            nn.ConvTranspose2d(channels, middle, 4, 2, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(middle, middle, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(middle, middle, 3, padding=1),
            nn.ReLU(inplace=True),
        )
        self.head = nn.Conv2d(middle, bins, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(cast("torch.Tensor", module.bias))
        nn.init.normal_(self.head.weight, std=0.01)

    def forward(self, L: torch.Tensor) -> torch.Tensor:
        """L (n, 1, h, w), 0-100; h and w multiples of 8 → logits (n, bins, h / 4, w / 4)."""
        return self.head(self.up(self.body((L - 50) / 100)))
