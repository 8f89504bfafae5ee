"""The network of Zhang et al. 2016."""

import pytest

from tintype.color.bins import srgb_bins
from tintype.training.networks.zhang16 import Zhang16
from training.network_tester import NetworkTester


class TestZhang16(NetworkTester):
    def build(self):
        return Zhang16(len(srgb_bins()), width=4)


def test_zhang16_at_its_published_width_has_its_size():
    # 32.24 M with 313 bins is what is published of it (Open Model Zoo); the way up is not quite the same.
    assert sum(p.numel() for p in Zhang16(313).parameters()) == pytest.approx(32.24e6, rel=0.15)
