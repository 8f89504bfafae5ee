"""Weights to go on from, out of an ONNX file that `tintype train` exported.

One file of a network is enough: what the exporter folded into convolutions is unfolded again, so that a
network that goes on begins by giving what the file gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tintype.errors import TrainingError
from tintype.training.export import SHARED
from tintype.training.networks.base import ColorNetwork
from tintype.training.recipe import SHIPS


def misfit(path: Path, network: ColorNetwork, why: str) -> TrainingError:
    """What is said of weights that are another network's, or the same one's with other options."""
    return TrainingError(
        f"{path}: not weights of this {type(network).__name__}: {why}; give the recipe and options that they "
        f"come from (a teacher's is teacher.recipe); the network that comes along is of recipe {SHIPS}"
    )


def load_onnx(network: ColorNetwork, path: Path) -> list[str]:
    """Copy an exported file's weights into a network; every one must be there and fit.

    Parameters
    ----------
    network : nn.Module
        Of the kind and options that were exported.
    path : Path

    Returns
    -------
    list of str
        Batch norms that the file has no more, because they were folded into the convolution before them.
        They do nothing until `settle_norms` gives them statistics.

    Raises
    ------
    TrainingError
        When the file can't be read or a weight is missing, unknown or of another shape: it names the first.
    """
    stored = _Stored(path)
    norms = norms_after_convolutions(network)
    state = network.state_dict()
    folded = [norm for norm, convolution in norms.items() if not stored.is_normed(convolution)]
    for norm in folded:
        convolution = norms[norm]
        _neutralize(state, norm, network.get_submodule(norm))
        bias = stored.bias_of(convolution)
        stored.values[f"{norm}.bias"] = torch.zeros_like(state[f"{norm}.bias"]) if bias is None else bias
        if f"{convolution}.bias" in state:  # it is part of the norm's now
            stored.values[f"{convolution}.bias"] = torch.zeros_like(state[f"{convolution}.bias"])
    ready = {f"{norm}.{part}" for norm in folded for part in ("weight", "running_mean", "running_var")}
    for name, own in state.items():
        if name.endswith("num_batches_tracked") or name in ready:
            continue
        value = stored.values.get(name)
        if value is None:
            raise misfit(path, network, f"it has no {name!r}")
        if value.shape != own.shape:
            msg = f"{path}: {name} has shape {tuple(value.shape)}, not {tuple(own.shape)}"
            raise TrainingError(f"{msg}; are network options and bins the same?")
        own.copy_(value)
    # Of biases there are more: those that norms left in the convolutions.
    if extra := sorted({n for n in stored.values if n.endswith(".weight")} - state.keys()):
        raise misfit(path, network, f"unknown {extra[0]!r}")
    return folded


@torch.no_grad()
def settle_norms(network: nn.Module, norms: list[str], run: Callable[[], Any]) -> None:
    """Give folded batch norms the statistics of what comes in, so that they do the same in training.

    In training a norm divides by its batch's deviation. One that was folded away and came back neutral
    would change the network at the first step; so it is given weight and bias that take back what the mean
    and variance of real views do.

    Parameters
    ----------
    network : nn.Module
    norms : list of str
        From `load_onnx`.
    run : callable
        Shows the network, which is in evaluation mode then, some views.
    """
    was = network.training
    network.eval()
    seen: dict[str, list[torch.Tensor]] = {name: [] for name in norms}
    hooks = [
        network.get_submodule(name).register_forward_pre_hook(
            lambda _, inputs, name=name: seen[name].append(inputs[0].float())
        )
        for name in norms
    ]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
        network.train(was)
    for name in norms:
        norm: Any = network.get_submodule(name)
        values = torch.cat([x.transpose(0, 1).flatten(1) for x in seen[name]], 1)
        mean, var = values.mean(1), values.var(1, unbiased=False)
        # Neutral until now: bias is all that it adds.
        norm.bias += mean
        norm.weight.copy_((var + norm.eps).sqrt())
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)


def norms_after_convolutions(network: ColorNetwork) -> dict[str, str]:
    """Batch norms whose input is a convolution's output and nothing else, with that convolution's name."""
    made: dict[int, str] = {}
    kept = []  # as long as they live no other tensor has their id
    pairs: dict[str, str] = {}

    def after(name: str) -> Callable[..., None]:
        def hook(_: nn.Module, __: Any, output: torch.Tensor) -> None:
            made[id(output)] = name
            kept.append(output)

        return hook

    def before(name: str) -> Callable[..., None]:
        def hook(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            if id(inputs[0]) in made:
                pairs[name] = made[id(inputs[0])]

        return hook

    with _in_evaluation(network), torch.no_grad():
        hooks = []
        for name, module in network.named_modules():
            if isinstance(module, nn.Conv2d):
                hooks.append(module.register_forward_hook(after(name)))
            elif isinstance(module, nn.BatchNorm2d):
                hooks.append(module.register_forward_pre_hook(before(name)))
        try:
            side: Any = network.multiple
            side = max(32, side)
            L = torch.full((1, 1, side, side), 50.0)
            network(L, torch.zeros(1, 3, side, side)) if network.hints else network(L)
        finally:
            for hook in hooks:
                hook.remove()
    return pairs


@contextmanager
def _in_evaluation(network: nn.Module) -> Any:
    was = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(was)


class _Stored:
    """Weights of an ONNX file by the network's names."""

    def __init__(self, path: Path) -> None:
        import onnx
        from google.protobuf.message import DecodeError
        from onnx import numpy_helper

        try:
            model = onnx.load(str(path))
        except (OSError, DecodeError) as error:
            msg = f"{path}: can't read these weights: {error}; give a network that `tintype train` exported"
            raise TrainingError(msg) from None
        self.values = {
            tensor.name.removesuffix(".half"): torch.from_numpy(numpy_helper.to_array(tensor).copy()).float()
            for tensor in model.graph.initializer
            if tensor.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)
        }
        for entry in model.metadata_props:
            if entry.key == SHARED:
                same: dict[str, str] = json.loads(entry.value)
                self.values |= {k: self.values[v] for k, v in same.items() if v in self.values}
        self._biases: dict[str, str] = {}
        self._normed: set[str] = set()
        made: dict[str, str] = {}  # which weight an output comes from
        for node in model.graph.node:
            if node.op_type in ("Conv", "MatMul"):
                made[node.output[0]] = node.input[1]
            if node.op_type == "Conv" and len(node.input) > 2:
                self._biases[node.input[1]] = node.input[2]
            elif node.op_type == "BatchNormalization":
                self._normed.add(made.get(node.input[0], ""))
            elif node.op_type == "Add":
                self._name_linear(made, list(node.input))

    def is_normed(self, convolution: str) -> bool:
        """Whether a batch norm of its own still follows a convolution."""
        return f"{convolution}.weight" in self._normed

    def bias_of(self, convolution: str) -> torch.Tensor | None:
        """Bias that a convolution has in the file: that of the norm that was folded into it."""
        return self.values.get(self._biases.get(f"{convolution}.weight", ""))

    def _name_linear(self, made: dict[str, str], inputs: list[str]) -> None:
        """A linear layer's weight lies there transposed and nameless; its bias, added after, has the name."""
        for product, bias in (inputs, inputs[::-1]):
            weight = self.values.get(made.get(product, ""))
            if weight is not None and weight.ndim == 2 and bias.endswith(".bias"):
                self.values[bias.removesuffix("bias") + "weight"] = weight.T.contiguous()


def _neutralize(state: dict[str, torch.Tensor], name: str, norm: Any) -> None:
    """Let a norm do nothing in evaluation mode."""
    state[f"{name}.running_mean"].zero_()
    state[f"{name}.running_var"].fill_(1)
    state[f"{name}.weight"].fill_((1 + norm.eps) ** 0.5)
    state[f"{name}.bias"].zero_()
