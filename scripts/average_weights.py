"""The mean of the weights of several runs that began with the same ones.

    python scripts/average_weights.py RUN RUN... -o mean.safetensors
    tintype train tintype SET -o mean --init mean.safetensors --set length.steps=1 --set optimizer.rate=0

Runs that go on from one network stay in one valley of its loss, and the mean of their weights is often better
than each (Wortsman et al. 2022, "Model soups"); of runs that began from chance it is worth nothing. A RUN is
the folder of a run, or a safetensors file with our parameter names. The second command exports it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tintype.errors import TintypeError
from tintype.files import write_bytes
from tintype.training.first_weights import first_weights_file, read_weights


def mean(paths: list[Path]) -> dict[str, Any]:
    """Mean weights by name; whole numbers (counters of norms) are those of the first."""
    files = [read_weights(path) for path in paths]
    for path, weights in zip(paths, files, strict=True):
        fits = {name: value.shape for name, value in weights.items()}
        for name, value in files[0].items():
            if fits.pop(name, None) != value.shape:
                raise SystemExit(f"{path}: {name!r} is missing, or not of the shape in {paths[0]}")
        if fits:
            raise SystemExit(f"{path}: {min(fits)!r} is not in {paths[0]}")
    return {
        name: (sum(weights[name].double() for weights in files) / len(files)).to(value.dtype)
        if value.is_floating_point()
        else value
        for name, value in files[0].items()
    }


def main(words: list[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="+", metavar="RUN")
    parser.add_argument("-o", "--output", required=True, type=Path)
    options = parser.parse_args(words)
    if len(options.runs) < 2:
        parser.error("a mean needs two runs or more")
    from safetensors.torch import save

    try:
        made = save(mean([first_weights_file(run) for run in options.runs]))
        write_bytes(options.output, made, overwrite=False)
    except (TintypeError, OSError) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
