"""Encoders pretrained on ImageNet, written out so that their weights load strictly, name by name.

A backbone is a safetensors file that the user names; nothing is downloaded. Grey pictures go in as L / 100 in
place of each of R, G and B, normalised as ImageNet's photographs are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tintype.errors import NetworkError
from tintype.network.rgb import IMAGENET_MEAN, IMAGENET_STD
from tintype.training.networks.efficientnet import EfficientNetLite2, own_names
from tintype.training.networks.frozen import FrozenBatchNorm

Ranks = Sequence[int]
WHOLE = (0, 0, 0, 0)


class PreActivationUnit(nn.Module):
    """Bottleneck of ResNet v2 (He et al. 2016, "Identity mappings"): norm and ReLU come before each conv."""

    def __init__(
        self, channels: int, middle: int, out: int, stride: int, first: bool, ranks: Ranks = WHOLE
    ) -> None:
        super().__init__()
        self.bn1 = FrozenBatchNorm(channels)
        self.conv1 = _convolution(channels, middle, 1, 1, ranks[0])
        self.bn2 = FrozenBatchNorm(middle)
        self.conv2 = _convolution(middle, middle, 3, stride, ranks[1])
        self.bn3 = FrozenBatchNorm(middle)
        self.conv3 = _convolution(middle, out, 1, 1, ranks[2])
        self.shortcut = _convolution(channels, out, 1, stride, ranks[3]) if first else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w) → (n, out, h / stride, w / stride)."""
        p = F.relu(self.bn1(x))
        y = self.conv1(p)
        y = self.conv2(F.relu(self.bn2(y)))
        y = self.conv3(F.relu(self.bn3(y)))
        return y + (x if self.shortcut is None else self.shortcut(p))


class ResNet50V2(nn.Module):
    """Stem and stages 1-3 of ResNet-50 v2 with taps at strides 4, 8 and 16 (256, 512, 1024 channels).

    Parameters
    ----------
    units : three ints
        Of each stage; the pretrained one has 3, 4 and 6.
    ranks : three times four ints
        Of each stage's three convolutions and its shortcut: through how many channels they go, 0 for none
        but their own. Published weights fit whole ones; `tintype.training.slimming` makes others of them.
    """

    channels = (256, 512, 1024)

    def __init__(
        self, units: Sequence[int] = (3, 4, 6), ranks: Sequence[Ranks] = (WHOLE, WHOLE, WHOLE)
    ) -> None:
        super().__init__()
        self.stem: Any = nn.Module()
        self.stem.bn_in = FrozenBatchNorm(3)
        self.stem.conv = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.stem.bn = FrozenBatchNorm(64)
        self.stage1 = _stage(64, 64, units[0], 1, ranks[0])
        self.stage2 = _stage(256, 128, units[1], 2, ranks[1])
        self.stage3 = _stage(512, 256, units[2], 2, ranks[2])
        self.bn_out = FrozenBatchNorm(1024)

    def forward(
        self, L: torch.Tensor, stem: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Taps of a grey picture.

        Parameters
        ----------
        L : (n, 1, h, w), 0-100, h and w multiples of 16
        stem : (n, 64, h/2, w/2), optional
            Added to the stem's convolution: the way in for hints.
        """
        x = self.stem.conv(self.stem.bn_in(normalize(L)))
        return self._taps(x if stem is None else x + stem)

    def _taps(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What follows on the first convolution, (n, 64, h/2, w/2)."""
        x = F.max_pool2d(F.relu(self.stem.bn(x)), 3, 2, 1)
        for unit in self.stage1:
            x = unit(x)
        t4 = x
        for unit in self.stage2:
            x = unit(x)
        t8 = x
        for unit in self.stage3:
            x = unit(x)
        return t4, t8, F.relu(self.bn_out(x))


class GreyResNet50V2(ResNet50V2):
    """`ResNet50V2` with one convolution for grey and hints, not three equal channels and a second one."""

    def __init__(self, units: Sequence[int], ranks: Sequence[Ranks]) -> None:
        super().__init__(units, ranks)
        self.stem = nn.Module()
        self.stem.conv = nn.Conv2d(4, 64, 7, 2, 3)
        self.stem.bn = FrozenBatchNorm(64)
        # As if there were no hints.
        nn.init.zeros_(self.stem.conv.weight[:, 1:])

    def forward(
        self, L: torch.Tensor, stem: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """As `ResNet50V2.forward`, but for `stem`: the hints themselves, (n, 3, h, w), or none."""
        if stem is None:
            stem = torch.zeros_like(L).expand(-1, 3, -1, -1)
        return self._taps(self.stem.conv(torch.cat([normalize(L)[:, 1:2], stem], 1)))


def _stage(channels: int, middle: int, count: int, stride: int, ranks: Ranks) -> nn.ModuleList:
    units = [PreActivationUnit(channels, middle, middle * 4, stride, True, ranks)]
    units += [PreActivationUnit(middle * 4, middle, middle * 4, 1, False, ranks) for _ in range(count - 1)]
    return nn.ModuleList(units)


def _convolution(channels: int, out: int, size: int, stride: int, rank: int) -> nn.Module:
    if not rank:
        return nn.Conv2d(channels, out, size, stride, size // 2, bias=False)
    return nn.Sequential(
        nn.Conv2d(channels, rank, size, stride, size // 2, bias=False), nn.Conv2d(rank, out, 1)
    )


def normalize(L: torch.Tensor) -> torch.Tensor:
    """L (n, 1, h, w), 0-100, as the three normalised channels that an ImageNet network expects."""
    mean = torch.tensor(IMAGENET_MEAN, device=L.device).view(1, 3, 1, 1)
    std = torch.tensor(IMAGENET_STD, device=L.device).view(1, 3, 1, 1)
    return (L / 100 - mean) / std


def load_backbone(encoder: nn.Module, path: str | Path) -> None:
    """Copy a safetensors file's weights into an encoder; every name and shape must fit.

    Raises
    ------
    NetworkError
        When the file can't be read, lacks a weight, or has one too many: it names the first.
    """
    weights = {name: value.float() for name, value in _read(Path(path)).items()}
    own = encoder.state_dict()
    wanted = {name for name in own if not name.endswith("num_batches_tracked")}
    if missing := sorted(wanted - weights.keys()):
        msg = f"{path}: not a backbone for {type(encoder).__name__}: it has no weight {missing[0]!r}"
        raise NetworkError(msg)
    if extra := sorted(weights.keys() - own.keys()):
        msg = f"{path}: not a backbone for {type(encoder).__name__}: unknown weight {extra[0]!r}"
        raise NetworkError(msg)
    for name in sorted(wanted):
        if weights[name].shape != own[name].shape:
            msg = f"{path}: {name} has shape {tuple(weights[name].shape)}, not {tuple(own[name].shape)}"
            raise NetworkError(msg)
    encoder.load_state_dict({**own, **weights}, strict=True)


def _read(path: Path) -> dict[str, torch.Tensor]:
    """Weights of a safetensors file, or of the file of torch that EfficientNet-lite2 is published as."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix in (".pth", ".pt"):
            return own_names(torch.load(path, "cpu", weights_only=True))
        return load_file(str(path))
    except (OSError, SafetensorError, RuntimeError, UnpicklingError, EOFError) as error:
        why = str(error).partition("\n")[0]
        msg = f"{path}: can't read backbone: {why}; give a safetensors file, or EfficientNet-lite2's own"
        raise NetworkError(msg) from None


class InvertedResidual(nn.Module):
    """Block of MobileNetV2: expand 1×1, depthwise 3×3, project 1×1, and around it all if shapes allow."""

    def __init__(self, channels: int, out: int, stride: int, ratio: int) -> None:
        super().__init__()
        middle = channels * ratio
        self.expand = _conv_norm(channels, middle, 1)
        self.depthwise = _conv_norm(middle, middle, 3, stride, groups=middle)
        self.project = _conv_norm(middle, out, 1)
        self.around = stride == 1 and channels == out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w) → (n, out, h / stride, w / stride)."""
        y = F.relu6(_apply(self.expand, x))
        y = F.relu6(_apply(self.depthwise, y))
        y = _apply(self.project, y)
        return x + y if self.around else y


class MobileNetV2(nn.Module):
    """MobileNetV2 ×1.0 without its last 1×1 convolution; its deepest features have stride 32."""

    channels = (320,)
    plan = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
            (6, 320, 1, 1))  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.stem = _conv_norm(3, 32, 3, 2)
        channels, self.count = 32, 0
        for ratio, out, repeat, stride in self.plan:
            for i in range(repeat):
                block = InvertedResidual(channels, out, stride if i == 0 else 1, ratio)
                self.add_module(f"block{self.count}", block)
                channels, self.count = out, self.count + 1

    def forward(self, L: torch.Tensor) -> tuple[torch.Tensor]:
        """L (n, 1, h, w), 0-100 → features (n, 320, h / 32, w / 32)."""
        x = F.relu6(_apply(self.stem, normalize(L)))
        for i in range(self.count):
            x = self.get_submodule(f"block{i}")(x)
        return (x,)


def _conv_norm(channels: int, out: int, size: int, stride: int = 1, groups: int = 1) -> nn.Module:
    module: Any = nn.Module()
    module.conv = nn.Conv2d(channels, out, size, stride, size // 2, groups=groups, bias=False)
    module.bn = FrozenBatchNorm(out)
    return module


def _apply(module: Any, x: torch.Tensor) -> torch.Tensor:
    return module.bn(module.conv(x))


BACKBONES: dict[str, type[nn.Module]] = {
    "resnet50v2": ResNet50V2,
    "mobilenetv2": MobileNetV2,
    "efficientnet-lite2": EfficientNetLite2,
}
