"""An exported file is enough to go on from."""

import numpy as np
import pytest
import torch

from tintype.color.bins import srgb_bins
from tintype.errors import TrainingError
from tintype.training.export import export_onnx
from tintype.training.networks.lite import TintypeLite
from tintype.training.networks.tintype import Tintype
from tintype.training.onnx_weights import load_onnx, settle_norms
from training.runs import SHORT

BINS = srgb_bins()


def shaken(network):
    """Every weight and statistic is something, so that one left out shows."""
    generator = torch.Generator().manual_seed(3)
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            noise = torch.rand(value.shape, generator=generator)
            value.copy_(value + (noise - 0.5) * 0.1 if "var" not in name else 0.5 + noise)
    return network


def tintype():
    return Tintype(len(BINS), 32, 1, 16, 16, 1, 1, units=(1, 1, 1))


def lite():
    return TintypeLite(len(BINS), width=16, depth32=1, depth16=1, w8=16, w4=16, d8=1, units=SHORT)


@pytest.fixture(scope="module", params=[tintype, lite])
def exported(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "network.onnx"
    network = shaken(request.param()).eval()
    export_onnx(network, path, {}, bins=BINS)
    return request.param, network, path


def views():
    generator = torch.Generator().manual_seed(5)
    hints = torch.zeros(4, 3, 64, 64)
    hints[:, :, 8:12, 8:12] = 0.5
    return torch.rand(4, 1, 64, 64, generator=generator) * 100, hints


def test_a_network_gives_what_its_file_gives(exported):
    build, network, path = exported
    again = build()
    assert load_onnx(again, path)
    with torch.no_grad():
        expected, found = network(*views()), again.eval()(*views())
    torch.testing.assert_close(found, expected, atol=0.02, rtol=0.02)


def test_norms_that_are_settled_do_the_same_in_training(exported):
    build, network, path = exported
    again = build()
    norms = load_onnx(again, path)
    settle_norms(again, norms, lambda: again(*views()))
    again.train()
    for module in again.modules():
        if hasattr(module, "drop"):
            module.drop = 0.0
    with torch.no_grad():
        torch.testing.assert_close(again(*views()), network(*views()), atol=0.05, rtol=0.05)


def test_what_does_not_fit_is_named(exported, tmp_path):
    build, _, path = exported
    other = {tintype: lite, lite: tintype}[build]()
    with pytest.raises(TrainingError, match=r"network\.onnx: "):
        load_onnx(other, path)
    (tmp_path / "no.onnx").write_bytes(np.arange(100, dtype=np.uint8).tobytes())
    with pytest.raises(TrainingError, match=r"no\.onnx"):
        load_onnx(build(), tmp_path / "no.onnx")
