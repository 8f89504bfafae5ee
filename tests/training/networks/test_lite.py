"""The network that ships: two encoders made slim."""

from tintype.training.first_weights import make_network
from tintype.training.networks.lite import TintypeLite
from tintype.training.recipe_file import load
from training.network_tester import NetworkTester
from training.runs import SHORT

BINS = 5


class TestTintypeLite(NetworkTester):
    def build(self):
        ranks = ((8, 8, 8, 0), (8, 8, 8, 8), (8, 8, 8, 8))
        return TintypeLite(BINS, width=32, depth=2, key=3, value=5, hidden=24, w8=16, w4=16, r8=(4, 4, 4),
                           r4=(4, 4, 4), fuse=4, join=4, units=(1, 2, 1), ranks=ranks,
                           second=SHORT)  # fmt: skip


def test_the_recipe_is_small_enough():
    network = make_network(load("tintype-lite"), 261)
    assert 2 * sum(p.numel() for p in network.parameters()) < 20e6, "bytes in fp16"
