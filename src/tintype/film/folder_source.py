"""A folder of frames as a film: read by the code that reads photographs, one file a frame."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import numpy as np

from tintype.errors import NotAFilm, PhotoError
from tintype.film.dependencies import cv2
from tintype.film.folder import FrameFolder, state_of
from tintype.film.info import FilmInfo
from tintype.film.luma import Encoding, Plane
from tintype.notes import Note
from tintype.photo.model import Photo
from tintype.photo.tone import Tone, measure
from tintype.settings import Settings
from tintype.sources import open_source
from tintype.steps import Sitting

_BT709, _SRGB = 1, 13  # ITU-T H.273, tables 2 and 3: the primaries and the transfer of sRGB
_TRIED = 8  # frames that are tried, from the middle on, for one that can be read


def probe(folder: FrameFolder, rate: Fraction, settings: Settings) -> FilmInfo:
    """Look at one frame: its size and depth are those of the film, and its grey is taken from all.

    Raises
    ------
    NotAFilm, OSError
    """
    photo, tone = _example(folder, settings)
    return FilmInfo(
        path=folder.path,
        width=photo.width,
        height=photo.height,
        pixel_aspect=Fraction(1),
        rotation=0,
        encoding=Encoding("bt709", full=False, bits=10 if photo.bits == 16 else 8),
        rate=rate,
        time_base=1 / rate,
        frames=len(folder.files),
        interlaced=False,
        fingerprint=state_of(folder.path),
        tags={"color_primaries": _BT709, "color_trc": _SRGB},
        folder=folder,
        tone=tone,
    )


def _example(folder: FrameFolder, settings: Settings) -> tuple[Photo, Tone]:
    paths = list(folder.files.values())
    middle = len(paths) // 2
    problem: PhotoError | None = None
    for path in (paths[middle:] + paths[:middle])[:_TRIED]:
        try:
            photo = open_source(path).photos(settings.replace(page=1))[0]
            return photo, measure(photo, settings.grey, invert=settings.invert)
        except PhotoError as error:
            problem = error
    reason = f"none of its frames can be read ({problem})"
    raise NotAFilm(name=str(folder.path), reason=reason, remedy="export them anew") from problem


def sitting_of(info: FilmInfo, number: int, settings: Settings) -> Sitting:
    """One frame as a photograph, its grey taken as from all. Raises PhotoError."""
    assert info.folder is not None and info.tone is not None
    source = open_source(info.folder.files[number])
    return Sitting(source.photos(settings.replace(page=1))[0], info.tone, source=source)


class FolderReader:
    """Frames of a folder in the order of their numbers, as luma: see `film.source.Reader`."""

    def __init__(self, info: FilmInfo, settings: Settings) -> None:
        self.info = info
        self.damaged = 0
        self.cut_short = False
        self._settings = settings
        self._see_through = self._resized = 0

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the frames read so far have in common with no film."""
        assert self.info.folder is not None and self.info.tone is not None
        notes = list(self.info.folder.notes())
        if self._see_through:
            told = f"{self._see_through} frames have transparency: frames keep it, a film has none"
            notes.append(Note(told, "see_through", n=self._see_through))
        if self._resized:
            size = f"{self.info.width} × {self.info.height}"
            told = f"{self._resized} frames have another size than {size}: frames keep theirs, a film can't"
            notes.append(Note(told, "other_size", n=self._resized, size=size))
        if self.info.tone.kind == "color":
            notes.append(Note("the frames are in colour already, and are coloured anew", "film_color"))
        if self.info.tone.negative:
            notes.append(Note("the frames look like negatives; --invert turns them", "negative"))
        return tuple(notes)

    def frames(self, start: int | None = None) -> Iterator[tuple[int, Plane]]:
        """Number of each frame, counted from the first, and its luma; what can't be read is passed over."""
        assert self.info.folder is not None
        self.damaged = self._see_through = self._resized = 0
        for number in self.info.folder.files:
            pts = number - self.info.folder.first
            if start is not None and pts < start:
                continue
            try:
                luma = self._luma(number)
            except PhotoError:
                self.damaged += 1
                continue
            yield pts, luma

    def _luma(self, number: int) -> Plane:
        sitting = sitting_of(self.info, number, self._settings)
        grey = sitting.grey().numpy().reshape(sitting.photo.height, sitting.photo.width)
        self._see_through += sitting.photo.has_alpha
        if grey.shape != (self.info.height, self.info.width):
            self._resized += 1
            grey = cv2().resize(grey, (self.info.width, self.info.height), interpolation=cv2().INTER_AREA)
        deep = self.info.encoding.bits > 8
        black, white, _ = self.info.encoding.span
        most = np.iinfo(grey.dtype).max
        codes = np.rint(np.arange(most + 1) * (white / most) + black)
        return cast(Plane, codes.astype(np.uint16 if deep else np.uint8)[grey])
