"""The network that ships: what all networks do, and what only this one does."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tintype.errors import NetworkError
from tintype.training.networks.backbones import ResNet50V2, load_backbone, normalise
from tintype.training.networks.tintype import Tintype
from training.network_tester import NetworkTester

BINS = np.array([[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]], np.float32)


class TestTintype(NetworkTester):
    bins = BINS

    def build(self):
        return Tintype(len(BINS), width=32, depth=1, w8=16, w4=16, units=(1, 2, 1))

    def test_without_hints_it_starts_as_if_it_took_none(self, network):
        L = self.inputs(network, 64, 64)[0]
        nothing = torch.zeros(1, 3, 64, 64)
        there = nothing.clone()
        there[:, 2] = 1  # the mask alone
        network.h16.weight.data.zero_()
        with torch.no_grad():
            network.eval()
            assert torch.equal(network(L, nothing), network(L, there))

    def test_norms_of_the_encoder_stay_frozen_while_training(self, network):
        network.train()
        assert not network.enc.stem.bn.training
        assert network.neck[1].training


def test_full_size_has_the_parameters_of_the_released_network():
    assert sum(p.numel() for p in Tintype(261).parameters()) == 18_459_435


def test_grey_is_normalised_like_imagenet():
    out = normalise(torch.full((1, 1, 1, 1), 48.5))
    assert out.flatten().tolist() == pytest.approx([0, (0.485 - 0.456) / 0.224, (0.485 - 0.406) / 0.225])


def test_backbone_loads_and_says_what_is_wrong(tmp_path):
    torch.manual_seed(0)
    source, target = ResNet50V2((1, 1, 1)), ResNet50V2((1, 1, 1))
    weights = {k: v.half() for k, v in source.state_dict().items() if not k.endswith("num_batches_tracked")}
    save_file(weights, tmp_path / "good.safetensors")
    load_backbone(target, tmp_path / "good.safetensors")
    assert torch.equal(target.stem.conv.weight, source.stem.conv.weight.half().float())

    save_file({**weights, "classifier.weight": torch.zeros(3)}, tmp_path / "extra.safetensors")
    with pytest.raises(NetworkError, match=r"extra.*unknown weight 'classifier\.weight'"):
        load_backbone(target, tmp_path / "extra.safetensors")
    del weights["bn_out.bias"]
    save_file(weights, tmp_path / "short.safetensors")
    with pytest.raises(NetworkError, match=r"no weight 'bn_out\.bias'"):
        load_backbone(target, tmp_path / "short.safetensors")
    weights["bn_out.bias"] = torch.zeros(7)
    save_file(weights, tmp_path / "shape.safetensors")
    with pytest.raises(NetworkError, match=r"bn_out\.bias has shape \(7,\)"):
        load_backbone(target, tmp_path / "shape.safetensors")
    with pytest.raises(NetworkError, match="can't read backbone"):
        load_backbone(target, tmp_path / "none.safetensors")
