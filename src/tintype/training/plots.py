"""Curves and contact sheets, written as PNG files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.training.files import write_atomically


def figure(width: float, height: float) -> tuple[Any, Any]:
    """A matplotlib figure that needs no display, and its axes; inches."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(width, height), layout="constrained")
    return fig, fig.add_subplot()


def save(fig: Any, path: Path) -> None:
    """Write a figure as PNG, whole or not at all."""
    buffer = io.BytesIO()
    # Without the software's version the same figure gives the same bytes.
    fig.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    write_atomically(path, buffer.getvalue())


def draw_curves(rows: Sequence[dict[str, float]], path: Path) -> None:
    """Loss of training and validation over steps, and below it ΔPSNR and colourfulness where measured."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(7, 7), layout="constrained")
    above, below = fig.subplots(2, 1, sharex=True)
    for key, style in (("loss", "-"), ("val_loss", "o-")):
        points = [(r["step"], r[key]) for r in rows if np.isfinite(r.get(key, np.nan))]
        if points:
            above.plot(
                *zip(*points, strict=True), style, label=key.replace("val_", "validation "), markersize=3
            )
    above.set(ylabel="loss")
    if above.lines:
        above.legend()
    beside = below.twinx()
    for axes, key, colour, label in (
        (below, "delta_psnr", "#c44e52", "PSNR over grey, dB"),
        (beside, "colourfulness", "#4c72b0", "colourfulness, of the truth's"),
    ):
        points = [(r["step"], r[key]) for r in rows if np.isfinite(r.get(key, np.nan))]
        if points:
            axes.plot(*zip(*points, strict=True), "o-", color=colour, markersize=3)
        axes.set_ylabel(label, color=colour)
    below.set(xlabel="step")
    save(fig, path)


def draw_sheet(rows: Sequence[Sequence[NDArray[np.uint8]]], path: Path) -> None:
    """A contact sheet: a row of uint8 (h, w, 3) pictures of one size for each photograph."""
    images = [pyvips.Image.new_from_array(p, interpretation="srgb") for row in rows for p in row]
    sheet = pyvips.Image.arrayjoin(images, across=len(rows[0]), shim=4, background=[255, 255, 255])
    write_atomically(path, sheet.pngsave_buffer(compression=9))
