"""The lighter network."""

import torch
from torch.nn import functional as F

from tintype.training.first_weights import make_network
from tintype.training.networks.lite import TintypeLite
from tintype.training.recipe_file import load
from training.network_tester import NetworkTester
from training.runs import SHORT

BINS = 5


class TestTintypeLite(NetworkTester):
    def build(self):
        return TintypeLite(BINS, width=16, depth32=1, depth16=1, w8=16, w4=16, d8=1, units=SHORT)

    def test_it_may_begin_from_what_the_encoder_saw(self, network):
        L, hints = self.inputs(network, 64, 96)
        network.eval()
        with torch.no_grad():
            whole = network(L, hints)
            apart = network.decode(network.enc(L), F.avg_pool2d(hints, 4))
        assert torch.equal(whole, apart), "hints at stride 2 start at nothing"


def test_the_recipe_is_small_enough():
    network = make_network(load("tintype-lite"), 261)
    assert 2 * sum(p.numel() for p in network.parameters()) < 20e6, "bytes in fp16"
