"""What a run makes small, one class a kind; each also says which colours an output stands for."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tintype.color.decode import TYPICAL_LOSS, lost_contrast
from tintype.color.lab import Float
from tintype.training.batches import Batch
from tintype.training.decoded import decoded, decoded_loss
from tintype.training.encoding import SoftEncoding, bin_weights
from tintype.training.moments import moments
from tintype.training.recipe import Objective as Options
from tintype.training.recipe import Recipe


class Objective(nn.Module):
    """Base: `forward` gives the loss to follow and its parts, `colours` the ab that an output means."""

    def forward(self, output: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Loss of an output, a scalar; its parts by name, detached."""
        raise NotImplementedError

    def colors(self, output: torch.Tensor, temperature: float = 1.0) -> torch.Tensor:
        """ab (n, 2, h, w), Lab units."""
        return output

    def lost(self, output: torch.Tensor) -> list[Float]:
        """`tintype.color.decode.lost_contrast` of each picture; typical where there is no distribution."""
        return [np.full((1, 1), TYPICAL_LOSS, np.float32)] * len(output)


class Regression(Objective):
    """A distance between ab / scale and the truth."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.scale = options.scale
        self.distance = {"mse": F.mse_loss, "l1": F.l1_loss, "smooth_l1": F.smooth_l1_loss}[options.distance]

    def forward(self, output: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The distance, in units of the scale (squared for mse)."""
        loss = self.distance(output / self.scale, batch.ab / self.scale)
        return loss, {}


class Classification(Objective):
    """Rebalanced cross-entropy with soft targets, and a little smooth L1 on the decoded mean.

    Parameters
    ----------
    options : Options
    bins : float32, shape (Q, 2)
    prior : float32, shape (Q,)
    stride : int
        Of the network's output; true colours are averaged to it.
    gain : float
        With which results are decoded, for the part of the loss that looks at them.
    """

    bins: torch.Tensor
    weights: torch.Tensor

    def __init__(self, options: Options, bins: Float, prior: Float, stride: int, gain: float = 1.0) -> None:
        super().__init__()
        self.decoded, self.gain = options.decoded, gain
        self.encoding = SoftEncoding(bins, options.encoding)
        self.regression, self.stride = options.regression, stride
        weights = bin_weights(prior, bins, options.rebalance, options.smooth, options.clip)
        self.register_buffer("bins", torch.from_numpy(bins), persistent=False)
        self.register_buffer("weights", torch.from_numpy(weights), persistent=False)

    def forward(self, output: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Mean over places of w · cross-entropy, plus the weighted regression and decoded error."""
        n, _, h, w = output.shape
        small = F.avg_pool2d(batch.ab, self.stride)
        truth = small.permute(0, 2, 3, 1).flatten(0, 2)
        share, index, near = self.encoding(truth)
        logits = output.permute(0, 2, 3, 1).flatten(0, 2)
        entropy, mean, square = moments(logits, self.bins, index, share)
        loss = (self.weights[near] * entropy).mean()
        parts = {"cross_entropy": entropy.mean().detach()}
        if self.regression:
            distance = F.smooth_l1_loss(mean, truth, beta=5.0, reduction="none").sum(1).mean()
            loss = loss + self.regression * distance
            parts["regression"] = distance.detach()
        if self.decoded:
            colors = mean.view(n, h, w, 2).permute(0, 3, 1, 2)
            wrong = decoded_loss(decoded(colors, square.view(n, h, w), self.gain), small)
            loss = loss + self.decoded * wrong
            parts["decoded"] = wrong.detach()
        return loss, parts

    def colors(self, output: torch.Tensor, temperature: float = 1.0) -> torch.Tensor:
        """Annealed mean at the output's stride."""
        p = (output / temperature).softmax(1)
        return torch.einsum("nqhw,qc->nchw", p, self.bins)

    def lost(self, output: torch.Tensor) -> list[Float]:
        """Of each picture, from its distribution."""
        bins = self.bins.cpu().numpy()
        return [lost_contrast(one, bins) for one in output.detach().float().cpu().numpy()]


def make_objective(recipe: Recipe, bins: Float, prior: Float | None, stride: int) -> Objective:
    """The objective of a recipe; an adversarial one validates by its L1 part, which has a meaning."""
    options = recipe.objective
    if options.kind == "classification":
        assert prior is not None
        return Classification(options, bins, prior, stride, recipe.decode.matched[1])
    if options.kind == "adversarial":
        return Regression(Options(distance="l1", scale=options.scale))
    return Regression(options)
