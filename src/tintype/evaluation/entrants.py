"""Who is measured: networks, and baselines that show what numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from tintype.color.gamut import srgb_from_lab
from tintype.color.lab import Float, lab_from_srgb
from tintype.colorizer import Chroma, Colorizer, Sitting
from tintype.errors import PhotoError
from tintype.evaluation.metrics import Truth
from tintype.evaluation.photos import encode
from tintype.metrics import RGB
from tintype.network.descriptor import Prediction
from tintype.settings import Hint, Settings

BASELINES = {
    "grey": "the photograph left grey",
    "mean-color": "the mean colour of all photographs of the set, everywhere",
    "true-ab-stride4": "the true colours, averaged over cells of 4×4 px: what a map at stride 4 could reach",
}
_SPELLED_BEFORE = {"mean-colour": "mean-color"}
_STRIDE = 4
_HINT_SIDE = 7  # px: as Zhang et al. 2017 and the first network's README hint


@dataclass(frozen=True, slots=True)
class Entrant:
    """A network (or several merged), or a baseline.

    Attributes
    ----------
    name : str
        As it was given.
    colorizer : Colorizer
        For a baseline it only paints.
    """

    name: str
    colorizer: Colorizer

    @property
    def is_network(self) -> bool:
        """Whether it has a vividness to turn and a cost to measure."""
        return self.name not in BASELINES

    @property
    def takes_hints(self) -> bool:
        """Whether every network of it has hints as an input."""
        return self.is_network and all(n.descriptor.hints for n in self.colorizer.networks())

    def predict(
        self, sitting: Sitting, hints: tuple[Hint, ...] = (), *, size: int = 0
    ) -> tuple[Prediction, ...]:
        """Ask the networks; a baseline has nothing to say.

        Parameters
        ----------
        size : int
            Short side of the view, px, instead of the setting's; 0 leaves it.
        """
        if not self.is_network:
            return ()
        settings = self.colorizer.resolve(hints=hints)
        return self.colorizer.predict(sitting, settings.replace(size=size) if size else settings)

    def chroma(
        self,
        sitting: Sitting,
        predictions: tuple[Prediction, ...],
        truth: Truth,
        mean: tuple[float, float],
        *,
        vividness: float | None = None,
        hints: tuple[Hint, ...] = (),
    ) -> Chroma:
        """The colours chosen.

        Parameters
        ----------
        mean : tuple of float
            The set's mean ab, for the baseline of that name.
        vividness : float, optional
            Instead of the setting's.
        """
        if self.is_network:
            settings = self.colorizer.resolve(hints=hints)
            if vividness is not None:
                settings = settings.replace(vividness=vividness)
            return self.colorizer.decode(sitting, predictions, settings)[0]
        if self.name == "true-ab-stride4":
            return Chroma(cell_means(truth.lab[..., 1:], _STRIDE), None)
        ab = (0.0, 0.0) if self.name == "grey" else mean
        return Chroma(np.broadcast_to(np.array(ab, np.float32)[:, None, None], (2, 4, 4)).copy(), None)

    def paint(self, sitting: Sitting, chroma: Chroma) -> RGB:
        """The finished picture, uint8 (h, w, 3), at the photograph's size."""
        pixels = self.colorizer.paint(sitting, chroma).to_array()
        return cast("RGB", pixels)  # of 8 bits, as `sit` gave it


def enter(names: tuple[str, ...], settings: Settings) -> list[Entrant]:
    """Open all of them, so that a wrong name is told before the work begins.

    Parameters
    ----------
    names : tuple of str
        Names of networks, paths, several of these with commas (merged), or `BASELINES`.

    Raises
    ------
    NetworkError
    """
    # The kept lightness must be the truth's own, whatever the photograph is measured to be.
    common = settings.replace(grey="lightness", candidates=1, hints=())
    found = []
    for name in dict.fromkeys(_SPELLED_BEFORE.get(name, name) for name in names):
        colorizer = Colorizer(common if name in BASELINES else common.replace(model=name))
        entrant = Entrant(name, colorizer)
        if entrant.is_network:
            colorizer.networks()
        found.append(entrant)
    return found


def sit(colorizer: Colorizer, truth: Truth) -> Sitting:
    """Put a true photograph in front of the camera; its colours stay behind."""
    sittings = colorizer.prepare(encode(truth.rgb), name=truth.name)
    if len(sittings) != 1:
        msg = f"{truth.name}: {len(sittings)} pages where one was expected"
        raise PhotoError(msg)
    return sittings[0]


def cell_means(ab: Float, stride: int) -> Float:
    """Means of ab (h, w, 2) over cells of about stride × stride px: float32 (2, h', w')."""
    means = ab.astype(np.float64)
    for axis in (0, 1):
        length = ab.shape[axis]
        count = max(1, round(length / stride))
        edges = np.round(np.arange(count) * (length / count)).astype(int)
        sizes = np.diff(np.append(edges, length))
        means = np.add.reduceat(means, edges, axis=axis) / np.expand_dims(sizes, tuple({0, 1, 2} - {axis}))
    return np.ascontiguousarray(means.transpose(2, 0, 1), dtype=np.float32)


def random_hints(truth: Truth, count: int, seed: int) -> tuple[Hint, ...]:
    """Squares of 7×7 px at random places, each with the true mean colour there.

    The first hints are the same for every count, so that curves over counts are of one photograph.
    """
    height, width = truth.lab.shape[:2]
    # The name takes part, not the place in the list: adding photographs changes no other's hints.
    random = np.random.default_rng([seed, *truth.name.encode()])
    half = _HINT_SIDE // 2
    hints = []
    for _ in range(count):
        row = int(random.integers(min(half, height // 2), max(height - half, height // 2 + 1)))
        col = int(random.integers(min(half, width // 2), max(width - half, width // 2 + 1)))
        patch = truth.lab[max(row - half, 0) : row + half + 1, max(col - half, 0) : col + half + 1]
        mean = patch.reshape(-1, 3).mean(axis=0).astype(np.float32)
        r, g, b = (int(c) for c in np.rint(srgb_from_lab(mean[None])[0] * 255))
        hints.append(Hint(col + 0.5, row + 0.5, (r, g, b), _HINT_SIDE / 2))
    return tuple(hints)


def mean_ab(rgb: RGB) -> Float:
    """Mean a and b of a picture."""
    return np.asarray(lab_from_srgb(rgb)[..., 1:].reshape(-1, 2).mean(axis=0))
