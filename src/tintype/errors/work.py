"""Errors about films, training sets, training, and credentials."""

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


class CredentialsError(TintypeError):
    """Content Credentials can't be made or read, or don't hold: the message says which and what to do."""


class NoCredentials(CredentialsError):
    """A file has no Content Credentials."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, reason="there are no Content Credentials in this file")


class DatasetError(TintypeError):
    """Photographs to learn from, or a training set, can't be used: the message says which and what to do."""


class TrainingError(TintypeError):
    """A recipe or training run can't be used: the message names it and says what to do."""
