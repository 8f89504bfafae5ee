"""A batch norm that keeps the statistics it was pretrained with."""

from __future__ import annotations

from torch import nn


class FrozenBatchNorm(nn.BatchNorm2d):
    """Batch norm that always uses its stored statistics: small batches must not disturb a pretrained one."""

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__(channels, eps)
        self.training = False

    def train(self, mode: bool = True) -> FrozenBatchNorm:
        """Stay in evaluation mode whatever `mode` says."""
        super().train(False)
        return self
