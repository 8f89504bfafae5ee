"""Small convolutional networks that regress ab: the classic one, a deeper one, one that knows what it sees.

All end in tanh, times 128, which holds every sRGB colour (ab reaches from -108 to 98).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tintype.errors import SettingsError
from tintype.training.networks.backbones import BACKBONES
from tintype.training.networks.base import ColorNetwork

SCALE = 128.0


class SameConv(nn.Conv2d):
    """Convolution whose output is ceil(size / stride), padded as Keras pads "same".

    With stride 2 and an even size that is one row below and one column to the right: half a pixel away
    from torch's symmetrical padding.
    """

    def __init__(self, channels: int, out: int, size: int = 3, stride: int = 1) -> None:
        super().__init__(channels, out, size, stride, padding=0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w), h and w multiples of the stride → (n, out, h / stride, w / stride)."""
        total = self.kernel_size[0] - self.stride[0]
        before = total // 2
        return super().forward(F.pad(x, (before, total - before, before, total - before)))


class ConvNet(ColorNetwork):
    """Convolutions one after the other, written as a line of text; L in, ab out, at the same size.

    Parameters
    ----------
    layers : str
        ``"8/2 8 up"``: a 3×3 convolution with ReLU to 8 channels at stride 2, one to 8 at stride 1, the
        nearest pixel twice. A last convolution to 2 channels with tanh follows.
    multiple : int
        Product of the strides. Photographs of other sizes are padded by reflection, and cropped after.
    """

    output = "ab"
    hints = False
    stride = 1

    def __init__(self, layers: str, multiple: int = 8) -> None:
        super().__init__()
        self.multiple = multiple
        self.body, channels = _sequence(layers, 1)
        self.last = SameConv(channels, 2)

    def forward(self, L: torch.Tensor) -> torch.Tensor:
        """L (n, 1, h, w), 0-100, any size → ab (n, 2, h, w) in Lab units."""
        h, w = L.shape[2:]
        x = self.body(pad_to(check(L), self.multiple) / 50 - 1)
        return SCALE * torch.tanh(self.last(x))[:, :, :h, :w]


class Fusion(ColorNetwork):
    """An encoder-decoder that is told at its bottleneck what a classifier recognises.

    What is fused are the classifier's features (averaged over the picture), not its probabilities: they
    say much more than one of a thousand names. The classifier itself is frozen.

    Parameters
    ----------
    encoder, decoder : str
        Layers as in `ConvNet`; the encoder ends at stride 8.
    backbone : str
        ``resnet50v2`` or ``mobilenetv2``; its weights come from a file (`load_backbone`).
    width : int
        Channels after fusion.
    """

    output = "ab"
    hints = False
    stride = 1
    multiple = 32

    def __init__(self, encoder: str, decoder: str, backbone: str = "resnet50v2", width: int = 256) -> None:
        super().__init__()
        if backbone not in BACKBONES:
            msg = f"backbone {backbone!r} is unknown; choose one of {', '.join(sorted(BACKBONES))}"
            raise SettingsError(msg)
        pretrained: Any = BACKBONES[backbone]()
        self.enc = pretrained
        self.enc.requires_grad_(False)
        self.encoder, channels = _sequence(encoder, 1)
        self.fuse = nn.Conv2d(channels + pretrained.channels[-1], width, 1)
        self.decoder, channels = _sequence(decoder, width)
        self.last = SameConv(channels, 2)

    def forward(self, L: torch.Tensor) -> torch.Tensor:
        """L (n, 1, h, w), 0-100, any size → ab (n, 2, h, w) in Lab units."""
        h, w = L.shape[2:]
        L = pad_to(check(L), self.multiple)
        with torch.no_grad():
            known = self.enc(L)[-1].mean((2, 3), keepdim=True)
        x = self.encoder(L / 50 - 1)
        known = known.expand(-1, -1, x.shape[2], x.shape[3])
        x = F.relu(self.fuse(torch.cat([x, known], 1)))
        return SCALE * torch.tanh(self.last(self.decoder(x)))[:, :, :h, :w]


def check(L: torch.Tensor) -> torch.Tensor:
    """Refuse a picture that is not lightness in 0-100, the commonest mistake of feeding a network.

    Only on the CPU: every step would wait for a GPU to answer.
    """
    if L.device.type != "cpu" or torch.compiler.is_compiling() or torch.onnx.is_in_onnx_export():
        return L
    low, high = float(L.min()), float(L.max())
    if not (low >= -0.1 and high <= 100.1):
        msg = f"L runs from {low:g} to {high:g}; lightness lies between 0 and 100"
        raise ValueError(msg)
    return L


def pad_to(x: torch.Tensor, multiple: int) -> torch.Tensor:
    """Grow below and to the right to multiples, by reflection (by the edge where it is too small)."""
    h, w = x.shape[2:]
    down, right = -h % multiple, -w % multiple
    if not (down or right):
        return x
    mode = "reflect" if down < h and right < w else "replicate"
    return F.pad(x, (0, right, 0, down), mode=mode)


def _sequence(layers: str, channels: int) -> tuple[nn.Sequential, int]:
    modules: list[nn.Module] = []
    for word in layers.split():
        if word == "up":
            modules.append(nn.Upsample(scale_factor=2, mode="nearest"))
            continue
        out, _, stride = word.partition("/")
        if not (out.isdigit() and (stride or "1").isdigit() and int(out)):
            msg = f"layers: {word!r} is neither a number of channels (16, or 16/2 for stride 2) nor up"
            raise SettingsError(msg)
        modules += [SameConv(channels, int(out), 3, int(stride or 1)), nn.ReLU()]
        channels = int(out)
    return nn.Sequential(*modules), channels
