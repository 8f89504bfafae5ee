"""Tintype: colour for black-and-white photographs, in CIE Lab, with the lightness kept.

>>> import tintype
>>> tintype.Settings(vividness=0.6).vividness
0.6

The names below are loaded when they are first used, so that ``import tintype`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tintype._version import __version__

if TYPE_CHECKING:
    from tintype.colorizer import Chroma, Colorizer, Result, Sitting, colorize
    from tintype.errors import (
        AlreadyInColor,
        Cancelled,
        CredentialsError,
        Damaged,
        DamagedNetwork,
        DatasetError,
        DeviceMissing,
        DiskFull,
        FileMissing,
        FilmChanged,
        FilmError,
        MissingDecoder,
        MissingExtra,
        NetworkError,
        NetworkTooSlow,
        NoCredentials,
        NoDescriptor,
        NotAFilm,
        NotAPhotograph,
        NotReplaceable,
        OutOfMemory,
        PhotoError,
        SettingsError,
        TargetExists,
        TintypeError,
        TooLarge,
        TrainingError,
        UnknownNetwork,
        UnsupportedFormat,
    )
    from tintype.film.job import FilmJob, FilmResult
    from tintype.film.options import FilmHint, FilmOptions, Span
    from tintype.network.descriptor import Prediction
    from tintype.photo.tone import Tone
    from tintype.settings import Hint, Settings, SettingsDict

__all__ = [
    "AlreadyInColor",
    "Cancelled",
    "Chroma",
    "Colorizer",
    "CredentialsError",
    "Damaged",
    "DamagedNetwork",
    "DatasetError",
    "DeviceMissing",
    "DiskFull",
    "FileMissing",
    "FilmChanged",
    "FilmError",
    "FilmHint",
    "FilmJob",
    "FilmOptions",
    "FilmResult",
    "Hint",
    "MissingDecoder",
    "MissingExtra",
    "NetworkError",
    "NetworkTooSlow",
    "NoCredentials",
    "NoDescriptor",
    "NotAFilm",
    "NotAPhotograph",
    "NotReplaceable",
    "OutOfMemory",
    "PhotoError",
    "Prediction",
    "Result",
    "Settings",
    "SettingsDict",
    "SettingsError",
    "Sitting",
    "Span",
    "TargetExists",
    "TintypeError",
    "Tone",
    "TooLarge",
    "TrainingError",
    "UnknownNetwork",
    "UnsupportedFormat",
    "__version__",
    "colorize",
]

_HOMES = {
    "colorizer": ("Chroma", "Colorizer", "Result", "Sitting", "colorize"),
    "film.job": ("FilmJob", "FilmResult"),
    "film.options": ("FilmHint", "FilmOptions", "Span"),
    "network.descriptor": ("Prediction",),
    "photo.tone": ("Tone",),
    "settings": ("Hint", "Settings", "SettingsDict"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}
_MODULES |= {name: "errors" for name in __all__ if name not in _MODULES and name != "__version__"}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        msg = f"module 'tintype' has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(f"tintype.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
