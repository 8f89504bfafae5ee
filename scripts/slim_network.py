"""Makes the first weights of `tintype-lite` out of a trained `tintype`: layers fitted to what they replace.

    python scripts/slim_network.py SET -o slim.safetensors [--teacher FILE] [--views 480]
    tintype train tintype-lite SET -o run --init slim.safetensors --teacher FILE \\
        --set optimizer.backbone_rate=0 --set optimizer.rate=1.2e-4 \\
        --set teacher.weight=20 --set teacher.until=8 --minutes 60

A SET is what `tintype dataset` made. The first command takes a fifth of a second of one core for a view, and
says how far what it made is from its teacher; the second goes on from there.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import cast

import torch

from tintype.color.bins import srgb_bins
from tintype.dataset.shards import PhotoSet
from tintype.errors import TintypeError
from tintype.training.batches import Batches
from tintype.training.distributed import Process
from tintype.training.first_weights import load_weights, make_network, save_weights
from tintype.training.networks.lite import TintypeLite
from tintype.training.networks.tintype import Tintype
from tintype.training.recipe_file import load
from tintype.training.slimming import slim
from tintype.training.teacher import Teacher
from tintype.training.views import DevicePhotos

VIEW, BATCH = 160, 16
LOOKED_AT = 8  # batches


def main(words: list[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", metavar="SET", type=Path)
    parser.add_argument("-o", "--output", required=True, type=Path)
    parser.add_argument("--teacher", default="tintype", help="a name, an ONNX file, weights or a run")
    parser.add_argument("--views", type=int, default=480)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], dest="changes", help="in the slim one's recipe")
    options = parser.parse_args(words)
    try:
        recipe = load("tintype-lite").replace([f"phases=[{{view={VIEW}, batch={BATCH}}}]", *options.changes])
        bins = len(srgb_bins())
        student = cast("TintypeLite", make_network(recipe, bins))
        teacher = cast("Tintype", make_network(load(recipe.teacher.recipe), bins))
        load_weights(teacher, options.teacher)
        photos = DevicePhotos(PhotoSet.open(options.data, "train"), torch.device("cpu"))
        drawn = Batches(photos, recipe, recipe.phases[0], seed=options.seed)
        batch_size = recipe.phases[0].batch
        count = -(-options.views // batch_size)
        slim(teacher, student, (drawn[i] for i in range(count)))
        save_weights(student, options.output)
        follows = Teacher(teacher, Process(torch.device("cpu")), 1.0, 1.0)
        with torch.no_grad():
            apart = [
                float(follows.divergence(student(*batch.inputs(student)), batch))
                for batch in (drawn[i] for i in range(count, count + LOOKED_AT))
            ]
    except TintypeError as error:
        raise SystemExit(str(error)) from None
    print(f"{sum(apart) / len(apart):.3f} nats from its teacher, on {LOOKED_AT * batch_size} other views")


if __name__ == "__main__":
    main()
