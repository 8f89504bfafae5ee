"""An exported file is enough to go on from; `test_finish` has the network of each recipe."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tintype.errors import TrainingError
from tintype.training.export import export_onnx
from tintype.training.networks.base import ColorNetwork
from tintype.training.networks.efficientnet import Block
from tintype.training.networks.parts import AttentionBlock, conv_block
from tintype.training.onnx_weights import load_onnx, settle_norms
from training.runs import shaken


class OneOfAKind(ColorNetwork):
    """Whatever an exporter treats in a way of its own: norms folded and left, linear layers, twins."""

    output, hints, multiple, stride = "ab", True, 4, 4

    def __init__(self):
        super().__init__()
        self.stem = conv_block(1, 16)
        self.hstem = nn.Conv2d(3, 16, 4, 4)
        self.entry = nn.BatchNorm2d(16)  # after a sum
        self.enc = Block(16, 16, 3, 1, 32)  # frozen norms, which no `Sequential` shows to the exporter
        self.biased = nn.Conv2d(16, 16, 3, padding=1)
        self.norm = nn.BatchNorm2d(16)
        self.twice = nn.Conv2d(16, 16, 1, bias=False)
        self.left = nn.BatchNorm2d(16)  # after a convolution that something else takes, too
        self.block = AttentionBlock(16, drop=0.1)
        self.head = nn.Conv2d(16, 2, 1)
        self.last = nn.Conv2d(2, 2, 1)

    def forward(self, L, hints):
        x = F.max_pool2d(self.stem((L - 50) / 50), 4) + self.hstem(hints)
        x = self.enc(F.relu(self.entry(x)))
        y = self.twice(F.relu(self.norm(self.biased(x))))
        x = self.block(y + F.relu(self.left(y)))
        return self.last(self.head(x))


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    made = shaken(OneOfAKind()).eval()
    with torch.no_grad():
        made.last.bias.copy_(made.head.bias)
    return made


@pytest.fixture(scope="module")
def path(network, tmp_path_factory):
    written = tmp_path_factory.mktemp("onnx") / "network.onnx"
    export_onnx(network, written, {})
    return written


def views():
    generator = torch.Generator().manual_seed(5)
    hints = torch.zeros(4, 3, 64, 64)
    hints[:, :, 8:12, 8:12] = 0.5
    return torch.rand(4, 1, 64, 64, generator=generator) * 100, hints


def test_a_network_gives_what_its_file_gives(network, path):
    again = OneOfAKind()
    frozen = {"enc.expand.bn", "enc.depthwise.bn", "enc.project.bn"}
    assert set(load_onnx(again, path)) == {"stem.1", "norm", *frozen}
    with torch.no_grad():
        expected, found = network(*views()), again.eval()(*views())
    assert expected.std() > 0.05
    torch.testing.assert_close(found, expected, atol=0.001, rtol=0.001)


class OneLess(OneOfAKind):
    """The same without its last layer."""

    def __init__(self):
        super().__init__()
        del self.last

    def forward(self, L, hints):
        self.last = nn.Identity()
        return super().forward(L, hints)


def test_a_file_of_a_network_with_more_in_it_is_refused(path):
    with pytest.raises(TrainingError, match=r"not weights of this OneLess: unknown 'last\.weight'"):
        load_onnx(OneLess(), path)


def test_norms_that_are_settled_do_the_same_in_training(network, path):
    again = OneOfAKind()
    norms = load_onnx(again, path)
    settle_norms(again, norms, lambda: again(*views()))
    again.train()
    again.block.drop = 0.0
    again.entry.eval()
    again.left.eval()
    with torch.no_grad():
        torch.testing.assert_close(again(*views()), network(*views()), atol=0.005, rtol=0.005)


def test_what_does_not_fit_is_named(path, tmp_path):
    other = OneOfAKind()
    other.head, other.last = nn.Conv2d(16, 3, 1), nn.Conv2d(3, 2, 1)
    with pytest.raises(TrainingError, match=r"network\.onnx: head\.weight has shape"):
        load_onnx(other, path)
    other.another = nn.Conv2d(1, 1, 1)
    other.head = OneOfAKind().head
    other.last = OneOfAKind().last
    with pytest.raises(TrainingError, match=r"network\.onnx: not weights of this OneOfAKind: it has no 'ano"):
        load_onnx(other, path)
    (tmp_path / "no.onnx").write_bytes(np.arange(100, dtype=np.uint8).tobytes())
    with pytest.raises(TrainingError, match=r"no\.onnx"):
        load_onnx(OneOfAKind(), tmp_path / "no.onnx")
