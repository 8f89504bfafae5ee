"""Weights of `tintype-lite` out of a trained `tintype`: every layer is fitted to what it replaces.

What a layer says is kept in those directions in which most of what it says reaches the colors: it varies
there, and the distribution over ab bins moves with it. How far that moves is its Fisher information, the
covariance of the gradients of labels drawn from the distribution itself; a direction's share in both is what
leaving it out costs in nats (LeCun et al. 1990, "Optimal brain damage"; for planes of low rank, Hsu et al.
2022, "Language model compression with weighted low-rank factorization"). All of it is one look at some views.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional as F

from tintype.errors import TrainingError
from tintype.network.rgb import IMAGENET_MEAN, IMAGENET_STD
from tintype.training.batches import Batch
from tintype.training.networks.lite import TintypeLite
from tintype.training.networks.parts import AttentionBlock
from tintype.training.networks.tintype import Tintype

# Taken as they are, but for thin layers.
_SAME = ("enc", "second", "h16", "h4", "head")
_ENTRIES = ("neck", "second32", "second16")
_RIDGE = 1e-4  # of a mean eigenvalue: no direction is without any weight


class Moments:
    """Mean products of channels over places, with a channel of ones at the end."""

    def __init__(self) -> None:
        self._sum: Any = 0

    def add(self, x: torch.Tensor) -> None:
        """Take in (n, c, h, w) or (..., c)."""
        x = x.permute(0, 2, 3, 1) if x.ndim == 4 else x
        x = F.pad(x.detach().flatten(0, -2).float(), (0, 1), value=1.0)
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


class Seen:
    """What a layer says, of what, and how far the colors move with it."""

    def __init__(self) -> None:
        self.inputs, self.outputs, self.gradients = Moments(), Moments(), Moments()

    @property
    def matters(self) -> torch.Tensor:
        """(c, c): Fisher information of a place's outputs."""
        return self.gradients.products[:-1, :-1]


def slim(teacher: Tintype, student: TintypeLite, batches: Iterable[Batch]) -> None:
    """Give a student the weights that come nearest to its teacher's.

    Parameters
    ----------
    teacher : Tintype
        Of the student's widths and depth, with a second encoder. Its weights ask for no gradients afterwards.
    student : TintypeLite
    batches : iterable of Batch
        As the teacher is asked.

    Raises
    ------
    TrainingError
        If their layers can't be paired.
    """
    thin, fewer = _thin_layers(student), _fewer_hidden(teacher, student)
    _check(teacher, student)
    seen = _looked_at(teacher.eval(), [*thin, *fewer], batches)
    with torch.no_grad():
        _fit(teacher, student, seen)
        for name in thin:
            _thin(student.get_submodule(name), teacher.get_submodule(name), seen[name])
        for name in fewer:
            place = name.removesuffix(".project")
            _fewer(student.get_submodule(place), teacher.get_submodule(place), seen[name])


def _thin_layers(student: TintypeLite) -> list[str]:
    """Names of what goes through fewer channels than it gives."""
    made = [name for name, part in student.named_modules() if isinstance(part, nn.Sequential)]
    return [name for name in made if name not in _ENTRIES]


def _fewer_hidden(teacher: Tintype, student: TintypeLite) -> list[str]:
    """Names of the last layers of the second encoder's blocks that have fewer hidden channels."""
    if teacher.second is None or len(teacher.second.blocks) != len(student.second.blocks):
        msg = "the slim network and its teacher need the same second encoder: give network.second"
        raise TrainingError(msg)
    names = [f"second.blocks.{i}.project.conv" for i in range(len(student.second.blocks))]
    pairs: Any = ((n, teacher.get_submodule(n), student.get_submodule(n)) for n in names)
    return [n.removesuffix(".conv") for n, whole, thin in pairs if thin.in_channels < whole.in_channels]


def _check(teacher: Tintype, student: TintypeLite) -> None:
    """TrainingError unless every layer of the student has one to be fitted to."""
    whole = dict(teacher.named_modules())
    if len(teacher.blocks) != len(student.blocks):
        msg = "the slim network and its teacher need the same network.depth: they have "
        raise TrainingError(f"{msg}{len(student.blocks)} and {len(teacher.blocks)}")
    for name in [*_ENTRIES, *_thin_layers(student)]:
        part: Any = student.get_submodule(name)
        last = part[0] if name in _ENTRIES else part[1]
        twin: Any = whole.get(name)
        twin = twin[0] if isinstance(twin, nn.Sequential) else twin
        sizes = f"{part[0].in_channels} to {last.out_channels}"
        made = f"{twin.in_channels} to {twin.out_channels}" if twin is not None else "none"
        if sizes != made:
            msg = f"{name} makes {sizes} channels in the slim network, {made} in its teacher: "
            raise TrainingError(f"{msg}are network.width, w8, w4 and units the same?")
        if part[0].out_channels > last.out_channels:
            msg = f"{name} has rank {part[0].out_channels} and {last.out_channels} channels: "
            raise TrainingError(f"{msg}make network.r8, r4, fuse, join or ranks smaller")


def _looked_at(teacher: Tintype, names: list[str], batches: Iterable[Batch]) -> dict[str, Seen]:
    """What matters: of these layers, of what is mixed in the decoder, and of the attention blocks."""
    watched = {name: name for name in names}
    watched |= {f"{up}.red": f"{up}.red" for up in ("u8", "u4")}
    # Convolutions with a norm of their own as they are after it, before the ReLU.
    watched = {n: f"{n}.1" if isinstance(teacher.get_submodule(n), nn.Sequential) else n for n in watched}
    blocks = range(len(teacher.blocks))
    watched |= {n: n for i in blocks for n in (f"blocks.{i}.n1", f"blocks.{i}.proj", f"blocks.{i}.fc2")}
    watched["ctx"] = "ctx"
    seen = {name: Seen() for name in watched}

    def look(name: str, _: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        one = seen[name]
        one.outputs.add(output)
        cast("Any", output).register_hook(one.gradients.add)
        if name.endswith(("proj", "fc2", "project")):
            one.inputs.add(inputs[0])

    hooks = [
        teacher.get_submodule(place).register_forward_hook(partial(look, name))
        for name, place in watched.items()
    ]
    teacher.requires_grad_(False)
    try:
        for batch in batches:
            L, *hints = batch.inputs(teacher)
            logits = teacher(L.clone().requires_grad_(), *hints).movedim(1, -1).flatten(0, -2)
            drawn = torch.multinomial(logits.detach().softmax(1), 1)[:, 0]
            torch.autograd.backward(F.cross_entropy(logits, drawn, reduction="sum"))
    finally:
        for hook in hooks:
            hook.remove()
    return seen


def _fit(teacher: Tintype, student: TintypeLite, seen: dict[str, Seen]) -> None:
    """All but thin layers."""
    own = student.state_dict()
    same = {n: v for n, v in teacher.state_dict().items() if n.partition(".")[0] in _SAME}
    student.load_state_dict(own | {n: v for n, v in same.items() if n in own and v.shape == own[n].shape})
    _stem(student.enc.stem.conv, teacher)
    for name in _ENTRIES:
        entry: Any = student.get_submodule(name)
        for parameter, value in zip(entry.parameters(), _folded(teacher.get_submodule(name)), strict=True):
            parameter.copy_(value)
    for name in ("u8", "u4"):
        _mixed(student.get_submodule(name), teacher.get_submodule(name), seen[f"{name}.red"])
    for i, block in enumerate(student.blocks):
        whole: Any = teacher.blocks[i]
        _thin_block(block, whole, *(seen[f"blocks.{i}.{name}"] for name in ("n1", "proj", "fc2")))
    # What is added to all places alike is left out but for its mean.
    first: Any = student.u8
    coarse = first.coarse.weight[:, :, 0, 0] @ seen["ctx"].outputs.mean.float()
    first.mixed.bias += first.mixed.weight[:, :, 0, 0] @ coarse


def _kept(matters: torch.Tensor, covariance: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Directions to look in, (c, rank), of length 1, and what each says of all channels, (c, rank).

    With F for what matters and C for the covariance: the largest eigenvectors of F^½ C F^½ lose the least.
    """
    least = _RIDGE * matters.diagonal().mean().clamp(min=1e-30)
    values, vectors = torch.linalg.eigh(matters)
    root = (values.clamp(min=0) + least).sqrt()
    look, say = vectors * root @ vectors.T, vectors / root @ vectors.T
    best = torch.linalg.eigh(look @ covariance @ look).eigenvectors[:, -rank:]
    look, say = look @ best, say @ best
    length = look.norm(dim=0)
    return look / length, say * length


def _folded(layers: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight and bias, float64, of a convolution and, if there is one, the norm after it."""
    if isinstance(layers, nn.Conv2d):
        bias = torch.zeros(layers.out_channels) if layers.bias is None else layers.bias
        return layers.weight.double(), bias.double()
    one: Any = nn.utils.fuse_conv_bn_eval(layers[0], layers[1])
    return one.weight.double(), one.bias.double()


def _balanced(narrow: torch.Tensor, wide: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights (r, c, k, k) and (o, r, 1, 1) that do the same one after the other, and are equally large.

    Otherwise a step of one rate would be too long for one of the two and too short for the other.
    """
    factor = (wide.square().mean() / narrow.square().mean().clamp(min=1e-30)).sqrt().sqrt()
    return narrow * factor, wide[:, :, None, None] / factor


def _stem(stem: Any, teacher: Tintype) -> None:
    """One convolution of grey and hints in place of one of three equal channels and one of hints.

    Their norm differs between channels; around the picture, where all are 0, the one channel says the mean.
    """
    was: Any = teacher.enc.stem
    mean, std = torch.tensor(IMAGENET_MEAN).double(), torch.tensor(IMAGENET_STD).double()
    scale = was.bn_in.weight.double() / (was.bn_in.running_var.double() + was.bn_in.eps).sqrt()
    shift = was.bn_in.bias.double() - was.bn_in.running_mean.double() * scale
    weight = was.conv.weight.double()
    grey = torch.einsum("oikl,i->okl", weight, scale * std[1] / std)
    stem.weight.copy_(torch.cat([grey[:, None], teacher.hstem.weight.double()], 1))
    stem.bias.copy_(torch.einsum("oikl,i->o", weight, scale * (mean[1] - mean) / std + shift))


def _thin(thin: Any, layers: Any, seen: Seen) -> None:
    """A convolution of low rank in place of a whole one, by what came out of that."""
    weight, bias = _folded(layers)
    mean = seen.outputs.mean
    look, say = _kept(seen.matters, seen.outputs.covariance, thin[0].out_channels)
    for part, value in zip(thin, _balanced(torch.einsum("oikl,or->rikl", weight, look), say), strict=False):
        part.weight.copy_(value)
    thin[1].bias.copy_(mean + say @ (look.T @ (bias - mean)))


def _mixed(thin: Any, step: Any, seen: Seen) -> None:
    """What mixes the coarse and the fine, apart and of low rank."""
    weight, bias = _folded(step.red)
    mean, channels = seen.outputs.mean, thin.coarse.in_channels
    look, say = _kept(seen.matters, seen.outputs.covariance, thin.mixed.in_channels)
    narrow, wide = _balanced(torch.einsum("oikl,or->rikl", weight, look), say)
    thin.coarse.weight.copy_(narrow[:, :channels])
    thin.fine.weight.copy_(narrow[:, channels:])
    thin.mixed.weight.copy_(wide)
    thin.mixed.bias.copy_(mean + say @ (look.T @ (bias - mean)))


def _fewer(thin: Any, block: Any, seen: Seen) -> None:
    """A block of the second encoder with fewer hidden channels, the last layer fitted again."""
    norm = block.project.bn
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    weight = scale[:, None] * block.project.conv.weight[:, :, 0, 0].double()
    best, fitted, bias = _fitted(weight, seen, thin.project.conv.in_channels)
    for name in ("expand", "depthwise"):
        own = thin.get_submodule(name).state_dict()
        for key, value in block.get_submodule(name).state_dict().items():
            own[key].copy_(value[best] if value.ndim else value)
    thin.project.conv.weight.copy_((fitted / scale[:, None])[:, :, None, None])
    thin.project.bn.bias.copy_(norm.bias + bias)


def _fitted(weight: torch.Tensor, seen: Seen, kept: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Which of a layer's inputs to keep, the layer of these, (o, kept), and what it adds, (o,)."""
    varies, mean = seen.inputs.covariance, seen.inputs.mean
    matters = (weight * (seen.matters @ weight)).sum(0)
    best = (varies.diagonal() * matters).argsort(descending=True)[:kept].sort().values
    ridge = 1e-4 * varies.diagonal().mean() * torch.eye(kept, dtype=varies.dtype)
    fitted = torch.linalg.solve(varies[best][:, best] + ridge, varies[best] @ weight.T).T
    return best, fitted, weight @ mean - fitted @ mean[best]


def _thin_block(thin: Any, block: AttentionBlock, normed: Seen, seen: Seen, added: Seen) -> None:
    """An attention block with fewer channels to compare by and to carry, and fewer hidden ones.

    Parameters
    ----------
    thin, block : AttentionBlock
    normed, seen, added : Seen
        Of the norm before what is compared, of `proj`, and of the last layer.
    """
    for name in ("pos", "n1", "n2"):
        thin.get_submodule(name).load_state_dict(block.get_submodule(name).state_dict())
    whole = torch.cat([block.qkv.weight, block.qkv.bias[:, None]], 1).double()
    compared = block.heads * block.key
    q, k, v = torch.split(whole, [compared, compared, len(whole) - 2 * compared])
    compare = _compare_by_less(thin, block, q, k, normed.outputs.products)
    whole = torch.cat([*compare, _carry_less(thin, block, v, seen)])
    thin.qkv.weight.copy_(whole[:, :-1])
    thin.qkv.bias.copy_(whole[:, -1])
    best, fitted, bias = _fitted(block.fc2.weight.double(), added, thin.fc1.out_features)
    thin.fc1.weight.copy_(block.fc1.weight[best])
    thin.fc1.bias.copy_(block.fc1.bias[best])
    thin.fc2.weight.copy_(fitted)
    thin.fc2.bias.copy_(block.fc2.bias + bias)


def _compare_by_less(
    thin: Any, block: AttentionBlock, q: torch.Tensor, k: torch.Tensor, met: torch.Tensor
) -> list[torch.Tensor]:
    """Queries and keys of fewer channels whose products are nearest to the whole ones, for inputs as `met`.

    q · k = (A x) · (B y) is x' Aᵀ B y, a matrix of rank `block.key` between inputs with a one appended; its
    largest singular values are kept where inputs count as often as they are met.
    """
    values, vectors = torch.linalg.eigh(met)
    values = values.clamp(min=1e-9 * float(values[-1]))
    root, back = vectors * values.sqrt(), vectors / values.sqrt()
    scale = (thin.key / block.key) ** 0.25  # products are divided by the root of their number
    made: list[list[torch.Tensor]] = [[], []]
    for a, b in zip(q.chunk(block.heads), k.chunk(block.heads), strict=True):
        u, s, w = torch.linalg.svd(root.T @ a.T @ b @ root)
        for parts, side in zip(made, (u.T, w), strict=True):
            parts.append(scale * s[: thin.key].sqrt()[:, None] * side[: thin.key] @ back.T)
    return [torch.cat(parts) for parts in made]


def _carry_less(thin: Any, block: AttentionBlock, v: torch.Tensor, seen: Seen) -> torch.Tensor:
    """Values of fewer channels, head by head, and `proj` after them, which is set."""
    weight, bias = block.proj.weight.double(), block.proj.bias.double()
    varies, mean = seen.inputs.covariance, seen.inputs.mean
    values, after = [], []
    for i, part in enumerate(v.chunk(block.heads)):
        own = slice(i * block.value, (i + 1) * block.value)
        into = weight[:, own]
        look, say = _kept(into.T @ seen.matters @ into, varies[own, own], thin.value)
        values.append(look.T @ part)
        after.append(into @ say)
        bias = bias + into @ (mean[own] - say @ (look.T @ mean[own]))
    thin.proj.weight.copy_(torch.cat(after, 1))
    thin.proj.bias.copy_(bias)
    return torch.cat(values)
