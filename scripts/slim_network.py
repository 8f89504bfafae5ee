"""Makes the first weights of `tintype-lite` out of a trained `tintype`: layers fitted to what they replace.

    python scripts/slim_network.py SET -o slim.safetensors --teacher FILE [--views 320]
    tintype train tintype-lite SET -o run --init slim.safetensors --teacher FILE --minutes 60

A SET is what `tintype dataset` made. The first command takes about a second of one core for a view, and
says how far what it made is from its teacher; the second goes on from there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import save

from tintype.color.bins import srgb_bins
from tintype.dataset.shards import PhotoSet
from tintype.errors import TintypeError
from tintype.files import write_bytes
from tintype.training.batches import Batches
from tintype.training.distributed import Process
from tintype.training.first_weights import load_weights, make_network
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
    parser.add_argument("--teacher", required=True, help="an ONNX file, weights or a run")
    parser.add_argument("--views", type=int, default=320)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], dest="changes", help="in the slim one's recipe")
    options = parser.parse_args(words)
    if options.views < 1:
        parser.error("--views needs a number of views")
    if options.output.exists():
        parser.error(f"{options.output} exists; give another name")
    try:
        recipe = load("tintype-lite").replace([f"phases=[{{view={VIEW}, batch={BATCH}}}]", *options.changes])
        bins = len(srgb_bins())
        student, teacher = make_network(recipe, bins), make_network(load(recipe.teacher.recipe), bins)
        assert isinstance(student, TintypeLite)
        if not isinstance(teacher, Tintype):
            parser.error(f"teacher.recipe is of a {type(teacher).__name__}, which can't be made slim")
        load_weights(teacher, options.teacher)
        photos = DevicePhotos(PhotoSet.open(options.data, "train"), torch.device("cpu"))
        drawn = Batches(photos, recipe, recipe.phases[0], seed=options.seed)
        batch_size = recipe.phases[0].batch
        count = -(-options.views // batch_size)
        slim(teacher, student, (drawn[i] for i in range(count)))
        weights = {name: value.contiguous() for name, value in student.state_dict().items()}
        write_bytes(options.output, save(weights), overwrite=False)
        follows = Teacher(teacher, Process(torch.device("cpu")), 1.0, 1.0)
        with torch.no_grad():
            apart = [
                float(follows.divergence(student(*batch.inputs(student)), batch))
                for batch in (drawn[i] for i in range(count, count + LOOKED_AT))
            ]
    except TintypeError as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        raise SystemExit(f"{options.output}: {error.strerror}") from None
    print(f"{sum(apart) / len(apart):.3f} nats from its teacher, on {LOOKED_AT * batch_size} other views")


if __name__ == "__main__":
    main()
