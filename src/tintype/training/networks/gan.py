"""Conditional adversarial colouring (Isola et al. 2017, pix2pix), in Lab: U-Net against a patch critic."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from tintype.training.networks.base import ColorNetwork
from tintype.training.networks.cnn import check, pad_to

SCALE = 110.0


class UNet(ColorNetwork):
    """Encoder-decoder with a skip at every scale; L in, ab out, at the same size.

    Parameters
    ----------
    width : int
        Channels of the outermost level; they double inwards up to 8 × width.
    depth : int
        Times that the picture is halved.
    """

    output = "ab"
    hints = False
    stride = 1

    def __init__(self, width: int = 64, depth: int = 7) -> None:
        super().__init__()
        self.multiple = 2**depth
        sizes = [min(width * 2**i, width * 8) for i in range(depth)]
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        channels = 1
        for i, out in enumerate(sizes):
            # No norm outermost (colour would be lost) nor innermost (one pixel has no statistics).
            norm = nn.BatchNorm2d(out) if 0 < i < depth - 1 else nn.Identity()
            self.down.append(nn.Sequential(nn.Conv2d(channels, out, 4, 2, 1), norm))
            channels = out
        for i in range(depth - 1, 0, -1):
            joined = sizes[i] * (1 if i == depth - 1 else 2)
            # Resize and convolve: transposed convolutions leave a chequerboard.
            block = nn.Sequential(nn.Conv2d(joined, sizes[i - 1], 3, 1, 1), nn.BatchNorm2d(sizes[i - 1]))
            self.up.append(block)
        self.last = nn.Conv2d(sizes[0] * (2 if depth > 1 else 1), 2, 3, 1, 1)

    def forward(self, L: torch.Tensor) -> torch.Tensor:
        """L (n, 1, h, w), 0-100, any size → ab (n, 2, h, w) in Lab units."""
        h, w = L.shape[2:]
        x = pad_to(check(L), self.multiple) / 50 - 1
        skips: list[torch.Tensor] = []
        for i, block in enumerate(self.down):
            x = block(x if i == 0 else F.leaky_relu(x, 0.2))
            skips.append(x)
        x = skips.pop()
        for block in self.up:
            x = block(F.interpolate(F.relu(x), scale_factor=2.0, mode="nearest"))
            x = torch.cat([x, skips.pop()], 1)
        x = F.interpolate(F.relu(x), scale_factor=2.0, mode="nearest")
        return SCALE * torch.tanh(self.last(x))[:, :, :h, :w]


class PatchCritic(nn.Module):
    """Says for every patch of about 70 px whether its colour is real: logits on a grid.

    Parameters
    ----------
    width : int
        Channels of the first layer.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        channels = width
        for factor, stride in ((2, 2), (4, 2), (8, 1)):
            layers += [
                nn.utils.parametrizations.spectral_norm(nn.Conv2d(channels, width * factor, 4, stride, 1)),
                nn.LeakyReLU(0.2),
            ]
            channels = width * factor
        self.body = nn.Sequential(*layers, nn.Conv2d(channels, 1, 4, 1, 1))

    def forward(self, L: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
        """L (n, 1, h, w), 0-100, and ab (n, 2, h, w) → logits (n, 1, h', w')."""
        return self.body(torch.cat([L / 50 - 1, ab / SCALE], 1))
