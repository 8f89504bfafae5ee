"""What our own networks have in common."""

import torch

from tintype.training.networks.parts import AttentionBlock, Up, conv_block, pooled_hints


def test_a_new_attention_block_only_adds_where_things_are():
    block, x = AttentionBlock(16, heads=2), torch.randn(2, 16, 3, 5)
    with torch.no_grad():
        assert torch.allclose(block(x), x + block.pos(x), atol=1e-6)


def test_attention_is_the_same_in_training_and_afterwards():
    block, x = AttentionBlock(16, heads=2), torch.randn(2, 16, 3, 5)
    torch.nn.init.normal_(block.proj.weight)
    torch.testing.assert_close(block.train()(x), block.eval()(x))


def test_up_doubles_and_joins_the_tap():
    up = Up(8, 4, 6, depth=2)
    assert up(torch.zeros(1, 8, 3, 5), torch.zeros(1, 4, 6, 10)).shape == (1, 6, 6, 10)
    assert conv_block(3, 7)(torch.zeros(2, 3, 4, 4)).shape == (2, 7, 4, 4)


def test_a_small_hint_keeps_its_colour():
    """One place of sixteen is hinted: its colour arrives as it is, and the share as its root."""
    pooled = torch.tensor([0.5 / 16, -0.25 / 16, 1 / 16]).reshape(1, 3, 1, 1)
    a, b, share = pooled_hints(pooled).flatten().tolist()
    assert abs(a - 0.5) < 0.01 and abs(b + 0.25) < 0.01 and share == 0.25
    assert not pooled_hints(torch.zeros(1, 3, 1, 1)).any()
