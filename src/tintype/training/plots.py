"""Curves (PNG) and contact sheets (JPEG)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.dataset.figures import save
from tintype.files import write_bytes

_SPELLED_BEFORE = {"colorfulness": "colourfulness"}  # in logs of runs that began earlier


def draw_curves(rows: Sequence[dict[str, float]], path: Path) -> None:
    """Loss of training and validation over steps, and below it ΔPSNR and colourfulness where measured."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(7, 7), layout="constrained")
    above, below = fig.subplots(2, 1, sharex=True)
    points = _points(rows, "loss")
    if points:
        steps, losses = np.array(points).T
        window = max(1, len(losses) // 50)
        above.plot(steps, losses, color="#4c72b0", alpha=0.3, linewidth=0.8)
        above.plot(steps, _smooth(losses, window), color="#4c72b0", label="loss")
    points = _points(rows, "val_loss")
    if points:
        above.plot(*zip(*points, strict=True), "o-", color="#dd8452", label="validation loss", markersize=3)
    above.set(ylabel="loss")
    if above.lines:
        above.legend()
    beside = below.twinx()
    for axes, key, color, label in (
        (below, "delta_psnr", "#c44e52", "PSNR over grey, dB"),
        (beside, "colorfulness", "#4c72b0", "colourfulness, of the truth's"),
    ):
        points = _points(rows, key) or _points(rows, _SPELLED_BEFORE.get(key, key))
        if points:
            axes.plot(*zip(*points, strict=True), "o-", color=color, markersize=3)
        axes.set_ylabel(label, color=color)
    below.set(xlabel="step")
    save(fig, path)


def _points(rows: Sequence[dict[str, float]], key: str) -> list[tuple[float, float]]:
    return [(r["step"], r[key]) for r in rows if np.isfinite(r.get(key, np.nan))]


def _smooth(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Mean over as many values before each as `window` says, fewer at the start."""
    total = np.cumsum(np.concatenate([np.zeros(1), values]))
    end = np.arange(1, len(values) + 1)
    begin = np.maximum(end - window, 0)
    return (total[end] - total[begin]) / (end - begin)


def draw_sheet(rows: Sequence[Sequence[NDArray[np.uint8]]], path: Path) -> None:
    """A contact sheet, JPEG: a row of uint8 (h, w, 3) pictures of one size for each photograph."""
    images = [pyvips.Image.new_from_array(p, interpretation="srgb") for row in rows for p in row]
    sheet = pyvips.Image.arrayjoin(images, across=len(rows[0]), shim=4, background=[255, 255, 255])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, sheet.jpegsave_buffer(Q=90, subsample_mode="off"), overwrite=True)
