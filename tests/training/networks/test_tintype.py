"""The network that ships: what all networks do, and what only this one does."""

import torch

from tintype.training.networks.tintype import Tintype
from training.network_tester import NetworkTester

BINS = 5


class TestTintype(NetworkTester):
    def build(self):
        return Tintype(BINS, width=32, depth=1, w8=16, w4=16, units=(1, 2, 1))

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
