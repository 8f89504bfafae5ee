"""What our own networks have in common: blocks, how hints are averaged, and the decoder down to stride 4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import nn
from torch.nn import functional as F

from tintype.training.networks.base import ColorNetwork
from tintype.training.networks.efficientnet import EfficientNetLite2


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
    key : int
        Channels by which a head compares places; 0 for `width / heads`.
    value : int
        Channels that a head carries; 0 for `width / heads`.
    hidden : int
        Channels between the two last layers; 0 for twice the width.
    """

    def __init__(
        self,
        width: int,
        heads: int = 8,
        drop: float = 0.0,
        key: int = 0,
        value: int = 0,
        hidden: int = 0,
    ) -> None:
        super().__init__()
        self.heads, self.drop = heads, drop
        self.value = value or width // heads
        self.key = key or width // heads
        hidden = hidden or 2 * width
        self.pos = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.n1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, heads * (2 * self.key + self.value))
        self.proj = nn.Linear(heads * self.value, width)
        self.n2 = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)
        # A new block begins as none: what the pretrained encoder says arrives undisturbed.
        for last in (self.proj, self.fc2):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, width, h, w) → the same shape."""
        n, d, h, w = x.shape
        x = x + self.pos(x)
        t = x.flatten(2).transpose(1, 2)
        compared = self.heads * self.key
        q, k, v = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for part in self.qkv(self.n1(t)).split((compared, compared, self.heads * self.value), 2)
        )
        # Going back, PyTorch's fused kernel for CPUs takes seven times as long as its parts.
        attend = _attend_in_parts if self.training and x.is_cpu else F.scaled_dot_product_attention
        seen = attend(q, k, v).transpose(1, 2).flatten(2)
        t = t + self._dropped(self.proj(seen))
        t = t + self._dropped(self.fc2(F.gelu(self.fc1(self.n2(t)))))
        return t.transpose(1, 2).reshape(n, d, h, w)

    def _dropped(self, branch: torch.Tensor) -> torch.Tensor:
        if not (self.training and self.drop):
            return branch
        kept = torch.rand(len(branch), 1, 1, device=branch.device) >= self.drop
        return branch * (kept / (1 - self.drop)).to(branch.dtype)


def _attend_in_parts(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """softmax(q kᵀ / √d) v of (n, heads, places, d)."""
    return torch.softmax((q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1), -1) @ v


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


def thin_conv_block(channels: int, out: int, rank: int, size: int = 3) -> nn.Sequential:
    """Convolution that goes through `rank` channels, ReLU: it gives a plane of so many dimensions.

    Zhang et al. 2015, "Accelerating very deep convolutional networks". There is no norm: what a slim network
    is made of has been trained, and the statistics of a batch would be noise beside what it says.
    """
    return nn.Sequential(
        nn.Conv2d(channels, rank, size, padding=size // 2, bias=False),
        nn.Conv2d(rank, out, 1),
        nn.ReLU(inplace=True),
    )


class ThinUp(nn.Module):
    """`Up` for less arithmetic: of low rank, and channels are taken away before it gets larger.

    A 1 × 1 convolution and bilinear interpolation may change places.

    Parameters
    ----------
    channels, skip, out : int
    ranks : sequence of int
        Of the tap's convolution, of what mixes the coarse and the fine, and of each residual convolution.
    """

    def __init__(self, channels: int, skip: int, out: int, ranks: Sequence[int]) -> None:
        super().__init__()
        tapped, mixed, *residual = ranks
        self.skip = thin_conv_block(skip, out, tapped, 1)
        self.coarse = nn.Conv2d(channels, mixed, 1, bias=False)
        self.fine = nn.Conv2d(out, mixed, 1, bias=False)
        self.mixed = nn.Conv2d(mixed, out, 1)
        self.convs = nn.ModuleList([thin_conv_block(out, out, rank) for rank in residual])

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w) and the tap (n, skip, 2h, 2w) → (n, out, 2h, 2w)."""
        x = F.interpolate(self.coarse(x), scale_factor=2.0, mode="bilinear", align_corners=False)
        x = F.relu(self.mixed(x + self.fine(self.skip(skip))))
        for conv in self.convs:
            x = x + conv(x)
        return x


def pooled_hints(pooled: torch.Tensor) -> torch.Tensor:
    """Hints averaged over cells, (n, 3, h, w), as colours and the square root of the share of each cell.

    A small hint covers a small share of a cell: divided by it, its colour arrives undiluted.
    """
    share = pooled[:, 2:]
    return torch.cat([pooled[:, :2] / (share + 1e-3), share.clamp(min=0).sqrt()], 1)


class StrideFour(ColorNetwork):
    """A network whose decoder goes from stride 16 to logits at stride 4, with hints at strides 2, 16 and 4.

    Subclasses make an encoder that hints enter at stride 2, `h16` and the decoder's steps `u8` and `u4`, then
    call `_add_head`; and they say what is `understood`.
    """

    output = "logits"
    hints = True
    multiple = 32
    stride = 4
    h16: nn.Conv2d
    second: EfficientNetLite2 | None
    second32: nn.Module
    second16: nn.Module
    join: nn.Module
    u8: Up | ThinUp
    u4: Up | ThinUp

    def understood(
        self, L: torch.Tensor, hints: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What the decoder takes of a batch: what stands at stride 16, and the taps at strides 8 and 4."""
        raise NotImplementedError

    def _joining(self, second: EfficientNetLite2, L: torch.Tensor) -> torch.Tensor:
        """What a second encoder adds at stride 16."""
        _, _, s16, s32 = second(L)
        deep = F.interpolate(self.second32(s32), scale_factor=2.0, mode="bilinear", align_corners=False)
        joining: torch.Tensor = self.join(deep + self.second16(s16))
        return joining

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
        return self._decoded(*self.understood(L, hints), F.avg_pool2d(hints, 4))

    def _add_head(self, bins: int, width: int, fuse: nn.Module) -> None:
        """Add the layers after the decoder's last step, of `width` channels; `fuse` keeps their number."""
        self.h4 = nn.Conv2d(3, width, 3, padding=1)
        self.fuse = fuse
        self.head = nn.Conv2d(width, bins, 1)
        # Without hints the network must start as if it had no such inputs.
        nn.init.zeros_(self.h4.weight)
        for entry in (self.h16, self.h4):
            nn.init.zeros_(cast("torch.Tensor", entry.bias))

    def _decoded(
        self, x: torch.Tensor, t8: torch.Tensor, t4: torch.Tensor, hints4: torch.Tensor
    ) -> torch.Tensor:
        """Logits at stride 4 of what stands at stride 16, the taps, and hints averaged over 4 × 4 places."""
        x = self.u4(self.u8(x, t8), t4)
        share = hints4[:, 2:]
        x = x + self.h4(torch.cat([hints4[:, :2] / (share + 1e-2), share], 1))
        logits: torch.Tensor = self.head(x + self.fuse(x))
        return logits
