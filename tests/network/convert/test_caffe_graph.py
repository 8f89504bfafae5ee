"""Caffe's layers become ONNX nodes that do what Caffe's documentation says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tintype.errors import NetworkError
from tintype.network.convert.ab_centers import published_centers
from tintype.network.convert.caffe_graph import build
from tintype.network.convert.caffe_layers import Layer, layers_of
from tintype.network.convert.caffe_schema import message
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.session import open_session

CENTERS = published_centers()
x = np.random.default_rng(1).uniform(-2, 2, (1, 1, 4, 4)).astype(np.float32)


def layer(name: str, kind: str, *bottoms: str, top: str = "", **parameters: dict[str, object]) -> Layer:
    net = message("NetParameter")()
    added = net.layer.add(name=name, type=kind, bottom=list(bottoms), top=[top or name])
    for field, values in parameters.items():
        for key, value in values.items():
            target = getattr(added, field)
            if isinstance(value, list):
                getattr(target, key).extend(value)
            else:
                setattr(target, key, value)
    return layers_of(net, Path("test.prototxt"))[0]


def run(*between: Layer, weights: dict[str, tuple[np.ndarray, ...]] | None = None) -> np.ndarray:
    """What is between the input and the logits (which come out 313 times)."""
    last = between[-1].tops[0] if between else "data_l"
    ones = (np.ones((313, 1, 1, 1), np.float32), np.zeros(313, np.float32))
    wide, two = ({"num_output": n, "kernel_size": [1]} for n in (313, 2))
    net = (
        layer("data_l", "Input"), *between,
        layer("conv8_313", "Convolution", last, convolution_param=wide),
        layer("class8_ab", "Convolution", "conv8_313", convolution_param=two),
    )  # fmt: skip
    descriptor = NetworkDescriptor(name="n", family="zhang16", output="logits", bins=((0.0, 0.0),))
    made = build(net, {"conv8_313": ones} | (weights or {}), CENTERS, 2.606, descriptor, "net")
    session = open_session(Path("net"), made.model.SerializeToString())
    return session.run(["logits"], {"data_l": x})[0][:, :1]


def test_activations_and_arithmetic() -> None:
    np.testing.assert_allclose(run(layer("r", "ReLU", "data_l")), np.maximum(x, 0))
    leaky = layer("r", "ReLU", "data_l", relu_param={"negative_slope": 0.25})
    np.testing.assert_allclose(run(leaky), np.where(x > 0, x, x / 4))
    power = layer("p", "Power", "data_l", power_param={"power": 2.0, "scale": 3.0, "shift": 1.0})
    np.testing.assert_allclose(run(power), (1 + 3 * x) ** 2, rtol=1e-5)


@pytest.mark.parametrize(
    ("operation", "expected"), [("PROD", 2 * x * x), ("SUM", 3 * x), ("MAX", np.maximum(x, 2 * x))]
)
def test_elementwise(operation: str, expected: np.ndarray) -> None:
    double = layer("d", "Power", "data_l", power_param={"scale": 2.0})
    kinds = ("PROD", "SUM", "MAX")
    both = layer("e", "Eltwise", "data_l", "d", eltwise_param={"operation": kinds.index(operation)})
    np.testing.assert_allclose(run(double, both), expected, rtol=1e-5)


def test_sums_with_coefficients() -> None:
    both = layer("e", "Eltwise", "data_l", "data_l", eltwise_param={"coeff": [2.0, -5.0]})
    np.testing.assert_allclose(run(both), -3 * x, rtol=1e-5)
    wrong = layer("e", "Eltwise", "data_l", "data_l", eltwise_param={"coeff": [2.0]})
    with pytest.raises(NetworkError, match=r"net: layer 'e': coefficients \[2\.0\] don't go with 2 inputs"):
        run(wrong)


def test_batch_norm_divides_the_stored_sums() -> None:
    blobs = tuple(np.array([v], np.float32) for v in (6.0, 12.0, 3.0))
    normed = run(layer("n", "BatchNorm", "data_l"), weights={"n": blobs})
    np.testing.assert_allclose(normed, (x - 2) / np.sqrt(4 + 1e-5), rtol=1e-4)
    with pytest.raises(NetworkError, match="batch norm needs a mean, a variance and a factor"):
        run(layer("n", "BatchNorm", "data_l"), weights={"n": blobs[:2]})


def test_layers_that_only_pass_on() -> None:
    np.testing.assert_array_equal(run(layer("s", "Split", "data_l"), layer("d", "Dropout", "s")), x)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (layer("p", "Pooling", "data_l"), "layer 'p' is a Pooling, which no network of this family has"),
        (layer("r", "ReLU", "label"), "layer 'r' wants 'label', which no layer before it makes"),
        (layer("s", "Scale", "data_l", scale_param={"axis": 2}), "a scale along axis 2"),
        (layer("s", "Scale", "data_l"), "layer 's': has no weights in the caffemodel"),
        (layer("label", "Input"), "input 'label' is unknown"),
        (
            layer("c", "Convolution", "data_l", convolution_param={"num_output": 1, "kernel_size": [3]}),
            r"layer 'c': weights of shape \(0, 0, 0, 0\)",
        ),
    ],
)
def test_what_no_colorizer_has_is_refused(wrong: Layer, says: str) -> None:
    with pytest.raises(NetworkError, match=f"net: {says}|net: .*{says}"):
        run(wrong)


def test_a_network_without_its_ends_is_refused() -> None:
    descriptor = NetworkDescriptor(name="n", family="zhang16", output="logits", bins=((0.0, 0.0),))
    with pytest.raises(NetworkError, match="has no layer 'conv8_313'; this is not the deploy network"):
        build([layer("data_l", "Input")], {}, CENTERS, 2.606, descriptor, "net")
