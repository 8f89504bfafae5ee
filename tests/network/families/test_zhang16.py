"""eccv16 and siggraph17 against torch modules that carry the published names."""

from __future__ import annotations

import numpy as np

from network.pytorch_tester import (
    AsPublished,
    PublishedTests,
    RealWeights,
    published_file,
    randomize,
    torch,
)
from tintype.color.decode import annealed_mean
from tintype.network.adapter import Network
from tintype.network.convert import Converted
from tintype.network.convert.ab_centers import published_centers

nn = torch.nn


F = torch.nn.functional


def trunk(width: int, inputs: int, strided: bool) -> dict[str, nn.Module]:
    """The blocks model1 to model7."""
    plan = ((1, 2, 1), (2, 2, 1), (4, 3, 1), (8, 3, 1), (8, 3, 2), (8, 3, 2), (8, 3, 1))
    blocks = {}
    for number, (factor, count, dilation) in enumerate(plan, 1):
        layers = []
        for i in range(count):
            stride = 2 if strided and number <= 3 and i == count - 1 else 1
            layers += [nn.Conv2d(inputs, factor * width, 3, stride, dilation, dilation), nn.ReLU()]
            inputs = factor * width
        blocks[f"model{number}"] = nn.Sequential(*layers, nn.BatchNorm2d(inputs))
    return blocks


def eccv16(width: int, count: int) -> nn.Module:
    up, relu = 4 * width, nn.ReLU()
    head = [nn.ConvTranspose2d(8 * width, up, 4, 2, 1), relu, nn.Conv2d(up, up, 3, padding=1), relu]
    head += [nn.Conv2d(up, up, 3, padding=1), relu, nn.Conv2d(up, count, 1)]
    parts = {
        **trunk(width, 1, strided=True),
        "model8": nn.Sequential(*head),
        "model_out": nn.Conv2d(count, 2, 1, bias=False),
    }
    network = randomize(nn.ModuleDict(parts))
    with torch.no_grad():
        network["model8"][6].weight *= 4
        points = torch.from_numpy(published_centers())[:count]
        network["model_out"].weight.copy_(points.T[:, :, None, None] / 110)
    return network


class TestEccv16(PublishedTests):
    name = "eccv16"
    family = "zhang16"
    filename = "colorization_release_v2-9b330a0b.pth"

    @classmethod
    def module(cls) -> nn.Module:
        return eccv16(8, 50)

    def forward(self, module: nn.Module, L: torch.Tensor, hints: torch.Tensor) -> torch.Tensor:
        x = (L - 50) / 100
        for i in range(1, 9):
            x = module[f"model{i}"](x)
        return module["model_out"](x.softmax(1)) * 110

    def ab(self, network: Network, L: np.ndarray, hints: np.ndarray | None) -> np.ndarray:
        prediction = network.predict(L)
        temperature, gain = prediction.vividness.at(0.5)
        decoded = annealed_mean(prediction.logits, prediction.bins, temperature) * np.float32(gain)
        baked = network.session.run(["ab"], {"data_l": L[None, None] - 50})[0][0]
        assert np.abs(baked - decoded).max() < 1e-3
        return decoded

    def test_reads_the_number_of_bins(self, converted: Converted) -> None:
        assert len(converted.descriptor.bins) == 50
        assert np.abs(np.array(converted.descriptor.bins) - published_centers()[:50]).max() < 1e-4
        assert "50 ab bins" in " ".join(converted.notes)


class TestEccv16AtFullSize(AsPublished, TestEccv16):
    """As published: 32 M weights."""

    sizes = ((64, 96),)

    @classmethod
    def module(cls) -> nn.Module:
        return eccv16(64, 313)

    def test_reads_the_number_of_bins(self, converted: Converted) -> None:
        assert len(converted.descriptor.bins) == 313


@published_file("colorization_release_v2-9b330a0b.pth")
class TestPublishedEccv16(RealWeights, TestEccv16AtFullSize):
    """The weights themselves."""
