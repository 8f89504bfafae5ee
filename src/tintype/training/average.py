"""The moving average of a network's weights: it is what gets validated and exported."""

from __future__ import annotations

import copy

import torch
from torch import nn


class Average:
    """An exponential moving average (EMA), with a shorter memory at the start of a run.

    Parameters
    ----------
    network : nn.Module
    decay : float
        Per step; 0 makes `network` of this object simply the last weights.

    Attributes
    ----------
    network : nn.Module
        A copy in evaluation mode that holds the averaged weights.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self._pair(network)

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after `step` steps."""
        if not self.decay:
            return
        decay = min(self.decay, step / (step + 9))
        torch._foreach_lerp_(self._mine, self._theirs, 1 - decay)
        for mine, theirs in self._counts:
            mine.copy_(theirs)

    @torch.no_grad()
    def ready(self) -> nn.Module:
        """The network to validate and export."""
        if not self.decay:
            for mine, theirs in (*zip(self._mine, self._theirs, strict=True), *self._counts):
                mine.copy_(theirs)
        return self.network

    def _pair(self, network: nn.Module) -> None:
        mine, theirs = self.network.state_dict(), network.state_dict()
        self._mine = [v for v in mine.values() if v.is_floating_point()]
        self._theirs = [theirs[k] for k, v in mine.items() if v.is_floating_point()]
        self._counts = [(v, theirs[k]) for k, v in mine.items() if not v.is_floating_point()]
