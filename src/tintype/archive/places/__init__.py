"""Destinations of archives: one module a kind, with a function ``opened`` that takes what it knows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tintype.errors import SettingsError

if TYPE_CHECKING:
    from tintype.archive.model import Destination

PLACES = ("bag", "tars", "store", "local")
"""Modules of this package, in the order in which they are asked."""


def open_place(text: str) -> Destination:
    """Return the destination that a text names. Raises TintypeError."""
    for name in PLACES:
        found: Destination | None = import_module(f"{__name__}.{name}").opened(text)
        if found is not None:
            return found
    msg = f"{text}: no destination for an archive; name a folder, an address, bag:FOLDER or tar:FOLDER"
    raise SettingsError(msg, name=text)
