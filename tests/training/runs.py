"""Small photographs and small recipes for tests of whole runs."""

from __future__ import annotations

import pyvips
import torch
from skimage import data

from tintype.training.distributed import Process
from tintype.training.new_run import begin_run
from tintype.training.recipe import Recipe
from tintype.training.recipe_file import load

# Blocks of each stage of EfficientNet-lite2: they show what its 23 show, and export in a third of the time.
SHORT = (1, 2, 1, 1, 1, 1, 1)
CPU = Process(torch.device("cpu"))
COMMON = ["length.photos=4", "decode.size=64"]
SMALL = {
    "cnn": ["phases=[{view=64, batch=2}]"],
    "cnn-deep": ["network.layers='8/2 8 up'", "phases=[{view=64, batch=2}]"],
    "fusion": ["network.backbone='mobilenetv2'", "network.encoder='4/2 4/2 8/2'",
               "network.decoder='4 up up up'", "network.width=8", "phases=[{view=64, batch=2}]"],
    "gan": ["network.width=4", "network.depth=3", "objective.critic_width=4", "phases=[{view=64, batch=2}]"],
    "tintype": ["network.width=32", "network.depth=1", "network.w8=16", "network.w4=16",
                "network.units=[1, 1, 1]", "network.second=[]", "network.d8=1", "optimizer.warmup=2",
                "phases=[{until=0.6, view=64, batch=3}, {view=96, batch=2}]"],
    "tintype-lite": ["network.width=16", "network.depth=1", "network.key=0", "network.value=0",
                     "network.hidden=0", "network.w8=16", "network.w4=16", "network.units=[1, 1, 1]",
                     f"network.second={list(SHORT)}", "network.join=8",
                     "phases=[{view=64, batch=2}]"],
    "zhang16": ["network.width=4", "phases=[{view=64, batch=2}]"],
}  # fmt: skip


def changes(name: str, *more: str) -> list[str]:
    """What makes a recipe small, for ``--set``."""
    return [*SMALL[name], *COMMON, *more]


def small(name: str, *more: str) -> Recipe:
    """A recipe that comes along, made small."""
    return load(name).replace(changes(name, *more))


def write_photos(folder, count=16, side=100) -> None:
    """Colour photographs, none like another, as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [data.astronaut(), data.coffee(), data.chelsea()]
    for i in range(count):
        picture = pictures[i % 3]
        h, w = picture.shape[:2]
        y, x = (i * 53) % (h - side), (i * 97) % (w - side)
        cut = picture[y : y + side, x : x + side].copy()
        pyvips.Image.new_from_array(cut, interpretation="srgb").pngsave(str(folder / f"{i:02d}.png"))


def shaken(network):
    """A network in which every weight and statistic is something, so that one left out shows."""
    generator = torch.Generator().manual_seed(3)
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            noise = torch.rand(value.shape, generator=generator)
            value.copy_(value + (noise - 0.5) * 0.1 if "var" not in name else 0.5 + noise)
    return network


def started(name, dataset, folder, backbones, *more):
    backbone = str(backbones / f"{name}.safetensors") if load(name).network.backbone else ""
    second = "none" if name == "tintype-lite" else ""
    return begin_run(small(name, *more), dataset, folder, CPU, backbone=backbone, second=second, seed=5)


def stop_after(steps):
    asked = iter(range(1, 1000))
    return lambda: next(asked) >= steps


def losses(run):
    keys = {"loss", "val_loss", "critic"}
    return [(r["step"], {k: v for k, v in r.items() if k in keys}) for r in run.rows()]
