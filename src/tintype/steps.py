"""The values that travel between the steps: a sitting, the colors chosen for it, what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pyvips

from tintype.color.lab import Float, L_from_grey
from tintype.notes import Note
from tintype.photo.errors import translate
from tintype.photo.grey import grey
from tintype.photo.model import Photo
from tintype.photo.tone import Tone
from tintype.sources import Source

Progress: TypeAlias = Callable[[float], bool | None]
"""Called with the share done, 0-1; returning False cancels."""

StageProgress: TypeAlias = Callable[[str, int, int], bool | None]
"""Called with what is going on, how many are done, and of how many; returning False cancels."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One photograph in front of the camera: read and measured, ready to be colored again and again.

    Attributes
    ----------
    photo : Photo
    tone : Tone
        Which grey is taken from it.
    source : Source or None
        What it was read from.
    """

    photo: Photo
    tone: Tone
    source: Source | None = field(default=None, kw_only=True, repr=False)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the user should know of the photograph."""
        return (*self.photo.notes, *self.tone.notes)

    @property
    def in_color(self) -> bool:
        """Whether the photograph was measured to be in color already."""
        return self.tone.kind == "color"

    def view(self, height: int, width: int) -> Float:
        """Return the lightness of a small view, float32 (height, width), 0-100."""
        with translate(self.photo.name):
            view = self.photo.thumbnail(width, height, bits=16)
            small = grey(view, self.tone, width / self.photo.width)
            return L_from_grey(small.numpy().reshape(height, width))

    def grey(self, height: int = 0, width: int = 0) -> pyvips.Image:
        """Return the grey picture whose lightness is kept, one band: full size, or a smaller one."""
        whole = not height or (height, width) == (self.photo.height, self.photo.width)
        if whole:
            return grey(self.photo.open(), self.tone)
        return grey(self.photo.thumbnail(width, height), self.tone, width / self.photo.width)


@dataclass(frozen=True, slots=True)
class Chroma:
    """Chosen colors: what is painted over the lightness.

    Attributes
    ----------
    ab : float32, shape (2, h, w)
        Chroma in Lab units; the map covers the whole photograph, whatever its size.
    confidence : float32, shape (h, w), or None
        0-1; None where the network gives no distribution.
    """

    ab: Float
    confidence: Float | None


@dataclass(frozen=True, slots=True)
class ColoredPage:
    """One page of a photograph and the colors chosen for it.

    Attributes
    ----------
    sitting : Sitting
    choices : tuple of Chroma
        The network's own choice first, then the further proposals; empty: the page is left as it is.
    """

    sitting: Sitting
    choices: tuple[Chroma, ...] = ()

    def choice(self, index: int) -> Chroma | None:
        """Return the proposal of that index, the last one where there are fewer; None: left as it is."""
        return self.choices[min(index, len(self.choices) - 1)] if self.choices else None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one photograph.

    Attributes
    ----------
    targets : tuple of Path
        Files written, the first proposal first.
    data : bytes or None
        The encoded result where no path was asked for.
    notes : tuple of str
        What the user should know: anything reduced, assumed or left out.
    pages : tuple of ColoredPage
        What was painted, so that a comparison or a confidence map needs no second run.
    """

    targets: tuple[Path, ...] = ()
    data: bytes | None = None
    notes: tuple[Note, ...] = ()
    pages: tuple[ColoredPage, ...] = field(default=(), repr=False)
