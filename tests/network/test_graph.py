"""Graphs take each weight exactly once, checked in shape and value, and run as written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from tintype.errors import NetworkError
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.graph import Graph, Weights
from tintype.network.session import open_session

DESCRIPTOR = NetworkDescriptor(name="g", family="tintype", output="ab")
rng = np.random.default_rng(3)


def run(graph: Graph, value: str, channels: int, x: np.ndarray) -> np.ndarray:
    built = graph.build({"ab": (value, channels)}, DESCRIPTOR)
    session = open_session(Path("g"), built.model.SerializeToString())
    return session.run(None, {"x": x})[0]


def test_a_weight_is_checked_when_it_is_taken() -> None:
    weights = Weights({"a": np.zeros((2, 3)), "nan": np.array([np.nan])}, "net.pth")
    assert weights.take("a", (2, None)).dtype == np.float32
    for key, shape, says in (
        ("b", None, r"net\.pth: weight 'b' is missing"),
        ("a", (3, 2), r"shape \(2, 3\), expected 3×2"),
        ("a", (2,), "expected 2"),
        ("nan", None, "not finite"),
    ):
        with pytest.raises(NetworkError, match=says):
            weights.take(key, shape)


def test_what_is_left_over_is_an_error() -> None:
    weights = Weights({"a": np.zeros(1), "b": np.zeros(1), "c": np.zeros(1)}, "net.pth")
    weights.take("a")
    weights.skip("b")
    with pytest.raises(NetworkError, match=r"net\.pth: 1 weights belong to no part of the network: c"):
        weights.finish()
    weights.take("c")
    weights.finish()


@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2)])
def test_convolution_is_that_of_scipy(stride: int, dilation: int) -> None:
    kernel, bias = rng.normal(size=(2, 1, 3, 3)), rng.normal(size=2)
    graph = Graph("g", Weights({"c.weight": kernel, "c.bias": bias}, "w"))
    x = rng.normal(size=(1, 1, 8, 10)).astype(np.float32)
    found = run(graph, graph.conv(graph.input("x", 1), "c", stride=stride, dilation=dilation), 2, x)
    wide = np.zeros((2, 2 * dilation + 1, 2 * dilation + 1))
    wide[:, ::dilation, ::dilation] = kernel[:, 0]
    for i in (0, 1):
        expected = signal.correlate2d(x[0, 0], wide[i], mode="same")[::stride, ::stride] + bias[i]
        np.testing.assert_allclose(found[0, i], expected, atol=1e-5)


def test_batch_norm_is_that_of_the_formula() -> None:
    values = {"n.weight": 2.0, "n.bias": 1.0, "n.running_mean": 3.0, "n.running_var": 4.0}
    weights = Weights(
        {k: np.array([v, v]) for k, v in values.items()} | {"n.num_batches_tracked": np.array(7)}, "w"
    )
    graph = Graph("g", weights)
    x = rng.normal(size=(1, 2, 3, 3)).astype(np.float32)
    found = run(graph, graph.batch_norm(graph.input("x", 2), "n", eps=0.0), 2, x)
    np.testing.assert_allclose(found, (x - 3) / 2 * 2 + 1, atol=1e-5)


def test_channels_are_followed_so_that_a_wrong_weight_is_noticed() -> None:
    graph = Graph("g", Weights({"c.weight": np.zeros((2, 4, 1, 1)), "c.bias": np.zeros(2)}, "net.pth"))
    x = graph.input("x", 3)
    joined = graph.concat(x, graph.relu(x))
    assert graph.channels[joined] == 6
    with pytest.raises(NetworkError, match=r"'c.weight' has shape .*, expected"):
        graph.conv(joined, "c")


def test_the_network_carries_its_descriptor_and_notes() -> None:
    graph = Graph("g", Weights({}, "w"))
    made = graph.build({"ab": (graph.relu(graph.input("x", 2)), 2)}, DESCRIPTOR, "a note")
    assert made.notes == ("a note",)
    assert made.descriptor == DESCRIPTOR
    assert {p.key: p.value for p in made.model.metadata_props} == {"tintype": DESCRIPTOR.to_json()}
