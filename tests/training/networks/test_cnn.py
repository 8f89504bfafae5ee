"""Plain convolutional networks, and one that fuses a classifier in."""

import functools

import pytest
import torch
from torch import nn

from tintype.training.networks.backbones import BACKBONES, ResNet50V2
from tintype.training.networks.cnn import ConvNet, Fusion, SameConv, pad_to
from training.network_tester import AnySize

CLASSIC = "8/2 8 16 16/2 32 32/2 up 32 up 16 up"


class TestClassicCnn(AnySize):
    def build(self):
        return ConvNet(CLASSIC)

    def test_it_has_exactly_the_published_number_of_parameters(self, network):
        assert sum(p.numel() for p in network.parameters()) == 32_202


class TestDeepCnn(AnySize):
    def build(self):
        return ConvNet("8/2 16 16/2 16 16/2 32 16 up 8 up 8 up")


class TestFusion(AnySize):
    @pytest.fixture(autouse=True)
    def small_backbone(self, monkeypatch):
        monkeypatch.setitem(BACKBONES, "small", functools.partial(ResNet50V2, (1, 1, 1)))

    def build(self):
        return Fusion("8/2 8/2 16/2", "16 up 8 up 8 up", backbone="small", width=16)

    def test_what_the_classifier_sees_far_away_changes_the_colour_here(self, network):
        # Beyond the reach of the convolutions, only the fused features can carry anything.
        L = torch.full((1, 1, 32, 512), 50.0)
        other = L.clone()
        other[..., 400:] = torch.rand(32, 112) * 100
        with torch.no_grad():
            network.eval()
            assert not torch.equal(network(L)[..., :32], network(other)[..., :32])

    def test_the_classifier_is_not_trained(self, network):
        assert not any(p.requires_grad for p in network.enc.parameters())


def test_same_padding_is_that_of_keras():
    conv = SameConv(1, 1, 3, 2)
    nn.init.ones_(conv.weight)
    nn.init.zeros_(conv.bias)
    # Keras pads 4 → 5 with a row below and a column right: the first window sees rows 0-2 and columns 0-2.
    assert conv(torch.arange(16.0).view(1, 1, 4, 4)).flatten().tolist() == [45, 39, 66, 50]


def test_padding_reflects_and_repeats_where_it_is_too_small():
    assert pad_to(torch.arange(5.0).view(1, 1, 1, 5).repeat(1, 1, 8, 1), 8)[0, 0, 0].tolist() == [
        0, 1, 2, 3, 4, 3, 2, 1]  # fmt: skip
    assert pad_to(torch.tensor([[[[3.0, 4.0]]]]), 4)[0, 0, 3].tolist() == [3, 4, 4, 4]
