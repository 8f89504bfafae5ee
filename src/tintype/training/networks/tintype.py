"""The network that ships: ResNet-50 v2 encoder, attention at stride 16, ab bins at stride 4.

Hints enter three times: at stride 2 (where the network can learn what they mean for texture), at stride
16 (so that attention carries them to the rest of the object) and at stride 4 (so that the place itself
obeys).
"""

from __future__ import annotations

from typing import cast

import torch
from torch import nn
from torch.nn import functional as F

from tintype.training.networks.backbones import ResNet50V2
from tintype.training.networks.base import ColorNetwork


def conv_block(channels: int, out: int, size: int = 3) -> nn.Sequential:
    """Convolution of the same size, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels, out, size, padding=size // 2, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
    )


class AttentionBlock(nn.Module):
    """Pre-norm transformer block over all places; a depthwise convolution tells it where things are.

    Parameters
    ----------
    width, heads : int
    drop : float
        Share of the samples of a training step whose two branches are left out ("stochastic depth", Huang et
        al. 2016): it keeps blocks from learning a small collection by heart.
    """

    def __init__(self, width: int, heads: int = 8, drop: float = 0.0) -> None:
        super().__init__()
        self.heads, self.drop = heads, drop
        self.pos = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.n1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.n2 = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 2 * width)
        self.fc2 = nn.Linear(2 * width, width)
        # A new block begins as none: what the pretrained encoder says arrives undisturbed.
        for last in (self.proj, self.fc2):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, width, h, w) → the same shape."""
        n, d, h, w = x.shape
        x = x + self.pos(x)
        t = x.flatten(2).transpose(1, 2)
        q, k, v = (
            self.qkv(self.n1(t)).reshape(n, h * w, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        )
        seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, h * w, d)
        t = t + self._dropped(self.proj(seen))
        t = t + self._dropped(self.fc2(F.gelu(self.fc1(self.n2(t)))))
        return t.transpose(1, 2).reshape(n, d, h, w)

    def _dropped(self, branch: torch.Tensor) -> torch.Tensor:
        if not (self.training and self.drop):
            return branch
        kept = torch.rand(len(branch), 1, 1, device=branch.device) >= self.drop
        return branch * (kept / (1 - self.drop)).to(branch.dtype)


class Up(nn.Module):
    """Twice as large, joined with the encoder's tap of that size; then `depth` residual convolutions."""

    def __init__(self, channels: int, skip: int, out: int, depth: int = 1) -> None:
        super().__init__()
        self.skip = conv_block(skip, out, 1)
        self.red = conv_block(channels + out, out, 1)
        self.convs = nn.ModuleList([conv_block(out, out) for _ in range(depth)])

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w) and the tap (n, skip, 2h, 2w) → (n, out, 2h, 2w)."""
        x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        x = self.red(torch.cat([x, self.skip(skip)], 1))
        for conv in self.convs:
            x = x + conv(x)
        return x


def pooled_hints(pooled: torch.Tensor) -> torch.Tensor:
    """Hints averaged over cells, (n, 3, h, w), as colours and the square root of the share of each cell.

    A small hint covers a small share of a cell: divided by it, its colour arrives undiluted.
    """
    share = pooled[:, 2:]
    return torch.cat([pooled[:, :2] / (share + 1e-3), share.clamp(min=0).sqrt()], 1)


class Tintype(ColorNetwork):
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
    """

    output = "logits"
    hints = True
    multiple = 32
    stride = 4

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
    ) -> None:
        super().__init__()
        self.bins = bins
        self.enc = ResNet50V2(units)
        self.hstem = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.neck = conv_block(1024, width, 1)
        self.h16 = nn.Conv2d(3, width, 1)
        self.blocks = nn.ModuleList(
            [AttentionBlock(width, drop=drop * (i + 1) / depth) for i in range(depth)]
        )
        self.ctx = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        self.u8 = Up(width, 512, w8, d8)
        self.u4 = Up(w8, 256, w4, d4)
        self.h4 = nn.Conv2d(3, w4, 3, padding=1)
        self.fuse = conv_block(w4, w4)
        self.head = nn.Conv2d(w4, bins, 1)
        # Without hints the network must start as if it had no such inputs.
        nn.init.zeros_(self.hstem.weight)
        nn.init.zeros_(self.h4.weight)
        for entry in (self.h16, self.h4):
            nn.init.zeros_(cast("torch.Tensor", entry.bias))

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
        t4, t8, t16 = self.enc(L, self.hstem(hints))
        x = self.neck(t16) + self.h16(pooled_hints(F.avg_pool2d(hints, 16)))
        for block in self.blocks:
            x = block(x)
        x = x + self.ctx(x.mean((2, 3)))[:, :, None, None]
        x = self.u4(self.u8(x, t8), t4)
        pooled = F.avg_pool2d(hints, 4)
        share = pooled[:, 2:]
        x = x + self.h4(torch.cat([pooled[:, :2] / (share + 1e-2), share], 1))
        return self.head(x + self.fuse(x))
