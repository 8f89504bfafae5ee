"""Errors that Tintype raises. Each message names the file and the value, and says what to do."""

from __future__ import annotations


class TintypeError(Exception):
    """Base of every error that Tintype raises on purpose."""


class PhotoError(TintypeError):
    """A photograph can't be read or written: the message names it and says what to do."""


class SettingsError(TintypeError, ValueError):
    """A setting has a value outside its range, or settings contradict one another."""


class NetworkError(TintypeError):
    """A network is unknown, missing, damaged, or can't take what it was given."""


class Cancelled(TintypeError):  # noqa: N818 - an outcome that the caller asked for, not a fault
    """The caller's progress callback asked to stop."""


class TrainingError(TintypeError):
    """A data set, recipe or training run can't be used: the message names it and says what to do."""
