"""The U-Net and its critic."""

import torch

from tintype.training.networks.gan import PatchCritic, UNet
from training.network_tester import AnySize


class TestUNet(AnySize):
    def build(self):
        return UNet(width=8, depth=3)


def test_patch_critic_sees_patches_of_70_px():
    critic = PatchCritic(width=2).eval()
    L, ab = torch.full((1, 1, 128, 128), 50.0), torch.zeros(1, 2, 128, 128, requires_grad=True)
    grid = critic(L, ab)
    assert grid.shape == (1, 1, 14, 14)
    grid[0, 0, 7, 7].backward()
    touched = ab.grad.abs().sum((0, 1, 2)).nonzero().flatten()
    assert touched.max() - touched.min() + 1 == 70
