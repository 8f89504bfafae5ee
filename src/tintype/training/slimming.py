"""Weights of `tintype-lite` out of a trained `tintype`: every layer is fitted to what it replaces.

A convolution keeps the plane that most of its output lies in (Zhang et al. 2015, "Accelerating very deep
convolutional networks"); attention keeps those products of queries and keys that differ most, and the hidden
channels that matter most, with the layer after them fitted again. The second encoder, and what is added to
all places alike, are left out: their means stay. All of it is one look at some views.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tintype.errors import TrainingError
from tintype.training.batches import Batch
from tintype.training.networks.lite import TintypeLite
from tintype.training.networks.parts import AttentionBlock
from tintype.training.networks.tintype import Tintype
from tintype.training.onnx_weights import settle_norms

KEPT = (0, 1, 2, 4)
"""Attention blocks of the shipped network that stay; without the others what it says moves by 0.03 nats."""

# Taken as they are, but for thin layers.
_SAME = ("enc", "hstem", "h16", "h4", "head")


class Moments:
    """Mean products of channels over places, with a channel of ones at the end."""

    def __init__(self) -> None:
        self._sum: Any = 0

    def add(self, x: torch.Tensor) -> None:
        """Take in (places, c)."""
        x = F.pad(x.float(), (0, 1), value=1.0)
        self._sum = self._sum + (x.T @ x).double()

    @property
    def products(self) -> torch.Tensor:
        """(c + 1, c + 1), float64."""
        return torch.as_tensor(self._sum / self._sum[-1, -1])

    @property
    def mean(self) -> torch.Tensor:
        """(c,)."""
        return self.products[-1, :-1]

    @property
    def covariance(self) -> torch.Tensor:
        """(c, c)."""
        return self.products[:-1, :-1] - torch.outer(self.mean, self.mean)


@torch.no_grad()
def slim(teacher: Tintype, student: TintypeLite, batches: Iterable[Batch]) -> None:
    """Give a student the weights that come nearest to its teacher's.

    Parameters
    ----------
    teacher : Tintype
        Of the student's widths, and with the attention blocks that `KEPT` names.
    student : TintypeLite
    batches : iterable of Batch
        As the teacher is asked. Norms get their statistics from the last.

    Raises
    ------
    TrainingError
        If their layers can't be paired.
    """
    _check(teacher, student)
    thin = [f"enc.{n}" for n, part in student.enc.named_modules() if isinstance(part, nn.Sequential)]
    thin += ["u8.skip", "u8.convs.0", "u8.convs.1", "u4.skip", "u4.convs.0", "fuse"]
    seen, batch = _looked_at(teacher.eval(), student.eval(), thin, batches)
    same = {n: v for n, v in teacher.state_dict().items() if n.partition(".")[0] in _SAME}
    own = student.state_dict()
    student.load_state_dict(own | {n: v for n, v in same.items() if n in own})
    for name in thin:
        _thin(student.get_submodule(name), teacher.get_submodule(name), seen[name])
    _neutral(student.neck, *_folded(teacher.neck))
    for block, i in zip(student.blocks, KEPT, strict=True):
        whole: Any = teacher.blocks[i]
        _thin_block(block, whole, seen[f"blocks.{i}.n1"], seen[f"blocks.{i}.fc2"])
    first: Any = student.u8
    _mixed(first, teacher.u8)
    _mixed(student.u4, teacher.u4)
    # What is left out is left out but for its mean.
    first.fine.bias += first.coarse.weight[:, :, 0, 0] @ seen["ctx"].mean.float()
    entry: Any = student.h16
    if "join" in seen:
        entry.bias += seen["join"].mean.float()
    norms = [n for n, part in student.named_modules() if type(part) is nn.BatchNorm2d]
    settle_norms(student, norms, lambda: student(*batch.inputs(student)))


def _check(teacher: Tintype, student: TintypeLite) -> None:
    """TrainingError unless every layer of the student has one to be fitted to."""
    depth, least = len(KEPT), max(KEPT) + 1
    if len(student.blocks) != depth or len(teacher.blocks) < least:
        msg = f"the slim network needs network.depth={depth}, its teacher one of {least} or more: they have "
        raise TrainingError(f"{msg}{len(student.blocks)} and {len(teacher.blocks)}")
    whole = dict(teacher.named_modules())
    for name, part in student.named_modules():
        if isinstance(part, nn.Sequential) and isinstance(part[0], nn.Conv2d):
            twin: Any = whole.get(name)
            made = getattr(twin[0] if isinstance(twin, nn.Sequential) else twin, "in_channels", None)
            if made != part[0].in_channels:
                msg = f"{name} takes {part[0].in_channels} channels in the slim network, {made or 'none'} in "
                raise TrainingError(f"{msg}its teacher: are network.width, w8, w4 and units the same?")


def _looked_at(
    teacher: Tintype, student: TintypeLite, thin: list[str], batches: Iterable[Batch]
) -> tuple[dict[str, Moments], Batch]:
    """Moments of what matters, by the teacher's names, and the last batch."""
    seen: dict[str, Moments] = {}

    def look(name: str, _: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        x = inputs[0] if name.endswith("fc2") else output
        x = x.permute(0, 2, 3, 1) if x.ndim == 4 else x
        seen.setdefault(name, Moments()).add(x.flatten(0, -2))

    # Convolutions with a norm of their own as they are after it, before the ReLU.
    watched = {name: name if name.startswith("enc.") else f"{name}.1" for name in thin}
    watched |= {name: name for i in KEPT for name in (f"blocks.{i}.n1", f"blocks.{i}.fc2")}
    watched |= {name: name for name in ("ctx", "join") if getattr(teacher, name, None) is not None}
    hooks = [
        teacher.get_submodule(place).register_forward_hook(partial(look, name))
        for name, place in watched.items()
    ]
    try:
        for batch in batches:
            teacher(*batch.inputs(teacher))
    finally:
        for hook in hooks:
            hook.remove()
    return seen, batch


def _folded(layers: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight and bias, float64, of a convolution and, if there is one, the norm after it."""
    if isinstance(layers, nn.Conv2d):
        return layers.weight.double(), torch.zeros(layers.out_channels, dtype=torch.float64)
    one: Any = nn.utils.fuse_conv_bn_eval(layers[0], layers[1])
    return one.weight.double(), one.bias.double()


def _neutral(layers: Any, weight: torch.Tensor, bias: torch.Tensor) -> None:
    """Let a convolution and the norm after it do this, the norm nothing but add."""
    *_, convolution, norm, _ = layers
    convolution.weight.copy_(weight)
    norm.running_mean.zero_()
    norm.running_var.fill_(1)
    norm.weight.fill_((1 + norm.eps) ** 0.5)
    norm.bias.copy_(bias)


def _thin(thin: Any, layers: Any, output: Moments) -> None:
    """A convolution of low rank in place of a whole one, by what came out of that."""
    weight, bias = _folded(layers)
    plane = torch.linalg.eigh(output.covariance).eigenvectors[:, -thin[0].out_channels :]
    thin[0].weight.copy_(torch.einsum("oikl,or->rikl", weight, plane))
    bias = output.mean + plane @ (plane.T @ (bias - output.mean))
    if len(thin) == 2:
        thin[1].weight.copy_(plane[:, :, None, None])
        thin[1].bias.copy_(bias)
    else:
        _neutral(thin, plane[:, :, None, None], bias)


def _mixed(thin: Any, step: Any) -> None:
    """What mixes the coarse and the fine, apart."""
    weight, bias = _folded(step.red)
    channels = thin.coarse.in_channels
    thin.coarse.weight.copy_(weight[:, :channels])
    thin.fine.weight.copy_(weight[:, channels:])
    thin.fine.bias.copy_(bias)


def _thin_block(thin: Any, block: AttentionBlock, normed: Moments, hidden: Moments) -> None:
    """An attention block with fewer channels to compare by, and fewer hidden ones.

    Parameters
    ----------
    thin, block : AttentionBlock
    normed : Moments
        Of what is compared.
    hidden : Moments
        Of what comes into the last layer.
    """
    for name in ("pos", "n1", "n2", "proj"):
        thin.get_submodule(name).load_state_dict(block.get_submodule(name).state_dict())
    _compare_by_less(thin, block, normed.products)
    kept = thin.fc1.out_features
    weight, bias = block.fc2.weight.double(), block.fc2.bias.double()
    varies, mean = hidden.covariance, hidden.mean
    best = (varies.diagonal() * weight.square().sum(0)).argsort(descending=True)[:kept].sort().values
    ridge = 1e-6 * varies.diagonal().mean() * torch.eye(kept, dtype=varies.dtype)
    fitted = torch.linalg.solve(varies[best][:, best] + ridge, varies[best] @ weight.T).T
    thin.fc1.weight.copy_(block.fc1.weight[best])
    thin.fc1.bias.copy_(block.fc1.bias[best])
    thin.fc2.weight.copy_(fitted)
    thin.fc2.bias.copy_(bias + weight @ mean - fitted @ mean[best])


def _compare_by_less(thin: Any, block: AttentionBlock, met: torch.Tensor) -> None:
    """Queries and keys of fewer channels whose products are nearest to the whole ones, for inputs as `met`.

    q · k = (A x) · (B y) is x' Aᵀ B y, a matrix of rank `block.key` between inputs with a one appended; its
    largest singular values are kept where inputs count as often as they are met.
    """
    width, heads = block.proj.in_features, block.heads
    values, vectors = torch.linalg.eigh(met)
    values = values.clamp(min=1e-9 * float(values[-1]))
    root, back = vectors * values.sqrt(), vectors / values.sqrt()
    whole = torch.cat([block.qkv.weight, block.qkv.bias[:, None]], 1).double()
    q, k, v = torch.split(whole, [heads * block.key, heads * block.key, width])
    scale = (thin.key / block.key) ** 0.25  # products are divided by the root of their number
    made: list[list[torch.Tensor]] = [[], []]
    for a, b in zip(q.chunk(heads), k.chunk(heads), strict=True):
        u, s, w = torch.linalg.svd(root.T @ a.T @ b @ root)
        for parts, side in zip(made, (u.T, w), strict=True):
            parts.append(scale * s[: thin.key].sqrt()[:, None] * side[: thin.key] @ back.T)
    whole = torch.cat([*made[0], *made[1], v])
    thin.qkv.weight.copy_(whole[:, :-1])
    thin.qkv.bias.copy_(whole[:, -1])
