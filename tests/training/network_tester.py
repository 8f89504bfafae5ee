"""What every network that can be trained must do; each test class inherits it and names its network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn


def inputs(network: nn.Module, h: int, w: int, n: int = 1) -> list[torch.Tensor]:
    """Random lightness, and a hint where the network takes any."""
    generator = torch.Generator().manual_seed(1)
    tensors = [torch.rand(n, 1, h, w, generator=generator) * 100]
    if network.hints:
        hints = torch.zeros(n, 3, h, w)
        hints[:, :, 3:8, 4:9] = torch.tensor([0.3, -0.2, 1.0]).view(1, 3, 1, 1)
        tensors.append(hints)
    return tensors


def agrees(network: nn.Module, file: Path) -> None:
    """Check that an exported file gives what its network gives, at a size that the exporter never saw.

    An export takes up to 12 s of CPU: `test_finish` has one of each recipe, so networks' own tests need none.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), options)
    unit = network.multiple
    x = inputs(network, unit * max(1, 32 // unit), unit * max(2, 96 // unit))
    feed = dict(zip(("L", "hints"), (t.numpy() for t in x), strict=False))
    with torch.no_grad():
        truth = network.eval()(*x).numpy()
    got = session.run(None, feed)[0]
    assert got.shape == truth.shape
    # fp16 rounding of the weights; a wrong graph is off by the size of the outputs
    assert np.abs(got - truth).max() < 0.02 * max(1.0, np.abs(truth).max())


class NetworkTester:
    """Shapes, any size, backward, save and load. Subclasses give `build`; exports are `test_finish`'s."""

    def build(self) -> nn.Module:
        raise NotImplementedError

    @pytest.fixture
    def network(self) -> nn.Module:
        torch.manual_seed(0)
        return self.build()

    def inputs(self, network: nn.Module, h: int, w: int, n: int = 1) -> list[torch.Tensor]:
        return inputs(network, h, w, n)

    def channels(self, network: nn.Module) -> int:
        return 2 if network.output == "ab" else network.bins

    @pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 3)])
    def test_output_has_the_stride_that_the_network_states(self, network, rows, columns):
        h, w = rows * max(network.multiple, 32), columns * max(network.multiple, 32)
        with torch.no_grad():
            out = network.eval()(*self.inputs(network, h, w, n=2))
        assert out.shape == (2, self.channels(network), h // network.stride, w // network.stride)
        assert torch.isfinite(out).all()

    def test_every_parameter_gets_a_gradient(self, network):
        # Twice, with a step between: what starts at zero lets no gradient through the first time.
        network.train()
        optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], 1e-2)
        for _ in range(2):
            optimizer.zero_grad()
            out = network(*self.inputs(network, 64, 64, n=2))
            (out * torch.linspace(0, 1, out.numel()).view(out.shape)).mean().backward()
            optimizer.step()
        without = [k for k, p in network.named_parameters() if p.requires_grad and p.grad is None]
        assert without == []
        assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.requires_grad)

    def test_saved_and_loaded_gives_the_same(self, network, tmp_path):
        torch.save(network.state_dict(), tmp_path / "w.pt")
        torch.manual_seed(99)
        other = self.build()
        other.load_state_dict(torch.load(tmp_path / "w.pt", weights_only=True), strict=True)
        x = self.inputs(network, 64, 32)
        with torch.no_grad():
            assert torch.equal(network.eval()(*x), other.eval()(*x))


class AnySize(NetworkTester):
    """For networks that take any size: they pad and crop by themselves."""

    @pytest.mark.parametrize(("h", "w"), [(1, 1), (7, 50), (33, 64), (65, 41)])
    def test_any_size_comes_back_as_it_went_in(self, network, h, w):
        with torch.no_grad():
            assert network.eval()(torch.full((1, 1, h, w), 40.0)).shape == (1, 2, h, w)

    def test_a_picture_that_is_not_lightness_is_refused(self, network):
        with pytest.raises(ValueError, match="0 to 255; lightness"):
            network(torch.tensor([0.0, 255.0]).repeat(64, 32).view(1, 1, 64, 64))

    def test_colours_stay_in_the_range_of_tanh(self, network):
        with torch.no_grad():
            network.last.bias.fill_(1e3)
            out = network.eval()(torch.full((1, 1, 32, 32), 40.0))
        assert 100 < float(out.min()) <= float(out.max()) <= 128
