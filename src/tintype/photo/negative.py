"""Whether a photograph looks like a negative: a small network looks at a tiny view and at its inverse.

`scripts/train_negative.py` trains it; `weights/negative.md` says on what, and how well it does.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
import pyvips
from numpy.typing import NDArray

Float = NDArray[np.float32]

SIDE = 64
STRIDES = (2, 2, 1, 2, 1, 2)
_ONE_THREAD = 200_000
"""Multiplications of a product that OpenBLAS does in one thread: waking others for so little takes longer,
and a hundred times as long where all cores are busy."""

_FILE = resources.files("tintype.weights") / "negative.npz"


def small(grey: pyvips.Image) -> Float | None:
    """What `score` looks at of a small grey view of a photograph, sRGB-encoded; None of one that is tiny."""
    if min(grey.width, grey.height) < SIDE:
        return None
    squashed = grey.thumbnail_image(SIDE, height=SIDE, size="force")
    pixels: Float = squashed.numpy().astype(np.float32) / (65535 if squashed.format == "ushort" else 255)
    return pixels.reshape(SIDE, SIDE)


def score(grey: Float) -> float:
    """What the network says of a view, float32 (SIDE, SIDE), 0-1: above 0 it looks like a negative."""
    return float(_said(grey) - _said(1 - grey) - _weights()["limit"])


def _said(grey: Float) -> Float:
    weights, x = _weights(), ((grey - 0.5) * 4)[..., None]
    for i, stride in enumerate(STRIDES):
        x = np.maximum(_convolved(x, weights[f"weight{i}"], stride) + weights[f"bias{i}"], 0)
    said: Float = x.mean(axis=(0, 1)) @ weights["last"]
    return said


def _convolved(x: Float, weight: Float, stride: int) -> Float:
    """3 × 3, zeros around it: x (h, w, n), weight (9 n, m)."""
    height, width = -(-x.shape[0] // stride), -(-x.shape[1] // stride)
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    parts = [
        padded[j : j + (height - 1) * stride + 1 : stride, i : i + (width - 1) * stride + 1 : stride]
        for j in range(3)
        for i in range(3)
    ]
    patches = np.concatenate(parts, axis=2).reshape(height * width, -1)
    rows = max(1, _ONE_THREAD // weight.size)
    made = [patches[i : i + rows] @ weight for i in range(0, len(patches), rows)]
    return np.concatenate(made).reshape(height, width, -1)


@lru_cache(maxsize=1)
def _weights() -> dict[str, Float]:
    """The file's weights; those of convolutions as (9 n, m)."""
    with resources.as_file(_FILE) as found, np.load(found, allow_pickle=False) as held:
        made = {name: held[name].astype(np.float32) for name in held.files}
    for name, value in made.items():
        if value.ndim == 4:  # (m, n, 3, 3)
            made[name] = np.ascontiguousarray(value.transpose(2, 3, 1, 0).reshape(-1, value.shape[0]))
    return made
