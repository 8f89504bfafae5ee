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
    from tintype.colorizer import Colorizer, Result, colorize
    from tintype.errors import Cancelled, NetworkError, PhotoError, SettingsError, TintypeError
    from tintype.settings import Hint, Settings

__all__ = [
    "Cancelled",
    "Colorizer",
    "Hint",
    "NetworkError",
    "PhotoError",
    "Result",
    "Settings",
    "SettingsError",
    "TintypeError",
    "__version__",
    "colorize",
]

_HOMES = {
    "Colorizer": "colorizer",
    "Result": "colorizer",
    "colorize": "colorizer",
    "Hint": "settings",
    "Settings": "settings",
} | dict.fromkeys(("Cancelled", "NetworkError", "PhotoError", "SettingsError", "TintypeError"), "errors")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module 'tintype' has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(f"tintype.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
