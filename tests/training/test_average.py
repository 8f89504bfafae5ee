"""The moving average of the weights."""

import pytest
import torch

from tintype.training.average import moving_average


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
