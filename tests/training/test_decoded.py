"""Decoding with gradients: the colors that the pipeline decodes; a loss that does not pay for dullness."""

import numpy as np
import pytest
import torch

from tintype.color import decode
from tintype.color.bins import srgb_bins
from tintype.training.batches import Batch
from tintype.training.decoded import decoded, decoded_loss
from tintype.training.objective import make_objective
from tintype.training.recipe import Decode, Objective, Recipe


def some_logits(n=2, h=40, w=56):
    """Smooth logits with regions that differ, as a network's do."""
    generator = torch.Generator().manual_seed(3)
    coarse = 3 * torch.randn(n, 261, 5, 7, generator=generator)
    return torch.nn.functional.interpolate(coarse, (h, w), mode="bicubic")


def test_colors_are_those_that_the_pipeline_decodes():
    bins, logits = srgb_bins(), some_logits()
    p, centers = logits.softmax(1), torch.from_numpy(bins)
    mean = torch.einsum("nqhw,qc->nchw", p, centers)
    square = torch.einsum("nqhw,q->nhw", p, (centers**2).sum(1))
    found = decoded(mean, square, 2.4).numpy()
    for one, ab in zip(logits.numpy(), found, strict=True):
        gains = decode.own_gain(2.4, decode.lost_contrast(one, bins))
        expected = decode.enliven(decode.annealed_mean(one, bins, 1.0), gains)
        assert np.abs(ab - expected).max() < 0.01  # Lab units
        assert np.abs(expected).mean() > 3


@pytest.fixture
def truth():
    generator = torch.Generator().manual_seed(1)
    return 20 * torch.randn(4, 2, 8, 8, generator=generator)


def test_dull_and_garish_colors_cost_more_than_the_true_ones(truth):
    losses = [float(decoded_loss(share * truth, truth)) for share in (0.5, 1.0, 1.5)]
    assert losses[1] == min(losses)


def test_colorfulness_is_pulled_to_the_truths(truth):
    # Colors that have nothing to do with the truth: the error alone would have them grey.
    wrong = truth.flip(0, 2)
    slopes = []
    for share in (0.7, 1.3):
        scale = torch.tensor(share, requires_grad=True)
        decoded_loss(scale * wrong, truth).backward()
        slopes.append(float(scale.grad))
    assert slopes[0] < 0 < slopes[1]


def test_the_objective_adds_it_and_the_gradient_reaches_the_logits():
    options = Objective(kind="classification", decoded=2.0)
    prior = np.full(261, 1 / 261, np.float32)
    with_it, without = (
        make_objective(Recipe(objective=o, decode=Decode(matched=(1.0, 2.4))), srgb_bins(), prior, 1)
        for o in (options, Objective(kind="classification"))
    )
    logits = some_logits(1, 16, 16).requires_grad_()
    ab = torch.full((1, 2, 16, 16), 15.0)
    batch = Batch(ab[:, :1], ab, torch.zeros(1, 3, 16, 16))
    loss, parts = with_it(logits, batch)
    plain, _ = without(logits, batch)
    assert loss.item() == pytest.approx(plain.item() + 2 * parts["decoded"].item(), rel=1e-5)
    loss.backward()
    assert torch.isfinite(logits.grad).all()
    assert logits.grad.abs().sum() > 0
