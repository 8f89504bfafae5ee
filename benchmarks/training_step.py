"""What a step of training costs: milliseconds of one core for a view, by recipe. Prints a Markdown table.

    python benchmarks/training_step.py tintype cnn [--view 160] [--batch 16] [--steps 6] [--set KEY=VALUE]

Weights begin by chance, which costs the same; --set changes the recipes as `tintype train` does, as in
`--set optimizer.backbone_rate=0`. It is the processor's time, the best of the steps; "views" is what cutting,
ageing and hinting take of it.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from pathlib import Path

import pyvips
import torch
from skimage import data

from tintype.training.batches import Batches
from tintype.training.distributed import join_processes
from tintype.training.loop import Loop
from tintype.training.new_run import begin_run
from tintype.training.recipe_file import load


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipes", nargs="+")
    parser.add_argument("--view", type=int, default=160)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--set", action="append", default=[], dest="changes")
    asked = parser.parse_args()
    process = join_processes("cpu", "auto", 1)
    kind = "bf16" if process.bf16 else "fp32"
    how = f"{asked.batch} in a step, {kind}, torch {torch.__version__}, {platform.machine()}"
    print(f"views of {asked.view} px, {how}\n")
    print("| recipe | ms of one core for a view | of it, views |\n|---|--:|--:|")
    phases = f"phases=[{{view={asked.view}, batch={asked.batch}}}]"
    with tempfile.TemporaryDirectory() as folder:
        photographs = Path(folder, "photographs")
        photographs.mkdir()
        for name in ("astronaut", "coffee", "chelsea", "rocket"):
            picture = pyvips.Image.new_from_array(getattr(data, name)(), interpretation="srgb")
            picture.pngsave(str(photographs / f"{name}.png"))
        for name in asked.recipes:
            recipe = load(name).replace([phases, *asked.changes])
            run = begin_run(recipe, photographs, Path(folder, name), process,
                            backbone="none" if recipe.network.backbone else "",
                            second="none" if recipe.network.options.get("second") else "")  # fmt: skip
            whole, views = measure(Loop(run, process), asked.steps, asked.batch)
            print(f"| `{name}` | {whole:.1f} | {views:.1f} |", flush=True)


def measure(loop: Loop, steps: int, batch: int) -> tuple[float, float]:
    """Milliseconds of a view: of a whole step, and of drawing its views."""
    batches = Batches(loop.views, loop.recipe, loop.recipe.phases[0])
    loop.network.train()
    drawn, whole = [], []
    for i in range(steps + 1):
        began = time.process_time()
        views = batches[i]
        drawn.append(time.process_time() - began)
        loop.stepper(views, 1.0)
        loop.average.update_parameters(loop.network)
        whole.append(time.process_time() - began)
    return 1000 * min(whole[1:]) / batch, 1000 * min(drawn[1:]) / batch  # the first one allocates


if __name__ == "__main__":
    main()
