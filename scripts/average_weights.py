"""The mean of the weights of several runs that began with the same ones.

    python scripts/average_weights.py RUN RUN... -o mean.safetensors --settle 800
    tintype train tintype-lite SET -o mean --init mean.safetensors --set length.steps=1 --set optimizer.rate=0

Runs that go on from one network stay in one valley of its loss, and the mean of their weights is often better
than each (Wortsman et al. 2022, "Model soups"); of runs that began from chance it is worth nothing. A RUN is
the folder of a run, or a safetensors file with our parameter names. The second command exports it.

With --shares they count more or less, and what they began with less than nothing: `RUN RUN FIRST --shares
0.75 0.75 -0.5` is where they would be if they had gone half as far again.

With --settle batch norms get new statistics of the mean's own: of so many views, neither aged nor hinted, of
the training set of the first RUN that is a folder, as in the last phase of its recipe.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch

from tintype.color.bins import srgb_bins
from tintype.dataset.shards import PhotoSet
from tintype.errors import TintypeError
from tintype.files import write_bytes
from tintype.training.average import settle_mean
from tintype.training.batches import Batches, shown_once
from tintype.training.first_weights import first_weights_file, make_network, read_weights, take_weights
from tintype.training.run_folder import RunFolder
from tintype.training.views import DevicePhotos


def mean(paths: list[Path], shares: list[float] | None = None) -> dict[str, Any]:
    """Mean weights by name, in these shares; whole numbers (counters of norms) are those of the first."""
    shares = shares or [1 / len(paths)] * len(paths)
    files = [read_weights(path) for path in paths]
    for path, weights in zip(paths, files, strict=True):
        fits = {name: value.shape for name, value in weights.items()}
        for name, value in files[0].items():
            if fits.pop(name, None) != value.shape:
                raise SystemExit(f"{path}: {name!r} is missing, or not of the shape in {paths[0]}")
        if fits:
            raise SystemExit(f"{path}: {min(fits)!r} is not in {paths[0]}")
    return {
        name: sum(s * w[name].double() for s, w in zip(shares, files, strict=True)).to(value.dtype)
        if value.is_floating_point()
        else value
        for name, value in files[0].items()
    }


def settled(weights: dict[str, Any], run: RunFolder, views: int) -> dict[str, Any]:
    """The same weights with norms that have met `views` of the run's views, on the CPU."""
    recipe = run.recipe.replace(["film.share=0", "hints.share=0"])
    network = make_network(recipe, len(srgb_bins()))
    take_weights(network, weights, run.path)
    if recipe.optimizer.backbone_rate == 0:
        network.freeze_encoder()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    photos = PhotoSet.open(run.job.data, "train")
    shown = shown_once(photos.names, recipe.groups.options)
    phase = recipe.phases[-1]
    drawn = Batches(DevicePhotos(photos, torch.device("cpu")), recipe, phase, shown=shown, seed=run.job.seed)
    settle_mean(network, (drawn[i] for i in range(-(-views // phase.batch))))
    return {name: value.contiguous() for name, value in network.state_dict().items()}


def main(words: list[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="+", metavar="RUN")
    parser.add_argument("-o", "--output", required=True, type=Path)
    parser.add_argument("--settle", type=int, default=0, metavar="VIEWS")
    parser.add_argument("--shares", nargs="+", type=float, metavar="SHARE")
    options = parser.parse_args(words)
    if len(options.runs) < 2:
        parser.error("a mean needs two runs or more")
    shares = options.shares
    if shares and not (len(shares) == len(options.runs) and abs(sum(shares) - 1) < 1e-6):
        parser.error(f"--shares needs one for each of the {len(options.runs)} runs, and a sum of 1")
    folder = next((run for run in options.runs if Path(run).is_dir()), None)
    if options.settle < 0 or (options.settle and folder is None):
        parser.error("--settle needs a number of views, and a RUN that is a folder")
    from safetensors.torch import save

    try:
        made = mean([first_weights_file(run) for run in options.runs], shares)
        if folder is not None and options.settle:
            made = settled(made, RunFolder.open(folder), options.settle)
        write_bytes(options.output, save(made), overwrite=False)
    except TintypeError as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        raise SystemExit(f"{options.output}: {error.strerror}") from None


if __name__ == "__main__":
    main()
