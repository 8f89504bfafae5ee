"""The moving average of the weights."""

import pytest
import torch

from tintype.training.average import moving_average, settle_mean
from tintype.training.batches import Batch
from tintype.training.first_weights import make_network
from tintype.training.recipe_file import load
from training.runs import SMALL, shaken


def test_the_average_follows_with_a_growing_memory():
    network = torch.nn.BatchNorm2d(1)
    average = moving_average(network, 0.9)
    expected = 1.0
    for step in range(1, 200):
        network.weight.data.fill_(float(step))
        network.num_batches_tracked.fill_(step)
        average.update_parameters(network)
        decay = min(0.9, step / (step + 9))
        expected = decay * expected + (1 - decay) * step
    assert float(average.module.weight) == pytest.approx(expected)
    assert int(average.module.num_batches_tracked) == 199
    assert not average.module.training


def test_without_averaging_it_is_the_last_weights():
    network = torch.nn.Linear(1, 1)
    average = moving_average(network, 0.0)
    network.weight.data.fill_(7.0)
    average.update_parameters(network)
    assert float(average.module.weight) == 7
    network.weight.data.fill_(8.0)
    assert float(average.module.weight) == 7


def test_norms_of_a_mean_get_statistics_of_what_they_meet():
    """Frozen ones keep theirs; weights stay; the views' own statistics are what the first norm then has."""
    network = shaken(make_network(load("tintype").replace(SMALL["tintype"]), 11))
    network.freeze_encoder()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    generator = torch.Generator().manual_seed(5)
    batches = [
        Batch(torch.rand(2, 1, 64, 64, generator=generator) * 100, torch.zeros(2, 2, 64, 64),
              torch.zeros(2, 3, 64, 64)) for _ in range(3)
    ]  # fmt: skip
    met = []
    norm = network.get_submodule("neck.1")
    hook = norm.register_forward_pre_hook(lambda _, inputs: met.append(inputs[0]))
    settle_mean(network, batches)
    hook.remove()
    after = network.state_dict()
    moved = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert moved
    assert all(
        name.rpartition(".")[2] in ("running_mean", "running_var", "num_batches_tracked") for name in moved
    )
    assert not any(name.startswith(("enc.", "second.", "hstem.")) for name in moved)
    torch.testing.assert_close(norm.running_mean, torch.stack([x.mean((0, 2, 3)) for x in met]).mean(0))
    torch.testing.assert_close(norm.running_var, torch.stack([x.var((0, 2, 3)) for x in met]).mean(0))
    assert norm.momentum == 0.1
    assert not any(part.training for part in network.modules())
