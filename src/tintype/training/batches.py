"""What a training step sees, as a pure function of the seed and the step: a resumed run sees the same.

Views are cut, aged and hinted on the device itself; there is no loader that it could wait for.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from tintype.color.lab import lab_from_srgb
from tintype.dataset.shards import PhotoSet
from tintype.dataset.sources import group_of
from tintype.errors import TrainingError
from tintype.training.aging import aged
from tintype.training.geometry import centered
from tintype.training.hints import HINT_SCALE, some_hints
from tintype.training.networks.base import ColorNetwork
from tintype.training.recipe import Phase, Recipe
from tintype.training.torch_color import lab_from_linear, linear_from_srgb
from tintype.training.views import DevicePhotos, Draw, sample_views

__all__ = ["HINT_SCALE", "Ahead", "Batch", "Batches", "order", "shown_once", "validation_batch"]


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
    unaged : (n, 1, v, v) float32
        Lightness as it was before it aged, which a teacher sees; L itself unless given.
    """

    L: torch.Tensor
    ab: torch.Tensor
    hints: torch.Tensor
    unaged: torch.Tensor | None = None

    def to(self, device: torch.device) -> Batch:
        """The same, on a device, colours last in memory."""
        held = (self.L, self.ab, self.hints, self.L if self.unaged is None else self.unaged)
        return Batch(*(t.to(device, memory_format=torch.channels_last) for t in held))

    def inputs(self, network: ColorNetwork, *, unaged: bool = False) -> tuple[torch.Tensor, ...]:
        """What a network takes of it; `unaged`: of the photographs as they were before they aged."""
        L = self.unaged if unaged and self.unaged is not None else self.L
        return (L, self.hints) if network.hints else (L,)


class Batches:
    """Batch number i of one phase, for one process.

    Parameters
    ----------
    photos : DevicePhotos
    recipe : Recipe
    phase : Phase
    step, sample : int
        Where the phase begins: steps done, and photographs seen by all processes together.
    shown : int array, optional
        What an epoch shows, from `shown_once`; every photograph once unless given.
    seed, rank, world : int
    """

    def __init__(
        self,
        photos: DevicePhotos,
        recipe: Recipe,
        phase: Phase,
        *,
        shown: NDArray[np.intp] | None = None,
        step: int = 0,
        sample: int = 0,
        seed: int = 0,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.photos, self.recipe, self.phase = photos, recipe, phase
        self.shown = np.arange(len(photos)) if shown is None else shown
        self.step, self.sample = step, sample
        self.seed, self.rank, self.world = seed, rank, world

    def __getitem__(self, i: int) -> Batch:
        n = self.phase.batch
        first = self.sample + (i * self.world + self.rank) * n
        which = self.shown[order(len(self.shown), self.seed, first, n)]
        return self.views(torch.from_numpy(which).to(self.photos.device), self._generator(i))

    @torch.no_grad()
    def views(self, which: torch.Tensor, generator: torch.Generator) -> Batch:
        """Views of these photographs, with all that the recipe does to them."""
        recipe, draw = self.recipe, Draw(generator, len(which))
        codes = sample_views(self.photos, which, self.phase.view, recipe.augment, generator)
        codes = rounded_by_chance(codes, draw)
        linear = linear_from_srgb(codes / 255)
        lab = lab_from_linear(linear)
        L, ab = lab[:, :1], lab[:, 1:].contiguous()
        hints = torch.zeros(len(which), 3, *ab.shape[2:], device=ab.device)
        if recipe.hints.share:
            # For all, though some get none: to ask a GPU which ones would make it wait.
            given = (draw.uniform() < recipe.hints.share).view(-1, 1, 1, 1)
            hints = torch.where(given, some_hints(ab, draw), hints)
        return Batch(aged(L, linear, recipe.film, draw), ab, hints, L).to(ab.device)

    def _generator(self, i: int) -> torch.Generator:
        draw = np.random.SeedSequence([self.seed, self.step + i, self.rank]).generate_state(1, np.uint64)
        generator = torch.Generator(self.photos.device)
        generator.manual_seed(int(draw[0] >> np.uint64(1)))
        return generator


def rounded_by_chance(codes: torch.Tensor, draw: Draw) -> torch.Tensor:
    """Codes (n, 3, h, w), 0-255: of a third of the samples rounded, of a third by chance up or down.

    The last third stays as it is. A network that has only met rounded ones takes the steps of eight bits for
    a feature, and paints a photograph of 16 bits otherwise.
    """
    chance, kind = draw.uniform(0, 1, 1, *codes.shape[2:]), draw.uniform().view(-1, 1, 1, 1)
    rounded = torch.where(kind < 1 / 3, codes + 0.5, codes + chance).floor().clamp(max=255)
    return torch.where(kind < 2 / 3, rounded, codes)


class Ahead:
    """Batches one after the other, of which the next can be drawn early.

    On a GPU that costs no time while it is still busy with a step; on a CPU nothing would be gained.
    """

    def __init__(self, batches: Batches) -> None:
        self.batches, self.number = batches, 0
        self.drawn: Batch | None = None

    def __next__(self) -> Batch:
        batch = self.batches[self.number] if self.drawn is None else self.drawn
        self.drawn, self.number = None, self.number + 1
        return batch

    def draw(self) -> None:
        """Draw the next batch now, unless it would only be work for the same processor."""
        if self.drawn is None and self.batches.photos.device.type != "cpu":
            self.drawn = self.batches[self.number]


def shown_once(names: list[str], times: dict[str, float]) -> NDArray[np.intp]:
    """What an epoch shows: the index of each photograph, as often as its group is to be seen.

    Parameters
    ----------
    names : list of str
        Of photographs; the folder that one lies in is its group.
    times : dict
        How often a group is seen, 1 where it isn't named: see `tintype.training.recipe.Groups`.

    Raises
    ------
    TrainingError
        If a group isn't there, or nothing is left.
    """
    groups = [group_of(name) for name in names]
    if unknown := sorted(times.keys() - set(groups)):
        known = ", ".join(sorted(set(groups)))
        msg = f"groups: {unknown[0]!r:.80} is no group of this training set; it has {known:.400}"
        raise TrainingError(msg)
    count: Counter[str] = Counter()
    shown = []
    for i, group in enumerate(groups):
        share = times.get(group, 1)
        before, count[group] = count[group], count[group] + 1
        shown += [i] * (math.floor(count[group] * share) - math.floor(before * share))
    if not shown:
        msg = "groups: none of the photographs is to be shown; give a group a number above 0"
        raise TrainingError(msg)
    return np.array(shown, np.intp)


def order(count: int, seed: int, first: int, number: int) -> NDArray[np.intp]:
    """Which photographs are seen as numbers `first` and on: all once in an epoch, shuffled anew in each."""
    epochs, positions = np.divmod(np.arange(first, first + number), count)
    return np.array(
        [_shuffled(count, seed, int(e))[p] for e, p in zip(epochs, positions, strict=True)], np.intp
    )


@lru_cache(maxsize=4)
def _shuffled(count: int, seed: int, epoch: int) -> NDArray[np.intp]:
    return np.random.default_rng([seed, epoch, 0x5EED]).permutation(count)


def validation_batch(photos: PhotoSet, indices: list[int], view: int) -> Batch:
    """Photographs as they are: the middle square, neither aged nor hinted."""
    lab = np.stack([lab_from_srgb(centered(photos[i], view)) for i in indices]).transpose(0, 3, 1, 2)
    t = torch.from_numpy(np.ascontiguousarray(lab))
    return Batch(t[:, :1].contiguous(), t[:, 1:].contiguous(), torch.zeros(len(indices), 3, view, view))
