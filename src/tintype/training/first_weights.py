"""The weights that a run begins with: a backbone's, another run's, or chance."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tintype.color.bins import srgb_bins
from tintype.color.lab import Float
from tintype.errors import TrainingError
from tintype.files import write_bytes
from tintype.network.registry import find
from tintype.training.networks import NETWORKS, build
from tintype.training.networks.backbones import load_backbone
from tintype.training.networks.base import ColorNetwork
from tintype.training.onnx_weights import load_onnx, misfit
from tintype.training.recipe import Recipe


def make_network(recipe: Recipe, bins: int) -> ColorNetwork:
    """The recipe's network with chance weights."""
    options = dict(recipe.network.options)
    kind = NETWORKS.get(recipe.network.kind)
    if kind is not None and "backbone" in inspect.signature(kind).parameters:
        options["backbone"] = recipe.network.backbone
    return build(recipe.network.kind, options, bins)


def give_first_weights(
    network: ColorNetwork, recipe: Recipe, *, backbone: str, init: str, second: str = ""
) -> list[str]:
    """Give a network its first weights.

    Parameters
    ----------
    network : nn.Module
    recipe : Recipe
    backbone : str
        Safetensors file of a pretrained encoder; ``none`` starts it from chance.
    init : str
        Safetensors file of the whole network with our parameter names, a run's folder, an ONNX file that was
        exported, or the name of such a network.
    second : str
        Weights of a second encoder, as for `backbone`; with `init`, those are of the network without it.

    Returns
    -------
    list of str
        Batch norms that wait for `tintype.training.onnx_weights.settle_norms`.

    Raises
    ------
    TrainingError
        If a recipe with a pretrained encoder is given neither, or the weights do not fit.
    """
    if network.slim and (second if init else not second):
        msg = f"recipe {recipe.name} is of a slim network, made of a trained one and its encoders: "
        raise TrainingError(msg + "give its weights with --init alone, or --second none to do without")
    beside = getattr(network, "second", None)
    if second and beside is None:
        msg = f"recipe {recipe.name} has no second encoder; leave out --second {second}"
        raise TrainingError(msg)
    if init and not second:
        return load_weights(network, init)
    if init:
        before = make_network(_without_second(recipe), len(srgb_bins()))
        norms = load_weights(before, init)
        network.load_state_dict(network.state_dict() | before.state_dict())
        if second != "none":
            load_backbone(network.get_submodule("second"), second)
        return norms
    if recipe.network.backbone and not backbone:
        msg = f"recipe {recipe.name} begins with a pretrained {recipe.network.backbone}: give its weights "
        msg += "with --backbone FILE.safetensors, all weights with --init, or --backbone none to do without"
        raise TrainingError(msg)
    if backbone and not recipe.network.backbone:
        msg = f"recipe {recipe.name} has no pretrained encoder; leave out --backbone {backbone}"
        raise TrainingError(msg)
    if beside is not None and not second:
        msg = f"recipe {recipe.name} has a second encoder: give its weights with --second FILE, all weights "
        raise TrainingError(msg + "with --init, or --second none to do without")
    for encoder, path in (("enc", backbone), ("second", second)):
        if path and path != "none":
            load_backbone(network.get_submodule(encoder), path)
    return []


def _without_second(recipe: Recipe) -> Recipe:
    options = {name: value for name, value in recipe.network.options.items() if name != "second"}
    return dataclasses.replace(recipe, network=dataclasses.replace(recipe.network, options=options))


def first_weights_file(init: str | Path) -> Path:
    """The file that ``--init`` means: a file, a run's ``weights.safetensors``, or a network by its name.

    Raises
    ------
    NetworkError
        If it is the name of no network here.
    """
    path = Path(init)
    if path.is_dir():
        return path / "weights.safetensors"
    if path.suffix in (".onnx", ".safetensors") or path.exists():
        return path
    return find(str(init))


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Weights of a safetensors file, by name.

    Raises
    ------
    TrainingError
        If it can't be read.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(str(path))
    except (OSError, SafetensorError) as error:
        msg = f"{path}: can't read these weights: {error}; give a safetensors or ONNX file, or a run's folder"
        raise TrainingError(msg) from None


def load_weights(network: ColorNetwork, init: str | Path) -> list[str]:
    """Copy the weights of a file into a network; every name and shape must fit.

    Returns
    -------
    list of str
        As `give_first_weights`.

    Raises
    ------
    TrainingError
        When the file can't be read or a weight is missing, unknown or of another shape: it names the first.
    """
    path = first_weights_file(init)
    if path.suffix == ".onnx":
        return load_onnx(network, path)
    take_weights(network, read_weights(path), path)
    return []


def take_weights(network: ColorNetwork, weights: dict[str, torch.Tensor], path: Path) -> None:
    """Copy weights, by name, into a network; every name and shape must fit.

    Raises
    ------
    TrainingError
        When a weight is missing, unknown or of another shape: it names the first, and `path`.
    """
    own = network.state_dict()
    # Counters of batches seen matter to no norm here, and not every file has them.
    wanted = {k for k in own if not k.endswith("num_batches_tracked")}
    given = {k for k in weights if not k.endswith("num_batches_tracked")}
    if missing := sorted(wanted - given):
        raise misfit(path, network, f"it has no {missing[0]!r}")
    if extra := sorted(given - wanted):
        raise misfit(path, network, f"unknown {extra[0]!r}")
    for key in sorted(wanted):
        if weights[key].shape != own[key].shape:
            msg = f"{path}: {key} has shape {tuple(weights[key].shape)}, not {tuple(own[key].shape)}"
            raise TrainingError(f"{msg}; are network options and bins the same?")
    network.load_state_dict(own | {k: weights[k].to(own[k].dtype) for k in given}, strict=True)


def save_weights(network: nn.Module, path: Path) -> None:
    """Write a network's weights as safetensors, float32, with our parameter names."""
    from safetensors.torch import save

    write_bytes(
        path,
        save({k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}),
        overwrite=True,
    )


@torch.no_grad()
def start_at_prior(network: ColorNetwork, prior: Float, weights: Float) -> None:
    """Let a network that gives logits begin with what is common, instead of spending steps to find out."""
    head: Any = network.get_submodule("head")
    head.bias.copy_(torch.from_numpy(prior * weights + 1e-5).log())
