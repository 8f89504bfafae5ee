"""What every network published as PyTorch weights must do, on top of `ForeignNetworkTests`."""

from __future__ import annotations

import collections
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from network.family_tester import ForeignNetworkTests, photograph, real_weights
from tintype import pipeline
from tintype.colorizer import Colorizer
from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.convert import Converted, convert
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.families import FAMILIES, published

torch = pytest.importorskip("torch", reason="converting PyTorch weights is in the train extra")


def randomize(module: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """Weights that keep signals alive through any depth, and batch norms that are not the identity."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(shape: torch.Size, low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(shape, generator=generator)

    with torch.no_grad():
        for name, value in module.state_dict().items():
            if not value.is_floating_point():
                continue
            if name.endswith("running_var"):
                value.copy_(uniform(value.shape, 0.5, 1.5))
            elif value.ndim >= 2:
                fan = value[0].numel()
                value.copy_(torch.randn(value.shape, generator=generator) * (2 / fan) ** 0.5)
            elif name.endswith("weight"):
                value.copy_(uniform(value.shape, 0.8, 1.2))
            else:
                value.copy_(uniform(value.shape, -0.1, 0.1))
    return module.eval()


class Payload:
    """Unpickling this would leave a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.mark),)


class PublishedTests(ForeignNetworkTests):
    """Subclasses give a torch module with the published names (`module`) and how it is run (`forward`)."""

    name = ""
    filename = ""
    wrapper = ""  # the key under which the published file keeps its weights

    @classmethod
    def module(cls) -> torch.nn.Module:
        """The network, with random weights; the same at every call."""
        raise NotImplementedError

    def forward(self, module: torch.nn.Module, L: torch.Tensor, hints: torch.Tensor) -> torch.Tensor:
        """ab (1, 2, h', w') in Lab units from L (1, 1, h, w) and hints (1, 3, h, w), as published."""
        raise NotImplementedError

    def state(self) -> dict[str, torch.Tensor]:
        return dict(self.module().state_dict())

    def write(self, folder: Path) -> Path:
        state = collections.OrderedDict(self.state())
        torch.save({self.wrapper: state} if self.wrapper else state, folder / self.filename)
        return folder / self.filename

    def reference(self, L: np.ndarray, hints: np.ndarray | None) -> np.ndarray:
        given = torch.zeros(1, 3, *L.shape) if hints is None else torch.from_numpy(hints)[None]
        with torch.no_grad():
            return self.forward(self.module(), torch.from_numpy(L)[None, None], given)[0].numpy()

    # --- what every PyTorch file must do

    def test_is_recognised(self, converted: Converted) -> None:
        assert converted.descriptor.name == self.name
        assert self.name.split("-")[0] in converted.notes[0]
        known = [f.pytorch for f in FAMILIES.values() if f.pytorch]
        assert sum(all(mark in self.state() for mark in k.marks) for k in known) == 1

    def test_colours_a_photograph(self, converted: Converted, tmp_path: Path) -> None:
        converted.save(tmp_path / "network.onnx")
        self.colours(tmp_path / "network.onnx", converted.descriptor)

    def colours(self, file: Path, descriptor: NetworkDescriptor) -> None:
        grey = np.round(photograph(90, 120) * 2.55).astype(np.uint8)
        size = 0 if descriptor.size.fixed else max(64, descriptor.size.minimum)
        coloured = Colorizer(model=str(file), size=size)(grey)
        assert coloured.shape == (90, 120, 3)
        assert coloured.dtype == np.uint8
        assert np.ptp(coloured.astype(int), axis=-1).mean() > 0.2

    def test_other_containers_give_the_same(self, converted: Converted, tmp_path: Path) -> None:
        from safetensors.torch import save_file

        state = {key: value.contiguous().clone() for key, value in self.state().items()}
        save_file(state, tmp_path / "a.safetensors")
        torch.save(
            {"state_dict": {f"module.{k}": v for k, v in state.items()}, "epoch": 3}, tmp_path / "b.pt"
        )
        torch.save(state, tmp_path / "c.pth", _use_new_zipfile_serialization=False)
        expected = converted.model.graph.SerializeToString(deterministic=True)
        for name in ("a.safetensors", "b.pt", "c.pth"):
            found = convert(tmp_path / name).model.graph.SerializeToString(deterministic=True)
            assert found == expected, name

    def test_refuses_pickled_code(self, tmp_path: Path) -> None:
        mark = tmp_path / "was-here"
        bad = tmp_path / self.filename
        torch.save({**self.state(), "extra": Payload(mark)}, bad)
        with pytest.raises(NetworkError, match=r"more than plain weights .*was not opened"):
            convert(bad)
        torch.save(Payload(mark), bad, _use_new_zipfile_serialization=False)
        with pytest.raises(NetworkError, match=r"more than plain weights .*was not opened"):
            convert(bad)
        assert not mark.exists()

    def test_refuses_what_is_missing_left_over_or_misshapen(self, tmp_path: Path) -> None:
        state = self.state()
        bad = tmp_path / self.filename
        for key in self.sample(state):
            torch.save({k: v for k, v in state.items() if k != key}, bad)
            with pytest.raises(NetworkError, match=r"missing"):
                convert(bad)
            torch.save({**state, key: torch.cat([state[key], state[key]])}, bad)
            with pytest.raises(NetworkError, match=r"shape|expected"):
                convert(bad)
        torch.save({**state, "discriminator.0.weight": torch.zeros(3)}, bad)
        with pytest.raises(NetworkError, match=r"belong to no part .*discriminator"):
            convert(bad)
        key = self.sample(state)[0]
        torch.save({**state, key: torch.full_like(state[key], torch.nan)}, bad)
        with pytest.raises(NetworkError, match=f"{key}.* not finite"):
            convert(bad)

    def sample(self, state: dict[str, torch.Tensor]) -> list[str]:
        """A handful of the weights, spread over the network."""
        keys = [k for k, v in state.items() if v.is_floating_point() and v.ndim]
        return keys[:: max(1, len(keys) // 6)]

    def test_refuses_bytes_of_another_kind_under_its_name(self, tmp_path: Path) -> None:
        bad = tmp_path / self.filename
        for data in (b"<html>404 Not Found</html>", b"PK\x03\x04 not a zip", bytes(1000)):
            bad.write_bytes(data)
            with pytest.raises(NetworkError, match="download it again") as error:
                convert(bad)
            assert "weights_only" not in str(error.value)  # torch advises to open it unsafely


class AsPublished:
    """For a network of its published size; what doesn't depend on that the small one shows."""

    test_other_containers_give_the_same = None
    test_refuses_pickled_code = None
    test_refuses_what_is_missing_left_over_or_misshapen = None
    test_refuses_a_file_cut_short = None

    def test_colours_a_photograph(self, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the network that is loaded already: another would take a gigabyte more."""
        monkeypatch.setattr(pipeline, "_network", lambda *_: network)
        self.colours(network.path, network.descriptor)  # type: ignore[attr-defined]

    def test_has_the_published_size(self) -> None:
        """A weight too few or too many would show in the bytes; names and container add a thousandth."""
        held = sum(v.numel() * v.element_size() for v in self.state().values())  # type: ignore[attr-defined]
        [entry] = [e for e in published().values() if e.file == self.filename]  # type: ignore[attr-defined]
        if not entry.bytes:
            pytest.skip(f"nobody published how many bytes {entry.file} has")
        assert 0 < entry.bytes / held - 1 < 2e-3


# For networks so large that a test of their full size takes a minute and gigabytes.
large = pytest.mark.skipif("TINTYPE_TEST_LARGE" not in os.environ, reason="set TINTYPE_TEST_LARGE to run it")


def published_file(name: str) -> Callable[[type], type]:
    """Marks a tester of published weights, which TINTYPE_TEST_WEIGHTS may have."""

    def mark(tester: type) -> type:
        there = pytest.mark.skipif(not real_weights(name), reason=f"TINTYPE_TEST_WEIGHTS has no {name}")
        return pytest.mark.real_weights(there(tester))

    return mark


class RealWeights(AsPublished):
    """In front of a tester of the published size: the same on the published file itself."""

    @classmethod
    def module(cls) -> torch.nn.Module:
        module = super().module()
        with torch.serialization.safe_globals([slice]):
            stored = torch.load(real_weights(cls.filename)[0], map_location="cpu", weights_only=True)
        state = stored.get(cls.wrapper, stored)
        # DDColor's files still hold the head that its encoder was trained with.
        module.load_state_dict({k: v for k, v in state.items() if "head_cls" not in k})
        return module.eval()

    def write(self, folder: Path) -> Path:
        (folder / self.filename).symlink_to(real_weights(self.filename)[0].resolve())
        return folder / self.filename
