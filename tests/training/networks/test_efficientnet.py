"""The encoder that the lighter network takes over."""

import numpy as np
import pytest
import torch

from tintype.errors import NetworkError
from tintype.training.networks.backbones import load_backbone
from tintype.training.networks.efficientnet import Convolution, EfficientNetLite2


def published(encoder):
    """The encoder's weights by the names of the published file."""
    names = {}
    for own, value in encoder.state_dict().items():
        parts = own.split(".")
        if parts[0] == "stem":
            names[("_conv_stem" if parts[1] == "conv" else "_bn0") + "." + parts[2]] = value
            continue
        first = encoder.blocks[int(parts[1])].expand is not None
        place = ["expand", "depthwise", "project"].index(parts[2]) + (0 if first else -1)
        norm = ("_bn0", "_bn1", "_bn2")[place] if first else ("_bn1", "_bn2")[place]
        layer = f"_{parts[2]}_conv" if parts[3] == "conv" else norm
        names[f"_blocks.{parts[1]}.{layer}.{parts[4]}"] = value
    return names | {"_conv_head.weight": torch.zeros(1), "_fc.bias": torch.zeros(1)}


def test_sides_are_padded_as_tensorflow_does():
    # At stride 2 and an even side the missing row is at the top: the window begins on the first pixel.
    layer = Convolution(1, 1, 3, 2)
    torch.nn.init.zeros_(layer.conv.weight)
    layer.conv.weight.data[0, 0, 0, 0] = 1
    x = torch.arange(16.0).view(1, 1, 4, 4)
    scale = 1 / np.sqrt(1 + 1e-3)
    np.testing.assert_allclose(layer(x)[0, 0].detach(), [[0, 2 * scale], [8 * scale, 10 * scale]], rtol=1e-6)


def test_the_published_file_loads(tmp_path):
    torch.manual_seed(0)
    source, target = EfficientNetLite2(), EfficientNetLite2()
    for name, value in source.state_dict().items():
        if value.is_floating_point():
            value.copy_(torch.rand(value.shape) + 0.1 * ("var" in name))
    torch.save(published(source), tmp_path / "lite2.pth")
    load_backbone(target, tmp_path / "lite2.pth")
    for name, value in source.state_dict().items():
        assert torch.equal(value, target.state_dict()[name]), name
    (tmp_path / "none.pth").write_bytes(b"nothing")
    with pytest.raises(NetworkError, match=r"none\.pth: can't read backbone"):
        load_backbone(target, tmp_path / "none.pth")
