"""One step: it learns, it clips, it stops at NaN before harm is done, and it can be put down and taken up."""

import contextlib
import copy

import numpy as np
import pytest
import torch
from torch import nn

from tintype.color.bins import srgb_bins
from tintype.errors import TrainingError
from tintype.training.batches import Batch
from tintype.training.networks import build
from tintype.training.objective import make_objective
from tintype.training.recipe import Optimizer, Recipe
from tintype.training.recipe_file import load
from tintype.training.steps import AdversarialStep, PlainStep, make_optimizer

CPU = torch.device("cpu")


def batch(n=2, side=32):
    g = torch.Generator().manual_seed(5)
    L = torch.rand(n, 1, side, side, generator=g) * 100
    return Batch(L, torch.cat([L - 50, 20 - L], 1) / 2, torch.zeros(n, 3, side, side))


def plain(**optimizer):
    torch.manual_seed(0)
    network = build("convnet", {"layers": "4/2 4 up"}, 0)
    recipe = Recipe(optimizer=Optimizer(**optimizer))
    return PlainStep(
        network, network, make_objective(recipe, srgb_bins(), None, 1), recipe, contextlib.nullcontext
    )


def gan():
    torch.manual_seed(0)
    recipe = load("gan").replace(["network.width=4", "network.depth=3", "objective.critic_width=4"])
    network = build("unet", recipe.network.options, 0)
    objective = make_objective(recipe, srgb_bins(), None, 1)
    return AdversarialStep(
        network, network, objective, recipe, contextlib.nullcontext, CPU, lambda module: module
    )


@pytest.mark.parametrize("kind", ["adamw", "adam", "rmsprop"])
def test_a_plain_step_learns(kind):
    step = plain(kind=kind, rate=3e-3)
    losses = [step(batch(), 1.0)["loss"] for _ in range(30)]
    assert losses[-1] < 0.5 * losses[0]


def test_an_adversarial_step_learns_both_sides_and_tells_the_parts():
    step = gan()
    critic, generator = (copy.deepcopy(m.state_dict()) for m in (step.critic, step.network))
    told = [step(batch(side=64), 1.0) for _ in range(8)]
    assert set(told[0]) == {"loss", "l1", "critic", "fooled"}
    assert told[-1]["l1"] < told[0]["l1"]
    for module, before in ((step.critic, critic), (step.network, generator)):
        assert any(not torch.equal(v, before[k]) for k, v in module.state_dict().items())
    assert all(p.requires_grad for p in step.critic.parameters())


@pytest.mark.parametrize("make", [plain, gan])
def test_put_down_and_taken_up_it_goes_on_the_same(make):
    whole = make()
    side = 64
    for _ in range(2):
        whole(batch(side=side), 1.0)
    network, state = copy.deepcopy(whole.network.state_dict()), copy.deepcopy(whole.state())
    expected = [whole(batch(side=side), 0.5)["loss"] for _ in range(3)]
    again = make()
    again.network.load_state_dict(network)
    again.load(state)
    assert [again(batch(side=side), 0.5)["loss"] for _ in range(3)] == expected


def test_the_gradient_is_clipped():
    moved = []
    for clip in (0.0, 1e-9):
        # A gradient below RMSprop's ε hardly moves the weights.
        step = plain(kind="rmsprop", rate=1e-3, clip=clip)
        before = torch.nn.utils.parameters_to_vector(step.network.parameters()).detach().clone()
        step(batch(), 1.0)
        after = torch.nn.utils.parameters_to_vector(step.network.parameters()).detach()
        moved.append(float((after - before).norm()))
    assert moved[1] < 0.1 * moved[0]


@pytest.mark.parametrize("make", [plain, gan])
def test_nan_stops_with_a_reason_and_leaves_the_weights(make):
    step = make()
    before = copy.deepcopy(dict(step.network.named_parameters()))
    broken = batch(side=64)
    broken.ab[0, 0, 0, 0] = np.nan
    with pytest.raises(TrainingError, match=r"loss is nan: lower optimizer\.rate"):
        step(broken, 1.0)
    assert all(torch.equal(p, before[k]) for k, p in step.network.named_parameters())


class Pretrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.frozen, self.head = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 2)
        self.frozen.requires_grad_(False)


def test_the_encoder_moves_slower_and_frozen_weights_not_at_all():
    optimizer = make_optimizer(Pretrained(), Optimizer(rate=1e-2, backbone_rate=0.1))
    assert [g["base"] for g in optimizer.param_groups] == pytest.approx([1e-3, 1e-2])
    assert sum(p.numel() for g in optimizer.param_groups for p in g["params"]) == 12
