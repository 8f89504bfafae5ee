"""eccv16 and siggraph17 against torch modules that carry the published names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from network.pytorch_tester import (
    AsPublished,
    PublishedTests,
    RealWeights,
    photograph,
    published_file,
    randomise,
    torch,
)
from tintype.color.decode import annealed_mean
from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.convert import Converted, convert
from tintype.network.convert.ab_centers import published_centers
from tintype.network.runtime import load

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
    network = randomise(nn.ModuleDict(parts))
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


def siggraph17(width: int, classes: int) -> nn.Module:
    def single(layer: nn.Module) -> nn.Module:
        return nn.Sequential(layer)

    w, relu = width, nn.ReLU()
    network = randomise(
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


def test_unknown_weights_list_what_was_expected(tmp_path: Path) -> None:
    torch.save({"fc.weight": torch.zeros(3, 3)}, tmp_path / "other.pth")
    with pytest.raises(NetworkError, match=r"other\.pth.*fc\.weight.*Expected one of: .*siggraph17.*eccv16"):
        convert(tmp_path / "other.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(NetworkError, match=r"no weights found in it \(it holds list\)"):
        convert(tmp_path / "list.pth")
    torch.save({"fc.weight": torch.zeros(3, 3), "steps": 4}, tmp_path / "mixed.pth")
    with pytest.raises(NetworkError, match=r"it holds fc\.weight, steps"):
        convert(tmp_path / "mixed.pth")


def test_swapped_names_are_seen_through(tmp_path: Path) -> None:
    """What is in the file counts, not what it is called."""
    torch.save(eccv16(8, 20).state_dict(), tmp_path / "siggraph17-df00044c.pth")
    found = convert(tmp_path / "siggraph17-df00044c.pth")
    assert found.descriptor.name == "eccv16"
    found.save(tmp_path / "network.onnx")
    assert load(tmp_path / "network.onnx").descriptor.bins


def test_half_precision_copies_are_read(tmp_path: Path) -> None:
    state = eccv16(8, 20).state_dict()
    torch.save({k: v.half() if v.is_floating_point() else v for k, v in state.items()}, tmp_path / "half.pth")
    assert convert(tmp_path / "half.pth", name="half").descriptor.name == "half"


@published_file("colorization_release_v2-9b330a0b.pth")
class TestPublishedEccv16(RealWeights, TestEccv16AtFullSize):
    """The weights themselves."""


@published_file("siggraph17-df00044c.pth")
class TestPublishedSiggraph17(RealWeights, TestSiggraph17AtFullSize):
    """The weights themselves."""
