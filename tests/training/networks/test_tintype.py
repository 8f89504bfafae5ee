"""The network that is made slim to ship: what all networks do, and what only this one does."""

import torch

from tintype.training.networks.tintype import Tintype
from training.network_tester import NetworkTester, inputs
from training.runs import SHORT

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


class TestTintypeWithASecondEncoder(NetworkTester):
    def build(self):
        return Tintype(BINS, width=32, depth=1, w8=16, w4=16, units=(1, 2, 1), second=SHORT)

    def test_it_begins_as_the_network_without_it(self, network):
        without = TestTintype().build()
        own = network.state_dict()
        without.load_state_dict({name: own[name] for name in without.state_dict()})
        x = inputs(network, 64, 96)
        with torch.no_grad():
            assert torch.equal(network.eval()(*x), without.eval()(*x))

    def test_it_says_what_it_sees_where_attention_begins(self, network):
        x = inputs(network, 64, 96)
        with torch.no_grad():
            before = network.eval()(*x)
            network.join.weight.fill_(0.1)
            assert not torch.allclose(network(*x), before)

    def test_a_frozen_one_stays_as_it_is(self, network):
        network.freeze_encoder()
        network.train()
        assert not network.second.training
        assert not any(p.requires_grad for p in network.second.parameters())
        assert all(p.requires_grad for p in network.second32.parameters())


def test_full_size_has_the_parameters_of_the_released_network():
    assert sum(p.numel() for p in Tintype(261).parameters()) == 18_459_435
