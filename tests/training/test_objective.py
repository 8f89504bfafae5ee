"""Losses by hand, and the colours that an output stands for."""

import numpy as np
import pytest
import torch

from tintype.color.bins import srgb_bins
from tintype.color.decode import annealed_mean
from tintype.training.batches import Batch
from tintype.training.objective import Classification, make_objective
from tintype.training.recipe import Objective, Recipe

BINS = srgb_bins()
FLAT = np.full(len(BINS), 1 / len(BINS), np.float32)


def batch(ab, side=8):
    ab = torch.tensor(ab, dtype=torch.float32).view(1, 2, 1, 1).expand(1, 2, side, side).contiguous()
    return Batch(torch.full((1, 1, side, side), 50.0), ab, torch.zeros(1, 3, side, side))


@pytest.mark.parametrize(
    ("distance", "wanted"),
    [("mse", (0.1**2 + 0.2**2) / 2), ("l1", 0.15), ("smooth_l1", (0.1**2 + 0.2**2) / 4)],
)
def test_distances_are_in_units_of_the_scale(distance, wanted):
    objective = make_objective(Recipe(objective=Objective(distance=distance, scale=100.0)), BINS, None, 1)
    loss, _ = objective(torch.zeros(1, 2, 8, 8), batch((10, -20)))
    assert float(loss) == pytest.approx(wanted)


def test_an_adversarial_recipe_is_validated_by_its_l1():
    recipe = Recipe(objective=Objective(kind="adversarial", scale=110.0))
    loss, _ = make_objective(recipe, BINS, None, 1)(torch.zeros(1, 2, 8, 8), batch((11, 22)))
    assert float(loss) == pytest.approx(0.15)


def test_cross_entropy_of_one_who_knows_nothing_is_log_q_and_of_one_who_knows_is_little():
    objective = Classification(Objective(rebalance=1.0), BINS, FLAT, 4)
    truth = batch((10, 20))
    loss, parts = objective(torch.zeros(1, len(BINS), 2, 2), truth)
    assert float(loss) == pytest.approx(np.log(len(BINS)), rel=1e-5)
    assert float(parts["cross_entropy"]) == pytest.approx(float(loss))
    sure = torch.zeros(1, len(BINS), 2, 2)
    sure[:, int(np.flatnonzero((BINS == (10, 20)).all(1))[0])] = 20
    loss, _ = objective(sure, truth)
    assert float(loss) < 1e-5


def test_rare_colours_weigh_more_and_the_regression_is_added():
    prior = FLAT.copy()
    grey = int(np.flatnonzero((BINS == 0).all(1))[0])
    prior[grey] = 1
    prior /= prior.sum()
    objective = Classification(Objective(rebalance=0.5), BINS, prior, 4)
    logits = torch.zeros(1, len(BINS), 2, 2)
    common, rare = (float(objective(logits, batch(ab))[0]) for ab in ((0, 0), (40, 40)))
    assert rare > 10 * common
    both = Classification(Objective(rebalance=0.5, regression=0.5), BINS, prior, 4)
    loss, parts = both(logits, batch((40, 40)))
    # decoded: the mean of all bins; smooth L1 with β = 5 is |d| - 2.5 beyond 5 units
    wanted = (np.abs(BINS.mean(0) - 40) - 2.5).sum()
    assert float(parts["regression"]) == pytest.approx(wanted, rel=1e-4)
    assert float(loss) == pytest.approx(rare + 0.5 * wanted, rel=1e-4)


def test_colours_are_the_annealed_mean_that_the_pipeline_decodes():
    objective = Classification(Objective(), BINS, FLAT, 4)
    logits = torch.randn(1, len(BINS), 3, 4, generator=torch.Generator().manual_seed(0)) * 3
    for t in (1.0, 0.38):
        got = objective.colors(logits, t)[0].numpy()
        np.testing.assert_allclose(got, annealed_mean(logits[0].numpy(), BINS, t), atol=1e-3)
