"""DeOldify against a torch module that carries the published names and is written layer by layer."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from network.family_tester import photograph
from network.pytorch_tester import (
    AsPublished,
    PublishedTests,
    RealWeights,
    large,
    published_file,
    randomize,
    torch,
)
from tintype.color.gamut import srgb_from_lab
from tintype.color.lab import lab_from_srgb
from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.convert import Converted, convert
from tintype.network.rgb import IMAGENET_MEAN, IMAGENET_STD
from tintype.network.runtime import load

# The published weights come from torch's older weight norm.
pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
nn = torch.nn
F = torch.nn.functional
spectral_norm = torch.nn.utils.spectral_norm
MEAN, STD = (torch.tensor(v).view(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))


class Residual(nn.Module):
    """A block of a ResNet: two convolutions of 3, or three of 1, 3 and 1."""

    def __init__(self, inside: int, width: int, stride: int, bottleneck: bool) -> None:
        super().__init__()
        out = width * 4 if bottleneck else width
        kernels = (1, 3, 1) if bottleneck else (3, 3)
        channels = [inside, *[width] * (len(kernels) - 1), out]
        for i, kernel in enumerate(kernels):
            step = stride if i == (1 if bottleneck else 0) else 1
            layer = nn.Conv2d(channels[i], channels[i + 1], kernel, step, kernel // 2, bias=False)
            self.add_module(f"conv{i + 1}", layer)
            self.add_module(f"bn{i + 1}", nn.BatchNorm2d(channels[i + 1]))
        self.count = len(kernels)
        self.downsample = None
        if stride > 1 or inside != out:
            self.downsample = nn.Sequential(
                nn.Conv2d(inside, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x
        for i in range(1, self.count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            y = y.relu() if i < self.count else y
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


def resnet(depths: tuple[int, ...], width: int, bottleneck: bool) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
    ]  # fmt: skip
    inside = width
    for stage, depth in enumerate(depths):
        blocks = []
        for i in range(depth):
            wide = width * 2**stage
            blocks.append(Residual(inside, wide, 2 if stage and i == 0 else 1, bottleneck))
            inside = wide * 4 if bottleneck else wide
        layers.append(nn.Sequential(*blocks))
    return nn.Sequential(*layers)


class Attention(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        for name, out in (("query", channels // 8), ("key", channels // 8), ("value", channels)):
            self.add_module(name, spectral_norm(nn.Conv1d(channels, out, 1, bias=False)))
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = x.flatten(2)
        match = torch.einsum("bci,bcj->bij", self.query(flat), self.key(flat)).softmax(1)
        return (self.gamma * torch.einsum("bci,bij->bcj", self.value(flat), match) + flat).view_as(x)


def conv(inside: int, out: int, attends: bool = False) -> nn.Sequential:
    layer = spectral_norm(nn.Conv2d(inside, out, 3, padding=1, bias=False))
    return nn.Sequential(layer, nn.ReLU(), nn.BatchNorm2d(out), *([Attention(out)] if attends else []))


class Shuffle(nn.Module):
    def __init__(self, inside: int, out: int) -> None:
        super().__init__()
        layer = spectral_norm(nn.Conv2d(inside, out * 4, 1, bias=False))
        self.conv = nn.Sequential(layer, nn.BatchNorm2d(out * 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.pixel_shuffle(self.conv(x).relu(), 2)
        return F.avg_pool2d(F.pad(x, (1, 0, 1, 0), "replicate"), 2, 1)


class Block(nn.Module):
    def __init__(self, inside: int, skip: int, up: int, out: int, deep: bool, attends: bool) -> None:
        super().__init__()
        self.shuf, self.bn = Shuffle(inside, up), nn.BatchNorm2d(skip)
        if deep:
            self.conv1, self.conv2 = conv(up + skip, out), conv(out, out, attends)
        else:
            self.conv = conv(up + skip, out, attends)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        x = self.shuf(x)
        if x.shape[2:] != skip.shape[2:]:
            x = F.interpolate(x, skip.shape[2:], mode="nearest")
        x = torch.cat([x, self.bn(skip)], 1).relu()
        return self.conv2(self.conv1(x)) if hasattr(self, "conv1") else self.conv(x)


class DeOldify(nn.Module):
    """`layers` as fastai numbers them; 2, 9 and 12 have no weights."""

    def __init__(self, depths: tuple[int, ...], width: int, *, deep: bool, factor: float) -> None:
        super().__init__()
        encoder = resnet(depths, width, bottleneck=not deep)
        wide = 1 if deep else 4
        top, skips = width * 8 * wide, [width * 4 * wide, width * 2 * wide, width * wide, width]
        layers: dict[str, nn.Module] = {
            "0": encoder,
            "1": nn.BatchNorm2d(top),
            "3": nn.Sequential(conv(top, top * 2), conv(top * 2, top)),
        }
        x = top
        for i, skip in enumerate(skips):
            last = i == 3
            if deep:
                up = x // 2
                out = int(((up + skip) // 2 if last else up + skip) * factor)
            else:
                up = out = int(512 * factor) // (4 if last else 2)
            layers[str(4 + i)] = Block(x, skip, up, out, deep, attends=i == 1)
            x = out
        shuffle = torch.nn.utils.weight_norm(nn.Conv2d(x, 4 * x, 1))
        layers["8"] = nn.ModuleDict({"conv": nn.Sequential(shuffle)})

        def plain(kernel: int, out: int) -> nn.Sequential:
            layer = spectral_norm(nn.Conv2d(x + 3, out, kernel, padding=kernel // 2))
            return nn.Sequential(layer)

        layers["10"] = nn.ModuleDict({"layers": nn.ModuleList([plain(3, x + 3), plain(3, x + 3)])})
        layers["11"] = plain(1, 3)
        self.layers = nn.ModuleDict(layers)

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        at = self.layers
        picture = x = (rgb - MEAN) / STD
        skips = []
        for i, layer in enumerate(at["0"]):
            x = layer(x)
            if i in (2, 4, 5, 6):
                skips.append(x)
        x = at["3"](at["1"](x).relu())
        for i in range(4):
            x = at[str(4 + i)](x, skips[3 - i])
        x = F.pixel_shuffle(at["8"]["conv"](x).relu(), 2)
        x = torch.cat([x, picture], 1)
        first, second = at["10"]["layers"]
        x = at["11"](second(first(x).relu()).relu() + x)
        return (x.sigmoid() * 6 - 3) * STD + MEAN


def deoldify(depths: tuple[int, ...], width: int, *, deep: bool, factor: float, runs: int) -> nn.Module:
    network = DeOldify(depths, width, deep=deep, factor=factor)
    randomize(network)
    for module in network.train().modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1 - 0.5 ** (6 / runs)
        elif isinstance(module, Attention):
            nn.init.constant_(module.gamma, 0.7)
        elif isinstance(module, Residual):  # as in trained ones; a hundred loud layers are chaotic in float32
            nn.init.uniform_(getattr(module, f"bn{module.count}").weight, 0.1, 0.3)
    with torch.no_grad():
        # Every run in training mode improves the u and v of the spectral norms, and the means and variances
        # of the batch norms: without that the norms would quench all that the deeper levels say.
        for _ in range(runs):
            network(torch.rand(2, 1, 64, 64).expand(-1, 3, -1, -1))
        # Away from black and from the sigmoid's ends, where a rounding error of RGB is large in Lab.
        *_, last = (m for m in network.layers["7"].modules() if isinstance(m, nn.BatchNorm2d))
        last.weight *= 0.2
        network.layers["11"][0].bias.fill_(0.4)
    return network.eval()


class TestDeOldifyDeep(PublishedTests):
    """The artistic kind, small."""

    name = "deoldify-deep"
    family = "deoldify"
    filename = "ColorizeArtistic_gen.pth"
    wrapper = "model"
    sizes = ((64, 96), (80, 112))  # 80 px are an odd number at the coarsest level
    depths: tuple[int, ...] = (1, 2, 1, 1)
    width, deep, factor, runs = 8, True, 1.5, 6
    says = (
        "encoder a ResNet of an unpublished size: (1, 2, 1, 1) basic blocks, 64 channels",
        "decoder deep: 96, 96, 84, 37 channels, self-attention in block 2",
    )
    cache: dict[type, nn.Module] = {}  # noqa: RUF012 - spectral norms make random weights slow

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def forgotten(cls) -> Iterator[None]:
        """Let the module go with the last of its tests: one of them holds 250 MB."""
        yield
        cls.cache.pop(cls, None)

    @classmethod
    def module(cls) -> nn.Module:
        if cls not in cls.cache:
            torch.manual_seed(0)
            cls.cache[cls] = deoldify(cls.depths, cls.width, deep=cls.deep, factor=cls.factor, runs=cls.runs)
        return cls.cache[cls]

    def forward(self, module: nn.Module, L: torch.Tensor, hints: torch.Tensor) -> torch.Tensor:
        lab = np.stack([L[0, 0].numpy(), *np.zeros((2, *L.shape[2:]), np.float32)], -1)
        rgb = module(torch.from_numpy(srgb_from_lab(lab)).permute(2, 0, 1)[None])
        coloured = lab_from_srgb(rgb[0].clamp(0, 1).permute(1, 2, 0).numpy())
        return torch.from_numpy(coloured[..., 1:]).permute(2, 0, 1)[None]

    def test_reads_its_sizes(self, converted: Converted) -> None:
        assert converted.notes[1:] == self.says

    def test_sees_a_square_and_gives_a_picture(self, network: Network) -> None:
        assert network.descriptor.size.square
        assert network.descriptor.output == "rgb"
        rgb = network.session.run(None, {"grey": np.full((1, 1, 64, 64), 0.5, np.float32)})[0]
        assert rgb.shape == (1, 3, 64, 64)
        reach = 3 * np.array(IMAGENET_STD)
        assert (rgb.min(axis=(0, 2, 3)) > np.array(IMAGENET_MEAN) - reach - 1e-5).all()
        assert (rgb.max(axis=(0, 2, 3)) < np.array(IMAGENET_MEAN) + reach + 1e-5).all()

    def test_the_published_file_holds_a_slice_and_what_an_optimiser_kept(
        self, converted: Converted, tmp_path: Path
    ) -> None:
        """fastai's own save: an optimiser whose rate is a slice beside the model; and the old container."""
        state = collections.OrderedDict(self.state())
        group = {"lr": slice(None, 3e-3), "betas": (0.0, 0.9), "params": [139, 140]}
        stored = {"model": state, "opt": {"state": {139: {"step": 7}}, "param_groups": [group]}}
        torch.save(stored, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
        found = convert(tmp_path / "a.pth").model.graph.SerializeToString(deterministic=True)
        assert found == converted.model.graph.SerializeToString(deterministic=True)

    def test_the_old_container_cut_short_is_refused(self, tmp_path: Path) -> None:
        torch.save(self.state(), tmp_path / "whole.pth", _use_new_zipfile_serialization=False)
        data = (tmp_path / "whole.pth").read_bytes()
        for share in (0.001, 0.3, 0.999):
            (tmp_path / "cut.pth").write_bytes(data[: int(len(data) * share)])
            with pytest.raises(NetworkError, match=r"cut\.pth: damaged.*download it again"):
                convert(tmp_path / "cut.pth")

    def test_files_of_old_torch_give_the_same(self, network: Network, tmp_path: Path) -> None:
        """Before 1.1 the divided weight lay in the file beside the original, and there was no v."""
        state = self.state()
        for key in [k.removesuffix("_orig") for k in state if k.endswith("weight_orig")]:
            original, u, v = state[f"{key}_orig"], state[f"{key}_u"], state.pop(f"{key}_v")
            state[key] = original / (u @ original.flatten(1) @ v)
        torch.save(state, tmp_path / "old.pth")
        self.agree(network, tmp_path / "old.pth")

    def test_folded_copies_give_the_same(self, network: Network, tmp_path: Path) -> None:
        state = self.state()
        for key in [k.removesuffix("_orig") for k in state if k.endswith("weight_orig")]:
            original, u, v = (state.pop(f"{key}_{end}") for end in ("orig", "u", "v"))
            state[key] = original / (u @ original.flatten(1) @ v)
        gain, direction = (state.pop(f"layers.8.conv.0.weight_{end}") for end in ("g", "v"))
        state["layers.8.conv.0.weight"] = (
            gain * direction / direction.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        )
        torch.save(state, tmp_path / "folded.pth")
        self.agree(network, tmp_path / "folded.pth")

    def agree(self, network: Network, file: Path) -> None:
        convert(file).save(file.with_suffix(".onnx"))
        L = photograph(64, 64)
        assert np.abs(load(file.with_suffix(".onnx")).predict(L).ab - network.predict(L).ab).max() < 1e-3

    def test_a_damaged_norm_is_refused(self, tmp_path: Path) -> None:
        state = self.state()
        state["layers.3.0.0.weight_u"] = torch.zeros_like(state["layers.3.0.0.weight_u"])
        torch.save(state, tmp_path / "a.pth")
        with pytest.raises(NetworkError, match=r"layers\.3\.0\.0 has a spectral norm of 0; .* damaged"):
            convert(tmp_path / "a.pth")


class TestDeOldifyWide(TestDeOldifyDeep):
    """The stable and the video kind, small."""

    name = "deoldify-wide"
    filename = "ColorizeStable_gen.pth"
    width, deep, factor = 4, False, 1 / 16
    says = (
        "encoder a ResNet of an unpublished size: (1, 2, 1, 1) bottleneck blocks, 128 channels",
        "decoder wide: 16, 16, 16, 8 channels, self-attention in block 2",
    )


class TestDeOldifyArtistic(AsPublished, TestDeOldifyDeep):
    """As published: 64 M weights, at a small view."""

    sizes = ((64, 64),)
    depths = (3, 4, 6, 3)
    width, runs = 64, 3
    says = (
        "encoder ResNet-34: (3, 4, 6, 3) basic blocks, 512 channels",
        "decoder deep: 768, 768, 672, 300 channels, self-attention in block 2",
    )

    test_the_published_file_holds_a_slice_and_what_an_optimiser_kept = None
    test_the_old_container_cut_short_is_refused = None
    test_files_of_old_torch_give_the_same = None
    test_folded_copies_give_the_same = None
    test_a_damaged_norm_is_refused = None


@large
class TestDeOldifyStable(TestDeOldifyArtistic):
    """As published: 218 M weights."""

    name = "deoldify-wide"
    filename = "ColorizeStable_gen.pth"
    depths = (3, 4, 23, 3)
    width, deep, factor = 64, False, 2
    says = (
        "encoder ResNet-101: (3, 4, 23, 3) bottleneck blocks, 2048 channels",
        "decoder wide: 512, 512, 512, 256 channels, self-attention in block 2",
    )


@published_file("ColorizeArtistic_gen.pth")
class TestPublishedArtistic(RealWeights, TestDeOldifyArtistic):
    """The artistic weights themselves."""


@published_file("ColorizeStable_gen.pth")
class TestPublishedStable(RealWeights, TestDeOldifyStable):
    """The stable weights themselves."""
