"""DDColor against a torch module that carries the published names and is written layer by layer."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from network.pytorch_tester import (
    AsPublished,
    PublishedTests,
    RealWeights,
    large,
    photograph,
    published_file,
    randomize,
    torch,
)
from tintype.color.gamut import srgb_from_lab
from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.convert import Converted, convert
from tintype.network.rgb import IMAGENET_MEAN, IMAGENET_STD

nn = torch.nn
F = torch.nn.functional
spectral_norm = torch.nn.utils.spectral_norm


class ChannelNorm(nn.LayerNorm):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.pwconv1 = nn.Linear(width, 4 * width)
        self.pwconv2 = nn.Linear(4 * width, width)
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm(self.dwconv(x).movedim(1, -1))
        return x + (self.gamma * self.pwconv2(F.gelu(self.pwconv1(y)))).movedim(-1, 1)


class ConvNeXt(nn.Module):
    def __init__(self, depths: tuple[int, ...], widths: tuple[int, ...]) -> None:
        super().__init__()
        stem = nn.Sequential(nn.Conv2d(3, widths[0], 4, 4), ChannelNorm(widths[0], 1e-6))
        downs = [
            nn.Sequential(ChannelNorm(a, 1e-6), nn.Conv2d(a, b, 2, 2)) for a, b in itertools.pairwise(widths)
        ]
        self.downsample_layers = nn.ModuleList([stem, *downs])
        self.stages = nn.ModuleList(
            nn.Sequential(*(Block(w) for _ in range(d))) for d, w in zip(depths, widths, strict=True)
        )
        for i, w in enumerate(widths):
            self.add_module(f"norm{i}", ChannelNorm(w, 1e-6))
        self.norm = nn.LayerNorm(widths[-1], 1e-6)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        outputs = []
        for i, (down, stage) in enumerate(zip(self.downsample_layers, self.stages, strict=True)):
            x = stage(down(x))
            outputs.append(getattr(self, f"norm{i}")(x))
        return outputs


class Shuffle(nn.Module):
    def __init__(self, inputs: int, out: int, scale: int, normed: bool) -> None:
        super().__init__()
        layers = [spectral_norm(nn.Conv2d(inputs, out * scale**2, 1, bias=not normed))]
        self.conv = nn.Sequential(*layers, *([nn.BatchNorm2d(out * scale**2)] if normed else []))
        self.scale = scale

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.pixel_shuffle(self.conv(x).relu(), self.scale)
        return F.avg_pool2d(F.pad(x, (1, 0, 1, 0), "replicate"), 2, 1)


class UnetBlock(nn.Module):
    def __init__(self, inputs: int, skip: int, out: int) -> None:
        super().__init__()
        self.shuf = Shuffle(inputs, out, 2, normed=True)
        self.bn = nn.BatchNorm2d(skip)
        joined = spectral_norm(nn.Conv2d(out + skip, out, 3, padding=1, bias=False))
        self.conv = nn.Sequential(joined, nn.ReLU(), nn.BatchNorm2d(out))

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        return self.conv(torch.cat([self.shuf(x), self.bn(skip)], 1).relu())


def part(width: int, **layers: nn.Module) -> nn.Module:
    return nn.ModuleDict({**layers, "norm": nn.LayerNorm(width)})


class ColorDecoder(nn.Module):
    def __init__(
        self, channels: list[int], out: int, width: int, queries: int, layers: int, hidden: int
    ) -> None:
        super().__init__()
        self.query_feat, self.query_embed = nn.Embedding(queries, width), nn.Embedding(queries, width)
        self.level_embed = nn.Embedding(3, width)
        self.input_proj = nn.ModuleList(nn.Conv2d(c, width, 1) for c in channels)

        def attention() -> nn.Module:
            return nn.MultiheadAttention(width, 8)

        self.transformer_self_attention_layers = nn.ModuleList(
            part(width, self_attn=attention()) for _ in range(layers)
        )
        self.transformer_cross_attention_layers = nn.ModuleList(
            part(width, multihead_attn=attention()) for _ in range(layers)
        )
        self.transformer_ffn_layers = nn.ModuleList(
            part(width, linear1=nn.Linear(width, hidden), linear2=nn.Linear(hidden, width))
            for _ in range(layers)
        )
        self.decoder_norm = nn.LayerNorm(width)
        embed = [nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, out)]
        self.color_embed = nn.ModuleDict({"layers": nn.ModuleList(embed)})

    def positions(self, height: int, width: int) -> torch.Tensor:
        """(h · w, 1, channels): the sines of DETR, written with loops."""
        half = self.level_embed.embedding_dim // 2
        rows = torch.arange(1, height + 1) / (height + 1e-6) * 2 * torch.pi
        columns = torch.arange(1, width + 1) / (width + 1e-6) * 2 * torch.pi
        maps = []
        for values, shape in ((rows, (height, 1)), (columns, (1, width))):
            for i in range(half):
                angle = (values / 10000 ** (i // 2 * 2 / half)).reshape(shape).expand(height, width)
                maps.append(angle.cos() if i % 2 else angle.sin())
        return torch.stack(maps).flatten(1).T[:, None]

    def forward(self, scales: list[torch.Tensor], fine: torch.Tensor) -> torch.Tensor:
        memories, places = [], []
        for i, x in enumerate(scales):
            x = self.input_proj[i](x) + self.level_embed.weight[i][None, :, None, None]
            memories.append(x.flatten(2).permute(2, 0, 1))
            places.append(self.positions(*x.shape[2:]))
        x, own = self.query_feat.weight[:, None], self.query_embed.weight[:, None]
        for i, (cross, selfs, feed) in enumerate(
            zip(
                self.transformer_cross_attention_layers,
                self.transformer_self_attention_layers,
                self.transformer_ffn_layers,
                strict=True,
            )
        ):
            memory, place = memories[i % 3], places[i % 3]
            x = cross["norm"](x + cross["multihead_attn"](x + own, memory + place, memory)[0])
            x = selfs["norm"](x + selfs["self_attn"](x + own, x + own, x)[0])
            x = feed["norm"](x + feed["linear2"](feed["linear1"](x).relu()))
        x = self.decoder_norm(x).transpose(0, 1)
        first, second, third = self.color_embed["layers"]
        return torch.einsum("bqc,bchw->bqhw", third(second(first(x).relu()).relu()), fine)


class DDColor(nn.Module):
    def __init__(
        self, depths: tuple[int, ...], widths: tuple[int, ...], features: int, width: int, queries: int,
        layers: int, hidden: int,
    ) -> None:  # fmt: skip
        super().__init__()
        self.encoder = nn.ModuleDict({"arch": ConvNeXt(depths, widths)})
        outs = [features, features, features // 2]
        ups = [UnetBlock(a, b, c) for a, b, c in zip([widths[3], *outs], widths[2::-1], outs, strict=False)]
        self.decoder = nn.ModuleDict(
            {
                "layers": nn.Sequential(*ups),
                "last_shuf": Shuffle(outs[2], outs[2], 4, normed=False),
                "color_decoder": ColorDecoder(outs, outs[2], width, queries, layers, hidden),
            }
        )
        self.refine_net = nn.Sequential(nn.Sequential(spectral_norm(nn.Conv2d(queries + 3, 2, 1))))
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(1, 3, 1, 1))

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        picture = (rgb - self.mean) / self.std
        *skips, x = self.encoder["arch"](picture)
        scales = []
        for block, skip in zip(self.decoder["layers"], skips[::-1], strict=True):
            x = block(x, skip)
            scales.append(x)
        maps = self.decoder["color_decoder"](scales, self.decoder["last_shuf"](x))
        return self.refine_net(torch.cat([maps, picture], 1))


def ddcolor(*sizes: object) -> nn.Module:
    network = DDColor(*sizes)
    norms = {n: v.clone() for n, v in network.state_dict().items() if n in ("mean", "std")}
    randomize(network)
    network.load_state_dict(norms, strict=False)
    network.train()
    with torch.no_grad():  # every run in training mode improves the u and v of the spectral norms
        for _ in range(3):
            network(torch.rand(1, 3, 64, 64))
        # Spectral norms keep everything small; published colours are tens of Lab units.
        network.decoder["color_decoder"].color_embed["layers"][2].weight *= 30
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 1.5)
    return network.eval()


SMALL = ((1, 2, 2, 1), (8, 16, 24, 32), 32, 32, 10, 4, 48)


class TestDDColor(PublishedTests):
    name = family = "ddcolor"
    filename = "ddcolor_modelscope.pth"
    wrapper = "params"

    sizes_of_parts: tuple[object, ...] = SMALL
    cache: dict[type, nn.Module] = {}  # noqa: RUF012 - spectral norms make random weights slow

    @classmethod
    def module(cls) -> nn.Module:
        if cls not in cls.cache:
            torch.manual_seed(0)
            cls.cache[cls] = ddcolor(*cls.sizes_of_parts)
        return cls.cache[cls]

    def forward(self, module: nn.Module, L: torch.Tensor, hints: torch.Tensor) -> torch.Tensor:
        lab = np.stack([L[0, 0].numpy(), *np.zeros((2, *L.shape[2:]), np.float32)], -1)
        return module(torch.from_numpy(srgb_from_lab(lab)).permute(2, 0, 1)[None])

    def test_reads_its_sizes(self, converted: Converted) -> None:
        assert "ConvNeXt with (1, 2, 2, 1) blocks of (8, 16, 24, 32) channels" in converted.notes[1]
        assert converted.notes[2] == "10 colour queries, 3 scales, 4 layers, 8 heads"

    def test_sees_a_square(self, network: Network) -> None:
        assert network.descriptor.size.square
        assert network.descriptor.size.default == 512

    def test_head_left_from_classification_is_no_fault(self, tmp_path: Path) -> None:
        """The published files still hold it."""
        state = {**self.state(), "encoder.arch.head_cls.weight": torch.zeros(4, 32)}
        state["encoder.arch.head_cls.bias"] = torch.zeros(4)
        torch.save({"params": state}, tmp_path / "a.pth")
        assert convert(tmp_path / "a.pth").descriptor.family == "ddcolor"

    def test_other_colour_decoder_is_refused(self, tmp_path: Path) -> None:
        state = {k: v for k, v in self.state().items() if "query_feat" not in k}
        torch.save(state, tmp_path / "single.pth")
        with pytest.raises(NetworkError, match=r"missing|multi-scale kind.*expected ddcolor_modelscope"):
            convert(tmp_path / "single.pth")

    def test_folded_copies_give_the_same(self, network: Network, tmp_path: Path) -> None:
        state = self.state()
        for key in [k.removesuffix("_orig") for k in state if k.endswith("weight_orig")]:
            original, u, v = (state.pop(f"{key}_{end}") for end in ("orig", "u", "v"))
            state[key] = original / (u @ original.flatten(1) @ v)
        torch.save(state, tmp_path / "folded.pth")
        convert(tmp_path / "folded.pth").save(tmp_path / "folded.onnx")
        from tintype.network.runtime import load

        L = photograph(64, 64)
        assert np.abs(load(tmp_path / "folded.onnx").predict(L).ab - network.predict(L).ab).max() < 1e-3


class TestDDColorTiny(AsPublished, TestDDColor):
    """As published: 55 M weights, at a small view."""

    name = "ddcolor-tiny"
    filename = "ddcolor_paper_tiny.pth"
    sizes = ((64, 64),)
    sizes_of_parts = ((3, 3, 9, 3), (96, 192, 384, 768), 512, 256, 100, 9, 2048)

    def test_reads_its_sizes(self, converted: Converted) -> None:
        assert "encoder tiny" in converted.notes[1]
        assert converted.notes[2] == "100 colour queries, 3 scales, 9 layers, 8 heads"

    test_head_left_from_classification_is_no_fault = None
    test_other_colour_decoder_is_refused = None
    test_folded_copies_give_the_same = None


@large
class TestDDColorLarge(TestDDColorTiny):
    """As published: 228 M weights."""

    name = "ddcolor-large"
    filename = "ddcolor_artistic.pth"  # its bytes are published
    sizes = ((512, 512),)
    sizes_of_parts = ((3, 3, 27, 3), (192, 384, 768, 1536), 512, 256, 100, 9, 2048)

    def test_reads_its_sizes(self, converted: Converted) -> None:
        assert "encoder large" in converted.notes[1]


@published_file("ddcolor_paper_tiny.pth")
class TestPublishedTiny(RealWeights, TestDDColorTiny):
    """The tiny weights themselves."""


@published_file("ddcolor_modelscope.pth")
class TestPublishedLarge(RealWeights, TestDDColorLarge):
    """The large weights themselves."""

    filename = "ddcolor_modelscope.pth"
