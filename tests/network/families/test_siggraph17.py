"""siggraph17 against a torch module that carries the published names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from network.families.test_zhang16 import trunk
from network.pytorch_tester import (
    AsPublished,
    PublishedTests,
    RealWeights,
    photograph,
    published_file,
    randomize,
    torch,
)
from tintype.network.adapter import Network
from tintype.network.convert import Converted, convert

nn = torch.nn


def siggraph17(width: int, classes: int) -> nn.Module:
    def single(layer: nn.Module) -> nn.Module:
        return nn.Sequential(layer)

    w, relu = width, nn.ReLU()
    network = randomize(
        nn.ModuleDict(
            {
                **trunk(w, 4, strided=False),
                "model8up": single(nn.ConvTranspose2d(8 * w, 4 * w, 4, 2, 1)),
                "model3short8": single(nn.Conv2d(4 * w, 4 * w, 3, padding=1)),
                "model8": nn.Sequential(
                    relu, nn.Conv2d(4 * w, 4 * w, 3, padding=1),
                    relu, nn.Conv2d(4 * w, 4 * w, 3, padding=1), relu, nn.BatchNorm2d(4 * w),
                ),
                "model9up": single(nn.ConvTranspose2d(4 * w, 2 * w, 4, 2, 1)),
                "model2short9": single(nn.Conv2d(2 * w, 2 * w, 3, padding=1)),
                "model9": nn.Sequential(
                    relu, nn.Conv2d(2 * w, 2 * w, 3, padding=1), relu, nn.BatchNorm2d(2 * w),
                ),
                "model10up": single(nn.ConvTranspose2d(2 * w, 2 * w, 4, 2, 1)),
                "model1short10": single(nn.Conv2d(w, 2 * w, 3, padding=1)),
                "model10": nn.Sequential(relu, nn.Conv2d(2 * w, 2 * w, 3, padding=1), nn.LeakyReLU(0.2)),
                "model_class": single(nn.Conv2d(4 * w, classes, 1)),
                "model_out": nn.Sequential(nn.Conv2d(2 * w, 2, 1), nn.Tanh()),
            }
        )
    )  # fmt: skip
    with torch.no_grad():
        network["model_out"][0].weight *= 0.2  # away from tanh's ends, where every network is alike
    return network


class TestSiggraph17(PublishedTests):
    name = family = "siggraph17"
    filename = "siggraph17-df00044c.pth"

    @classmethod
    def module(cls) -> nn.Module:
        return siggraph17(8, 25)

    def forward(self, module: nn.Module, L: torch.Tensor, hints: torch.Tensor) -> torch.Tensor:
        x = torch.cat([(L - 50) / 100, hints[:, :2] / 110, hints[:, 2:]], 1)
        x1 = module["model1"](x)
        x2 = module["model2"](x1[:, :, ::2, ::2])
        x3 = module["model3"](x2[:, :, ::2, ::2])
        x = x3[:, :, ::2, ::2]
        for i in range(4, 8):
            x = module[f"model{i}"](x)
        x = module["model8"](module["model8up"](x) + module["model3short8"](x3))
        x = module["model9"](module["model9up"](x) + module["model2short9"](x2))
        x = module["model10"](module["model10up"](x) + module["model1short10"](x1))
        return module["model_out"](x) * 110

    def test_hints_change_the_colours(self, network: Network) -> None:
        L = photograph(64, 64)
        hints = np.zeros((3, 64, 64), np.float32)
        plain = network.predict(L, hints).ab
        assert np.array_equal(plain, network.predict(L).ab)
        hints[:, 30:34, 30:34] = np.array([60, 40, 1], np.float32)[:, None, None]
        assert np.abs(network.predict(L, hints).ab - plain).max() > 0.01

    def test_reads_the_number_of_classes(self, converted: Converted) -> None:
        assert "25 classes" in " ".join(converted.notes)

    def test_second_head_may_be_missing(self, tmp_path: Path) -> None:
        state = {k: v for k, v in self.state().items() if "model_class" not in k}
        torch.save(state, tmp_path / self.filename)
        assert convert(tmp_path / self.filename).descriptor.name == "siggraph17"


class TestSiggraph17AtFullSize(AsPublished, TestSiggraph17):
    """As published: 34 M weights."""

    sizes = ((64, 96),)

    @classmethod
    def module(cls) -> nn.Module:
        return siggraph17(64, 529)

    def test_reads_the_number_of_classes(self, converted: Converted) -> None:
        assert "529 classes" in " ".join(converted.notes)


@published_file("siggraph17-df00044c.pth")
class TestPublishedSiggraph17(RealWeights, TestSiggraph17AtFullSize):
    """The weights themselves."""
