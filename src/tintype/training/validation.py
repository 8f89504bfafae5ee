"""Looking at what a network has learned: loss, PSNR over grey, colourfulness, and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tintype.color.decode import enliven, own_gain
from tintype.color.gamut import srgb_from_lab
from tintype.color.lab import Float
from tintype.color.resample import Upsampler
from tintype.dataset.shards import PhotoSet
from tintype.metrics import colorfulness, psnr
from tintype.training.batches import validation_batch
from tintype.training.distributed import Process
from tintype.training.networks.base import ColorNetwork
from tintype.training.objective import Objective
from tintype.training.recipe import Recipe

_AT_ONCE = 8
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Validated:
    """One photograph of the validation split, and what the network made of it.

    Attributes
    ----------
    L : float32, shape (v, v)
    ab : float32, shape (2, v, v)
        The truth.
    guess, vivid : float32, shape (2, v', v')
        Decoded at vividness 0.5 and 1, before any gain.
    lost : float32, shape (v', v')
        How much contrast the guess has lost (`tintype.color.decode.lost_contrast`).
    """

    L: Float
    ab: Float
    guess: Float
    lost: Float
    vivid: Float

    def painted(self, gain: float = 1.0) -> Pixels:
        """The guess as sRGB, uint8 (v, v, 3)."""
        v = self.L.shape[0]
        return paint(self.L, Upsampler(enliven(self.guess, own_gain(gain, self.lost)), v, v).all())

    def true(self) -> Pixels:
        """The truth as sRGB, uint8 (v, v, 3)."""
        return paint(self.L, self.ab)

    def grey(self) -> Pixels:
        """Lightness alone as sRGB, uint8 (v, v, 3)."""
        return paint(self.L, np.zeros_like(self.ab))


def paint(L: Float, ab: Float) -> Pixels:
    """sRGB of lightness (h, w) and chroma (2, h, w), chroma reduced where sRGB ends."""
    rgb = srgb_from_lab(np.stack([L, *ab], axis=-1))
    return np.rint(rgb * 255).astype(np.uint8)


def chosen(photos: PhotoSet, count: int) -> list[int]:
    """Indices of at most `count` photographs, spread evenly over the split."""
    n = min(count, len(photos))
    return [int(i) for i in np.linspace(0, len(photos) - 1, n)] if n else []


@torch.no_grad()
def validate(
    network: ColorNetwork,
    objective: Objective,
    photos: PhotoSet,
    recipe: Recipe,
    process: Process,
    count: int = 0,
) -> Iterator[tuple[float, Validated]]:
    """Show a network photographs of the validation split.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode.
    objective : Objective
    photos : PhotoSet
    recipe : Recipe
        Its `decode` says the view's size and the temperatures.
    process : Process
    count : int
        How many photographs at most; 0 takes the recipe's `length.photos`.

    Yields
    ------
    (loss of the photograph's batch, Validated)
    """
    view = -(-recipe.decode.size // network.multiple) * network.multiple
    temperatures = recipe.decode.matched[0], recipe.decode.vivid[0]
    indices = chosen(photos, count or recipe.length.photos)
    for i in range(0, len(indices), _AT_ONCE):
        batch = validation_batch(photos, indices[i : i + _AT_ONCE], view)
        here = batch.to(process.device)
        with process.precision():
            output = network(*here.inputs(network))
        output = output.float()
        loss = float(objective(output, here)[0])
        guesses, vivid = (objective.colors(output, t).cpu().numpy() for t in temperatures)
        for L, ab, guess, lost, more in zip(
            batch.L.numpy(), batch.ab.numpy(), guesses, objective.lost(output), vivid, strict=True
        ):
            yield loss, Validated(L[0], ab, guess, lost, more)


@dataclass(frozen=True)
class Measured:
    """What a validation found.

    Attributes
    ----------
    loss : float
    delta_psnr : float
        PSNR over that of the grey picture, dB, mean over photographs.
    colorfulness : float
        Mean colourfulness as a share of the true photographs'.
    """

    loss: float
    delta_psnr: float
    colorfulness: float


def measure(pairs: Iterator[tuple[float, Validated]], gain: float) -> tuple[Measured, list[Validated]]:
    """Figures of all photographs, and the first eight of them for a picture."""
    losses, gains, colors, truths = [], [], [], []
    first: list[Validated] = []
    for loss, seen in pairs:
        painted, true = seen.painted(gain), seen.true()
        losses.append(loss)
        gains.append(psnr(true, painted) - psnr(true, seen.grey()))
        colors.append(colorfulness(painted))
        truths.append(colorfulness(true))
        if len(first) < 8:
            first.append(seen)
    share = float(np.mean(colors) / max(float(np.mean(truths)), 1e-6))
    return Measured(float(np.mean(losses)), float(np.mean(gains)), share), first


def fitted_gain(everything: list[Validated], share: float = 1.0) -> float:
    """Gain on chroma at which mean colourfulness is the truth's, or this share of it; between 0.25 and 8."""
    wanted = share * float(np.mean([colorfulness(s.true()) for s in everything]))
    low, high = 0.25, 8.0
    for _ in range(11):
        middle = (low * high) ** 0.5
        found = float(np.mean([colorfulness(s.painted(middle)) for s in everything]))
        low, high = (middle, high) if found < wanted else (low, middle)
    return round((low * high) ** 0.5, 3)
