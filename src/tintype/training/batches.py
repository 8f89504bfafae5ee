"""What a training step sees, as a pure function of the seed and the step: a resumed run sees the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils.data import DataLoader, Dataset

from tintype.color.lab import Float, lab_from_srgb, linear_from_srgb
from tintype.dataset.shards import PhotoSet
from tintype.training.aging import aged
from tintype.training.geometry import centred, cut
from tintype.training.recipe import Phase, Recipe

_LINEAR = linear_from_srgb(np.arange(256, dtype=np.float32) / np.float32(255))
HINT_SCALE = 110.0


@dataclass
class Batch:
    """Tensors of one step.

    Attributes
    ----------
    L : (n, 1, v, v) float32, 0-100
        Lightness as the network sees it, aged.
    ab : (n, 2, v, v) float32
        True chroma, Lab units.
    hints : (n, 3, v, v) float32
        a / 110, b / 110, mask; all 0 where there are none.
    """

    L: torch.Tensor
    ab: torch.Tensor
    hints: torch.Tensor

    def to(self, device: torch.device) -> Batch:
        """The same, on a device, colours last in memory."""
        moved = (
            t.to(device, non_blocking=True, memory_format=torch.channels_last)
            for t in (self.L, self.ab, self.hints)
        )
        return Batch(*moved)

    def inputs(self, network: nn.Module) -> tuple[torch.Tensor, ...]:
        """What a network takes of it."""
        return (self.L, self.hints) if network.hints else (self.L,)

    def pin_memory(self) -> Batch:
        """Called by the loader, so that the copy to a GPU can go on beside the work."""
        return Batch(self.L.pin_memory(), self.ab.pin_memory(), self.hints.pin_memory())


class Batches(Dataset[Batch]):
    """Batch number i of one phase, for one process.

    Parameters
    ----------
    photos : PhotoSet
    recipe : Recipe
    phase : Phase
    step, sample : int
        Where the phase begins: steps done, and photographs seen by all processes together.
    seed, rank, world : int
    """

    def __init__(
        self,
        photos: PhotoSet,
        recipe: Recipe,
        phase: Phase,
        *,
        step: int = 0,
        sample: int = 0,
        seed: int = 0,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.photos, self.recipe, self.phase = photos, recipe, phase
        self.step, self.sample = step, sample
        self.seed, self.rank, self.world = seed, rank, world

    def __len__(self) -> int:
        return 1 << 40  # the loop decides when it is enough

    def __getitem__(self, i: int) -> Batch:
        n, view = self.phase.batch, self.phase.view
        rng = np.random.default_rng([self.seed, self.step + i, self.rank])
        first = self.sample + (i * self.world + self.rank) * n
        L = np.empty((n, 1, view, view), np.float32)
        ab = np.empty((n, 2, view, view), np.float32)
        hints = np.zeros((n, 3, view, view), np.float32)
        for j in range(n):
            pixels = self.photos[order(len(self.photos), self.seed, first + j)]
            square = cut(pixels, view, self.recipe.augment, rng)
            lab = lab_from_srgb(square)
            ab[j] = lab[..., 1:].transpose(2, 0, 1)
            L[j, 0] = aged(lab[..., 0], _LINEAR[square], self.recipe.film, rng)
            if rng.random() < self.recipe.hints.share:
                hints[j] = some_hints(ab[j], rng)
        return Batch(torch.from_numpy(L), torch.from_numpy(ab), torch.from_numpy(hints))

    def loader(self, start: int, workers: int, pin: bool) -> DataLoader[Batch]:
        """Batches from number `start` on, made by other processes if `workers` is not 0."""
        return DataLoader(
            self,
            batch_size=None,
            sampler=_CountFrom(start),
            num_workers=workers,
            pin_memory=pin,
            persistent_workers=workers > 0,
            multiprocessing_context="spawn" if workers else None,
        )


class _CountFrom:
    def __init__(self, start: int) -> None:
        self.start = start

    def __iter__(self):  # type: ignore[no-untyped-def]
        i = self.start
        while True:
            yield i
            i += 1


def order(count: int, seed: int, sample: int) -> int:
    """Which photograph is seen as number `sample`: all once in an epoch, each epoch shuffled anew."""
    epoch, position = divmod(sample, count)
    return int(_shuffled(count, seed, epoch)[position])


@lru_cache(maxsize=4)
def _shuffled(count: int, seed: int, epoch: int) -> NDArray[np.intp]:
    return np.random.default_rng([seed, epoch, 0x5EED]).permutation(count)


def some_hints(ab: Float, rng: np.random.Generator) -> Float:
    """Known colours at a few places, as Zhang et al. 2017 draw them.

    Their number is geometric; a hint is a square of 1-9 px that carries its mean colour, half of them
    anywhere, half near the middle, where people click.

    Parameters
    ----------
    ab : float32, shape (2, v, v)
    rng : numpy.random.Generator

    Returns
    -------
    float32, shape (3, v, v)
    """
    v = ab.shape[1]
    hints = np.zeros((3, v, v), np.float32)
    for _ in range(min(60, rng.geometric(0.12))):
        side = int(rng.integers(1, min(10, v)))
        if rng.random() < 0.5:
            y, x = rng.integers(0, v - side, 2)
        else:
            y, x = np.clip(rng.normal(v / 2, v / 4, 2), 0, v - side - 1).astype(int)
        patch = slice(y, y + side), slice(x, x + side)
        hints[:2, *patch] = ab[:, *patch].mean((1, 2))[:, None, None] / HINT_SCALE
        hints[2, *patch] = 1
    return hints


def validation_batch(photos: PhotoSet, indices: list[int], view: int) -> Batch:
    """Photographs as they are: the middle square, neither aged nor hinted."""
    lab = np.stack([lab_from_srgb(centred(photos[i], view)) for i in indices]).transpose(0, 3, 1, 2)
    t = torch.from_numpy(np.ascontiguousarray(lab))
    return Batch(t[:, :1].contiguous(), t[:, 1:].contiguous(), torch.zeros(len(indices), 3, view, view))
