"""Opening and asking networks; the embedded one is real."""

import numpy as np
import pytest

from tintype.errors import NetworkError
from tintype.network.registry import find
from tintype.network.runtime import load


@pytest.fixture(scope="module")
def network():
    return load(find("tintype"))


def test_the_embedded_network_gives_a_distribution_at_stride_4(network):
    L = np.random.default_rng(0).uniform(0, 100, (64, 96)).astype(np.float32)
    p = network.predict(L)
    assert p.shape == (16, 24)
    assert p.logits.shape[0] == len(p.bins)
    assert np.isfinite(p.logits).all()
    assert len(network.sha256) == 64


def test_a_hint_changes_the_colour_where_it_is(network):
    L = np.full((128, 128), 60, np.float32)
    hints = np.zeros((3, 128, 128), np.float32)
    hints[0, 60:68, 60:68], hints[2, 60:68, 60:68] = 50, 1
    mean = [
        (p.bins.T @ _softmax(p.logits[:, 16, 16]))[0] for p in (network.predict(L), network.predict(L, hints))
    ]
    assert mean[1] > mean[0] + 10


def _softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def test_unknown_missing_and_damaged_networks_are_named(tmp_path):
    with pytest.raises(NetworkError, match="no network named 'nope'"):
        find("nope")
    with pytest.raises(NetworkError, match="no such network"):
        load(tmp_path / "x.onnx")
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"rubbish")
    with pytest.raises(NetworkError, match=r"bad\.onnx"):
        load(bad)
    whole = find("tintype").read_bytes()
    bad.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NetworkError, match=r"bad\.onnx"):
        load(bad)


def test_a_device_that_is_not_there_is_an_error():
    with pytest.raises(NetworkError, match="not available"):
        load(find("tintype"), device="directml")
