"""Encoders that others trained."""

import pytest
import torch
from safetensors.torch import save_file

from tintype.errors import NetworkError
from tintype.training.networks.backbones import BACKBONES, MobileNetV2, ResNet50V2, load_backbone, normalize


def test_mobilenet_has_the_size_of_the_pretrained_one():
    assert sum(p.numel() for p in MobileNetV2().parameters()) == 1_812_800
    assert set(BACKBONES) == {"resnet50v2", "mobilenetv2", "efficientnet-lite2"}


def test_grey_is_normalised_like_imagenet():
    out = normalize(torch.full((1, 1, 1, 1), 48.5))
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
