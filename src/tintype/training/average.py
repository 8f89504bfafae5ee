"""The moving average of a network's weights: it is what gets validated and exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from tintype.training.batches import Batch
from tintype.training.networks.base import ColorNetwork

Tensors = tuple[torch.Tensor, ...] | list[torch.Tensor]


def moving_average(network: nn.Module, decay: float) -> AveragedModel:
    """An exponential moving average (EMA) of weights and buffers, with a shorter memory at the start.

    Parameters
    ----------
    network : nn.Module
    decay : float
        Per step; with 0 the average is simply the last weights.

    Returns
    -------
    AveragedModel
        ``update_parameters(network)`` takes in a step; ``module`` is the averaged network, in evaluation
        mode. Its ``n_averaged`` is the number of steps taken in.
    """
    follow = _toward(decay)
    average: AveragedModel = AveragedModel(
        network,
        # Its own count is on the CPU; the copy on the device that it hands over would be waited for.
        multi_avg_fn=lambda mine, theirs, _: follow(mine, theirs, int(average.n_averaged)),
        use_buffers=True,
    )
    average.module.eval().requires_grad_(False)
    return average


def _toward(decay: float) -> Callable[[Tensors, Tensors, int], None]:
    @torch.no_grad()
    def update(mine: Tensors, theirs: Tensors, count: int) -> None:
        step = count + 1
        if mine[0].is_floating_point():
            torch._foreach_lerp_(list(mine), list(theirs), 1 - min(decay, step / (step + 9)))
        else:  # counters
            torch._foreach_copy_(list(mine), list(theirs))

    return update


@torch.no_grad()
def settle_mean(network: ColorNetwork, batches: Iterable[Batch]) -> None:
    """Give the norms of averaged weights statistics of what they meet: a mean of statistics is not that.

    `torch.optim.swa_utils.update_bn` does the same for networks of one input that are not frozen in parts.

    Parameters
    ----------
    network : ColorNetwork
        Norms of parts that `freeze_encoder` froze stay as they are. It is in evaluation mode afterwards.
    batches : iterable of Batch
        All of them count alike.
    """
    network.train()
    norms = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d) and part.training]
    network.eval()  # nothing but norms: stochastic depth would change what the later ones meet
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    for batch in batches:
        network(*batch.inputs(network))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    network.eval()
