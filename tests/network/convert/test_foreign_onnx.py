"""ONNX files as other programs write them, against the torch modules that they were made of."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from network.families.test_ddcolor import TestDDColor as DDColorTests
from network.families.test_deoldify import TestDeOldifyDeep as DeOldifyTests
from network.families.test_zhang16 import eccv16
from network.family_tester import ForeignNetworkTests
from network.pytorch_tester import torch
from tintype.color.lab import lab_from_srgb
from tintype.colorizer import Colorizer
from tintype.network.adapter import Network
from tintype.network.convert import Converted
from tintype.network.rgb import IMAGENET_MEAN, IMAGENET_STD, grey_from_L

nn = torch.nn
F = torch.nn.functional
pytestmark = pytest.mark.filterwarnings("ignore:.*")  # torch's older exporter warns of itself at every turn
MEAN, STD = (torch.tensor(v).view(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))


def export(
    module: nn.Module, example: torch.Tensor, file: Path, *, free: bool = False, **how: object
) -> Path:
    """Write an ONNX file with torch's older exporter, as most files in the wild were."""
    axes = {"dynamic_axes": {n: {0: "batch", 2: "h", 3: "w"} for n in ("input", "output")}} if free else {}
    names = {"input_names": ["input"], "output_names": ["output"]}
    torch.onnx.export(module.eval(), (example,), file, dynamo=False, **names, **axes, **how)
    return file


class WildTests(ForeignNetworkTests):
    """Subclasses give a torch module that is fed and read as `rule` says, and what must be guessed."""

    family = "generic"
    filename = "net.onnx"
    sizes = ((64, 64),)
    sidecar: dict[str, object] = {}  # noqa: RUF012 - overridden whole
    guessed = ""
    views = (64, 1, True, True)
    example = torch.zeros(1, 3, 64, 64)
    how: dict[str, object] = {}  # noqa: RUF012 - overridden whole

    @classmethod
    def module(cls) -> nn.Module:
        raise NotImplementedError

    def fed(self, L: np.ndarray) -> torch.Tensor:
        """The network's input, of L (h, w)."""
        raise NotImplementedError

    def read(self, output: torch.Tensor) -> np.ndarray:
        """ab (2, h', w'), of the network's output."""
        raise NotImplementedError

    def write(self, folder: Path) -> Path:
        told = {"licence": "MIT", "citation": "Somebody 2020", **self.sidecar}
        (folder / f"{self.filename}.json").write_text(json.dumps(told))
        return export(self.module(), self.example, folder / self.filename, **self.how)

    def reference(self, L: np.ndarray, hints: np.ndarray | None) -> np.ndarray:
        with torch.no_grad():
            return self.read(self.module()(self.fed(L)))

    def test_is_guessed(self, converted: Converted) -> None:
        assert converted.notes[0] == "rule read from net.onnx.json"
        size = converted.descriptor.size
        assert (size.default, size.multiple, size.square, size.fixed) == self.views
        rule = " ".join(p for p in converted.notes[-1].split()[3:] if not p.startswith("size="))
        assert rule == self.guessed

    def test_colours_a_photograph(self, network: Network) -> None:
        grey = np.tile(np.linspace(20, 235, 120).astype(np.uint8), (90, 1))
        coloured = Colorizer(model=str(network.path))(grey)
        assert coloured.shape == (90, 120, 3)
        assert np.ptp(coloured.astype(int), axis=-1).mean() > 0.2


def chroma(rgb: torch.Tensor) -> np.ndarray:
    lab = lab_from_srgb(rgb[0].float().clamp(0, 1).permute(1, 2, 0).numpy())
    return lab[..., 1:].transpose(2, 0, 1)


def code(L: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(grey_from_L(L))[None, None].expand(1, 3, -1, -1)


class Eccv16(nn.Module):
    """As its authors' own module: lightness and ab are scaled inside."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = eccv16(8, 20)

    def forward(self, L: torch.Tensor) -> torch.Tensor:
        x = (L - 50) / 100
        for i in range(1, 9):
            x = self.parts[f"model{i}"](x)
        return F.interpolate(self.parts["model_out"](x.softmax(1)), scale_factor=4, mode="bilinear") * 110


class TestEccv16FreeSize(WildTests):
    guessed = "input=L normalize=none output=ab"
    views = (256, 8, False, False)
    sizes = ((64, 96), (72, 64))
    example = torch.zeros(1, 1, 64, 64)
    how = {"free": True}  # noqa: RUF012

    @classmethod
    def module(cls) -> nn.Module:
        return Eccv16()

    def fed(self, L: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(L)[None, None]

    def read(self, output: torch.Tensor) -> np.ndarray:
        return output[0].numpy()


class TestDDColor(WildTests):
    """By torch's newer exporter; the picture is normalised inside, and nothing bounds ab."""

    guessed = "input=rgb normalize=none output=ab"

    @classmethod
    def module(cls) -> nn.Module:
        return DDColorTests.module()

    def write(self, folder: Path) -> Path:
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        file = super().write(folder)
        how = {"dynamo": True, "external_data": False, "verbose": False}
        torch.onnx.export(self.module(), (self.example,), file, **how)
        return file

    def fed(self, L: np.ndarray) -> torch.Tensor:
        return code(L)

    def read(self, output: torch.Tensor) -> np.ndarray:
        return output[0].numpy()


class DeOldify255(nn.Module):
    """With the wrapping that the files of deoldify-onnx and FaceFusion have: bytes as floats in and out."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = DeOldifyTests.module()

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        return self.inner(rgb.div(255)).float().clamp(min=0, max=1).mul(255)


class TestDeOldify(WildTests):
    guessed = "input=rgb normalize=*255 output=rgb*255"
    how = {"do_constant_folding": False, "opset_version": 12}  # noqa: RUF012

    @classmethod
    def module(cls) -> nn.Module:
        return DeOldify255()

    def fed(self, L: np.ndarray) -> torch.Tensor:
        return code(L) * 255

    def read(self, output: torch.Tensor) -> np.ndarray:
        return chroma(output / 255)


class DeOldifyBare(nn.Module):
    """Fed and read in deviations of ImageNet, as the module inside DeOldify is.

    The bend in its input is no linear step, so that nothing can be told from the first steps.
    """

    def __init__(self) -> None:
        super().__init__()
        self.inner = DeOldifyTests.module()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.inner(x.clamp(-5, 5) * STD + MEAN) - MEAN) / STD


class TestDeOldifyBare(WildTests):
    sidecar = {"normalize": "imagenet"}  # noqa: RUF012
    guessed = "input=rgb normalize=imagenet output=rgb:imagenet"

    @classmethod
    def module(cls) -> nn.Module:
        return DeOldifyBare()

    def fed(self, L: np.ndarray) -> torch.Tensor:
        return (code(L) - MEAN) / STD

    def read(self, output: torch.Tensor) -> np.ndarray:
        return chroma(output * STD + MEAN)


class Tinter(nn.Module):
    """Gives its picture back with some colour in it, in the numbers -1 to 1."""

    def __init__(self, gain: float = 1.2) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.gain = gain
        self.blur, self.tint = nn.Conv2d(3, 3, 5, padding=2, bias=False), nn.Conv2d(3, 3, 3, padding=1)
        with torch.no_grad():
            self.blur.weight.copy_(torch.eye(3).view(3, 3, 1, 1) / 25)
            self.tint.weight *= 0.4

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.gain * self.blur(x) + 0.3 * self.tint(x).tanh()).tanh()


class TestByLightness(WildTests):
    """Only the output's numbers can be seen; lightness tells the input's."""

    guessed = "input=rgb normalize=signed output=rgb:signed"
    views = (256, 8, True, False)
    sizes = ((64, 96),)
    how = {"free": True}  # noqa: RUF012

    @classmethod
    def module(cls) -> nn.Module:
        return Tinter()

    def fed(self, L: np.ndarray) -> torch.Tensor:
        return code(L) * 2 - 1

    def read(self, output: torch.Tensor) -> np.ndarray:
        return chroma(output / 2 + 0.5)


class Bytes(nn.Module):
    """As TensorFlow's converters write: channels last, bytes in."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Tinter()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.inner(x.float().permute(0, 3, 1, 2) / 127.5 - 1)
        return ((y + 1) * 127.5).clamp(0, 255).permute(0, 2, 3, 1)


class TestBytesChannelsLast(WildTests):
    guessed = "input=rgb normalize=*255 output=rgb*255"
    example = torch.zeros(1, 64, 64, 3, dtype=torch.uint8)

    @classmethod
    def module(cls) -> nn.Module:
        return Bytes()

    def fed(self, L: np.ndarray) -> torch.Tensor:
        return (code(L) * 255 + 0.5).to(torch.uint8).permute(0, 2, 3, 1)

    def read(self, output: torch.Tensor) -> np.ndarray:
        return chroma(output.permute(0, 3, 1, 2) / 255)


class Half(nn.Module):
    """Half precision all through, ab as a tanh: only somebody who knows can say what 1 stands for."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(4)
        self.layers = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 2, 3, padding=1))
        self.half()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x / 100).tanh()


class TestHalfPrecision(WildTests):
    sidecar = {"output": "ab/110"}  # noqa: RUF012
    guessed = "input=L normalize=none output=ab/110"
    example = torch.zeros(1, 1, 64, 64, dtype=torch.float16)
    tolerance = 0.2  # of 110: what half precision leaves

    @classmethod
    def module(cls) -> nn.Module:
        return Half()

    def fed(self, L: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(L)[None, None].half()

    def read(self, output: torch.Tensor) -> np.ndarray:
        return output[0].float().numpy() * 110


class TestBlueFirst(TestByLightness):
    """BGR can't be seen in a graph, but said."""

    sidecar = {"output": "bgr:signed", "size": {"default": 128, "multiple": 4, "square": False}}  # noqa: RUF012
    guessed = "input=rgb normalize=signed output=bgr:signed"
    views = (128, 4, False, False)

    def read(self, output: torch.Tensor) -> np.ndarray:
        return chroma(output.flip(1) / 2 + 0.5)
