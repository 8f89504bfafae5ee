"""Cross-entropy and moments of distributions in few passes: what autograd gives of them written out."""

import pytest
import torch

from tintype.training.moments import moments

PLACES = 5000  # more than a CPU takes at once, and no multiple of it


@pytest.fixture
def case():
    generator = torch.Generator().manual_seed(1)
    logits = 3 * torch.randn(PLACES, 31, generator=generator)
    bins = 30 * torch.randn(31, 2, generator=generator)
    index = torch.rand(PLACES, 31, generator=generator).topk(4, 1).indices
    share = torch.rand(PLACES, 4, generator=generator)
    return logits, bins, index, share / share.sum(1, keepdim=True)


def written_out(logits, bins, index, share):
    entropy = -(logits.log_softmax(1).gather(1, index) * share).sum(1)
    p = logits.softmax(1)
    return entropy, p @ bins, p @ (bins**2).sum(1)


def gradient(function, logits, *rest):
    logits = logits.clone().requires_grad_()
    entropy, mean, square = function(logits, *rest)
    weights = torch.linspace(0.1, 2, PLACES)
    loss = (weights * entropy).mean() + (mean**2).sum(1).mean() / 50 + (weights * square.log()).mean()
    (found,) = torch.autograd.grad(loss, logits)
    return found


def test_values_and_gradients_are_those_of_autograd(case):
    for found, expected in zip(moments(*case), written_out(*case), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    expected = gradient(written_out, *case)
    torch.testing.assert_close(gradient(moments, *case), expected, rtol=1e-3, atol=1e-9)


def test_logits_of_16_bits_get_a_gradient_of_16_bits(case):
    logits, *rest = case
    short = logits.bfloat16()
    found, expected = gradient(moments, short, *rest), gradient(written_out, short.float(), *rest)
    assert found.dtype == torch.bfloat16
    torch.testing.assert_close(found.float(), expected, rtol=0.01, atol=1e-7)


def test_one_mean_alone_may_be_asked_for(case):
    logits, *rest = case
    logits.requires_grad_()
    moments(logits, *rest)[1].sum().backward()
    assert logits.grad.abs().max() > 0
