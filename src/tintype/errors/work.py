"""Errors about longer work: films, training sets, training."""

from __future__ import annotations

from tintype.errors.base import TintypeError


class FilmError(TintypeError):
    """A film can't be read, coloured or written: the message names it and says what to do."""


class NotAFilm(FilmError):
    """What was given holds no moving pictures that can be decoded."""


class FilmChanged(FilmError):
    """Work that was broken off can't be gone on with: something that its result depends on is another now.

    Parameters
    ----------
    name : str
    differs : str
        What: ``source``, ``settings``, ``film`` (its options), ``network_sha256``, ``program``, ``ffmpeg``, …
    """

    def __init__(self, name: str, differs: str, *, reason: str, remedy: str) -> None:
        super().__init__(name=name, reason=reason, remedy=remedy)
        self.differs = differs


class DatasetError(TintypeError):
    """Photographs to learn from, or a training set, can't be used: the message says which and what to do."""


class TrainingError(TintypeError):
    """A recipe or training run can't be used: the message names it and says what to do."""
