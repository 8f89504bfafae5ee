"""What the loss needs of distributions over ab bins, in as few passes over them as there can be.

They are by far the largest tensors of a step: 261 numbers for every place. Cross-entropy, mean colour and
mean square, written one by one, read and write them some twenty times, which took half of a step.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd.function import once_differentiable

_AT_ONCE = 2048  # places that a CPU takes at once: 2 MB, so that they stay in its cache


def moments(
    logits: torch.Tensor, bins: torch.Tensor, index: torch.Tensor, share: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Cross-entropy with soft targets, mean and mean square of distributions, with gradients to the logits.

    Parameters
    ----------
    logits : (n, Q), floating point
    bins : (Q, 2) float32
    index, share : (n, k)
        Bins of the targets, and how much of the target lies in each; the shares of a place sum to 1.

    Returns
    -------
    entropy : (n,) float32, nats
    mean : (n, 2) float32, Lab units
    square : (n,) float32
        Mean of a² + b², squares of Lab units.
    """
    features = torch.cat([bins, (bins**2).sum(1, keepdim=True)], 1)
    entropy, mean = _Moments.apply(logits, features, index, share)  # type: ignore[no-untyped-call]
    return entropy, mean[:, :2], mean[:, 2]


class _Moments(torch.autograd.Function):
    """Σ p f for features f of bins, and the cross-entropy; p is never kept, but made again going back."""

    @staticmethod
    def forward(
        ctx: Any, logits: torch.Tensor, features: torch.Tensor, index: torch.Tensor, share: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        entropy, means, totals = [], [], []
        for part in _parts(logits):
            values = logits[part].float()
            total = torch.logsumexp(values, 1)
            entropy.append(total - (values.gather(1, index[part]) * share[part]).sum(1))
            means.append((values - total[:, None]).exp_() @ features)
            totals.append(total)
        mean = torch.cat(means)
        ctx.save_for_backward(logits, features, index, share, mean, torch.cat(totals))
        return torch.cat(entropy), mean

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, of_entropy: torch.Tensor, of_mean: torch.Tensor
    ) -> tuple[torch.Tensor, None, None, None]:
        logits, features, index, share, mean, totals = ctx.saved_tensors
        gradient = torch.empty_like(logits)
        # dH/dl = p - target, dM/dl = p (f - M): so p (H' + M'·f - M'·M), and the target's share.
        level = of_entropy - (of_mean * mean).sum(1)
        for part in _parts(logits):
            p = (logits[part].float() - totals[part, None]).exp_()
            slope = torch.addmm(level[part, None], of_mean[part], features.T)
            p.mul_(slope).scatter_add_(1, index[part], -share[part] * of_entropy[part, None])
            gradient[part] = p
        return gradient, None, None, None


def _parts(logits: torch.Tensor) -> list[slice]:
    size = _AT_ONCE if logits.device.type == "cpu" else max(1, len(logits))
    return [slice(i, i + size) for i in range(0, len(logits), size)]
