"""Whether an exported network does what torch does, and what storing it in half the bits costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from tintype.color.decode import annealed_mean
from tintype.color.lab import Float as Array
from tintype.errors import NetworkError
from tintype.network.session import open_session
from tintype.training.networks.base import ColorNetwork

_TEMPERATURE = 0.6


def compared(
    network: ColorNetwork,
    full: bytes,
    stored: bytes,
    bins: Array | None,
    views: Iterable[Array],
    tolerance: float,
    path: Path,
) -> tuple[float, float, float]:
    """How far ONNX Runtime is from torch; the stored file from the full one, on average and at most (ΔE).

    Parameters
    ----------
    network : ColorNetwork
        As it was exported.
    full, stored : bytes
        ONNX models: as exported, and as it will be stored.
    bins : (Q, 2) float32, optional
        For networks that give logits; what is compared is then the annealed mean.
    views : iterable of (h, w) float32
        Lightness, 0-100; without any a synthetic one.
    tolerance : float
        Largest relative difference between torch and ONNX Runtime.
    path : Path
        For messages.

    Raises
    ------
    NetworkError
        When ONNX Runtime does not give what torch gives.
    """
    sessions = [open_session(path, data, threads=torch.get_num_threads()) for data in (full, stored)]
    parity, distances = 0.0, []
    for L in _fitted(views, network.multiple):
        feed = {"L": L[None, None]}
        if network.hints:
            feed["hints"] = _some_hints(L.shape)
        with torch.no_grad():
            truth = network(*(torch.from_numpy(x) for x in feed.values())).numpy()
        exact, rounded = (s.run(None, feed)[0] for s in sessions)
        difference = float(np.abs(truth - exact).max())
        if exact.shape != truth.shape or not difference <= tolerance * max(1.0, float(np.abs(truth).max())):
            msg = (
                f"{path}: ONNX Runtime gives {exact.shape}, torch {truth.shape}, off by {difference:g}; "
                "not written"
            )
            raise NetworkError(msg)
        parity = max(parity, difference)
        if bins is not None:
            exact, rounded = (annealed_mean(one[0], bins, _TEMPERATURE)[None] for one in (exact, rounded))
        distances.append(np.sqrt(((exact - rounded) ** 2).sum(1)).ravel())
    everything = np.concatenate(distances)
    return parity, float(everything.mean()), float(everything.max())


def _fitted(views: Iterable[Array], unit: int) -> Iterator[Array]:
    count = 0
    for L in views:
        h, w = (side // unit * unit for side in L.shape)
        if h and w:
            count += 1
            yield np.ascontiguousarray(L[:h, :w], np.float32)
    if not count:
        rng = np.random.default_rng(0)
        h, w = unit * -(-96 // unit), unit * -(-128 // unit)
        slope = np.linspace(5, 85, w, dtype=np.float32) + np.zeros((h, 1), np.float32)
        yield (slope + rng.uniform(0, 10, (h, w))).astype(np.float32)


def _some_hints(shape: tuple[int, ...]) -> Array:
    hints = np.zeros((1, 3, *shape), np.float32)
    hints[0, :, 4:9, 6:11] = np.array([0.4, 0.3, 1.0], np.float32)[:, None, None]
    return hints
