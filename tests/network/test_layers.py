"""fastai's layers as ONNX: norms are folded as torch applies them, pixels are shuffled and blurred alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tintype.errors import NetworkError
from tintype.network import layers
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.graph import Graph, Weights
from tintype.network.session import open_session

torch = pytest.importorskip("torch", reason="converting PyTorch weights is in the train extra")
rng = np.random.default_rng(5)


def run(graph: Graph, value: str, channels: int, x: np.ndarray) -> np.ndarray:
    descriptor = NetworkDescriptor(name="g", family="tintype", output="ab")
    model = graph.build({"ab": (value, channels)}, descriptor).model
    return open_session(Path("g"), model.SerializeToString()).run(None, {"x": x})[0]


def state(module: torch.nn.Module) -> Weights:
    return Weights({f"c.{k}": v.detach().numpy() for k, v in module.state_dict().items()}, "net.pth")


@pytest.mark.parametrize("norm", [torch.nn.utils.spectral_norm, torch.nn.utils.weight_norm])
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_norms_are_folded_as_torch_applies_them(norm: object) -> None:
    torch.manual_seed(0)
    layer = norm(torch.nn.Conv2d(3, 4, 3, bias=False)).eval()
    layer(torch.zeros(1, 3, 5, 5))  # sets the weight that runs
    weights = state(layer)
    found = layers.fold_norm(weights, "c", (4, 3, 3, 3))
    np.testing.assert_allclose(found, layer.weight.detach().numpy(), atol=1e-6)
    weights.finish()


def test_a_spectral_norm_of_nothing_is_damage() -> None:
    zeros = {"c.weight_orig": np.zeros((2, 2)), "c.weight_u": np.ones(2), "c.weight_v": np.ones(2)}
    with pytest.raises(NetworkError, match=r"net\.pth: c has a spectral norm of 0"):
        layers.fold_norm(Weights(zeros, "net.pth"), "c", (2, 2))


def test_layers_are_counted_until_one_is_missing() -> None:
    weights = Weights({f"a.{i}.w": np.zeros(1) for i in (0, 1, 3)}, "w")
    assert layers.count_layers(weights, "a.{}.w") == 2
    assert layers.count_layers(weights, "b.{}.w") == 0


def test_pixels_are_shuffled_and_blurred_as_torch_does() -> None:
    graph = Graph("g", Weights({}, "w"))
    x = rng.normal(size=(1, 8, 3, 4)).astype(np.float32)
    found = run(graph, layers.blur(graph, layers.pixel_shuffle(graph, graph.input("x", 8), 2)), 2, x)
    F = torch.nn.functional
    shuffled = F.pixel_shuffle(torch.from_numpy(x), 2)
    expected = F.avg_pool2d(F.pad(shuffled, (1, 0, 1, 0), "replicate"), 2, 1)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-6)


def test_channels_that_don_t_divide_are_refused() -> None:
    graph = Graph("g", Weights({}, "net.pth"))
    with pytest.raises(NetworkError, match=r"net\.pth: 6 channels can't become 2×2 pixels"):
        layers.pixel_shuffle(graph, graph.input("x", 6), 2)
