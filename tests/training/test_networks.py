"""The networks of the recipes: what all must do, and what the published ones are."""

import functools

import pytest
import torch
from torch import nn

from tintype.color.bins import srgb_bins
from tintype.errors import SettingsError
from tintype.training.networks import build
from tintype.training.networks.backbones import BACKBONES, MobileNetV2, ResNet50V2
from tintype.training.networks.cnn import ConvNet, Fusion, SameConv, pad_to
from tintype.training.networks.gan import PatchCritic, UNet
from tintype.training.networks.zhang16 import Zhang16
from training.network_tester import NetworkTester

CLASSIC = "8/2 8 16 16/2 32 32/2 up 32 up 16 up"


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


class TestUNet(AnySize):
    def build(self):
        return UNet(width=8, depth=3)


class TestZhang16(NetworkTester):
    bins = srgb_bins()

    def build(self):
        return Zhang16(len(self.bins), width=4)


def test_zhang16_at_its_published_width_has_its_size():
    # 32.24 M with 313 bins is what is published of it (Open Model Zoo); the way up is not quite the same.
    assert sum(p.numel() for p in Zhang16(313).parameters()) == pytest.approx(32.24e6, rel=0.15)


def test_patch_critic_sees_patches_of_70_px():
    critic = PatchCritic(width=2).eval()
    L, ab = torch.full((1, 1, 128, 128), 50.0), torch.zeros(1, 2, 128, 128, requires_grad=True)
    grid = critic(L, ab)
    assert grid.shape == (1, 1, 14, 14)
    grid[0, 0, 7, 7].backward()
    touched = ab.grad.abs().sum((0, 1, 2)).nonzero().flatten()
    assert touched.max() - touched.min() + 1 == 70


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


def test_mobilenet_has_the_size_of_the_pretrained_one():
    assert sum(p.numel() for p in MobileNetV2().parameters()) == 1_812_800
    assert set(BACKBONES) == {"resnet50v2", "mobilenetv2"}


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("resnet", {}, "convnet, fusion, tintype, unet, zhang16"),
        ("unet", {"widht": 3}, "no option 'widht'; it has depth, width"),
        ("convnet", {"layers": "8 down"}, "'down' is neither"),
        ("fusion", {"encoder": "8", "decoder": "8", "backbone": "vgg"}, "'vgg' is unknown"),
    ],
)
def test_a_wrong_recipe_is_told_what_is_known(kind, options, said):
    with pytest.raises(SettingsError, match=said):
        build(kind, options, 261)


def test_networks_with_logits_get_their_bins():
    assert build("zhang16", {"width": 2}, 7).head.out_channels == 7
