"""From a run to a network that colours: weights chosen, gain fitted, ONNX written and checked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from tintype.color.bins import srgb_bins
from tintype.color.decode import Vividness
from tintype.color.lab import Float, lab_from_srgb
from tintype.dataset.shards import PhotoSet
from tintype.errors import TrainingError
from tintype.network.descriptor import KEY, NetworkDescriptor, SizeRule
from tintype.training.card import write_card
from tintype.training.distributed import Process
from tintype.training.export import ExportReport, export_onnx
from tintype.training.first_weights import load_weights, make_network, save_weights
from tintype.training.geometry import centered
from tintype.training.networks.base import ColorNetwork
from tintype.training.objective import make_objective
from tintype.training.recipe import Recipe
from tintype.training.run_folder import RunFolder
from tintype.training.validation import Measured, chosen, fitted_gain, measure, validate

VIVID = 4 / 3
"""Mean colorfulness at vividness 1, as a share of the truth's, where gains are fitted."""


@dataclass(frozen=True)
class Finished:
    """What came of a run.

    Attributes
    ----------
    report : ExportReport
        Of the ONNX file.
    descriptor : NetworkDescriptor
    steps : int
        Taken so far.
    vividness : Vividness
    measured : Measured or None
        Figures of the validation photographs at vividness 0.5; None if there are none.
    """

    report: ExportReport
    descriptor: NetworkDescriptor
    steps: int
    vividness: Vividness
    measured: Measured | None


def finish(run: RunFolder, *, name: str = "", half: bool = True) -> Finished:
    """Export a run, finished or not, as it stands.

    Writes ``weights.safetensors`` (to go on from), ``network.onnx`` (to colour with) and ``card.md`` (a model
    card to be completed) into its folder.

    Parameters
    ----------
    run : RunFolder
    name : str
        Of the network, in what it colours; the folder's name unless given.
    half : bool
        Store large weights as fp16.

    Raises
    ------
    TrainingError
        If the run has no checkpoint yet.
    NetworkError
        If the exported file does not give what torch gives.
    """
    recipe = run.recipe
    bins = srgb_bins()
    network = make_network(recipe, len(bins))
    saved = run.load()
    if saved is None:
        msg = f"{run.path}: has no checkpoint yet; train it a little first: tintype train --resume {run.path}"
        raise TrainingError(msg)
    network.load_state_dict(saved["average"])
    if recipe.length.keep == "best" and run.best.exists():
        load_weights(network, run.best)
    network.eval()
    save_weights(network, run.weights)

    photos = PhotoSet.open(run.job.data, "val")
    vividness, measured = _vividness(network, recipe, photos)
    learned_from = len(PhotoSet.open(run.job.data, "train"))
    descriptor = NetworkDescriptor(
        name=name or run.path.resolve().name,
        family="tintype",
        output=network.output,
        bins=tuple((float(a), float(b)) for a, b in bins) if network.output == "logits" else (),
        hints=network.hints,
        size=SizeRule(
            default=_up_to(recipe.decode.size, network.multiple),
            multiple=network.multiple,
            minimum=_up_to(32, network.multiple),
        ),
        vividness=vividness,
        normalize="L 0-100; hints a/110, b/110, mask" if network.hints else "L 0-100",
        license="that of the photographs it learned from, and of its backbone",
        source=f"tintype train, recipe {recipe.name}, {saved['steps']} steps",
        trained_on=f"{learned_from} photographs",
    )
    report = export_onnx(
        network,
        run.network,
        {KEY: descriptor.to_json()},
        bins=bins if network.output == "logits" else None,
        half=half,
        views=_views(photos, descriptor.size.default),
    )
    done = Finished(report, descriptor, saved["steps"], vividness, measured)
    write_card(run, done, saved)
    return done


def _vividness(network: ColorNetwork, recipe: Recipe, photos: PhotoSet) -> tuple[Vividness, Measured | None]:
    decode = recipe.decode
    safe, matched, vivid = ((d[0], d[1]) for d in (decode.safe, decode.matched, decode.vivid))
    if not len(photos):
        return Vividness(safe, matched, vivid), None
    process = Process(torch.device("cpu"))
    # Only the network's own loss needs the prior; colours and figures do not.
    flat = np.full(len(srgb_bins()), 1 / len(srgb_bins()), np.float32)
    objective = make_objective(recipe, srgb_bins(), flat, network.stride)
    pairs = list(validate(network, objective, photos, recipe, process))
    if decode.fit:
        matched = (matched[0], fitted_gain([seen for _, seen in pairs]))
        # A gain of the recipe's would not do: where the mode is duller than the mean the slider would run
        # backwards beyond the middle.
        vivid = (vivid[0], fitted_gain([replace(seen, guess=seen.vivid) for _, seen in pairs], VIVID))
    measured, _ = measure(iter(pairs), matched[1])
    return Vividness(safe, matched, vivid), measured


def _views(photos: PhotoSet, side: int) -> list[Float]:
    return [np.ascontiguousarray(lab_from_srgb(centered(photos[i], side))[..., 0]) for i in chosen(photos, 4)]


def _up_to(size: int, multiple: int) -> int:
    return -(-size // multiple) * multiple
