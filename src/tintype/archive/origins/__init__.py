"""Sources of archives: one module a kind, with a function ``opened`` that takes what it knows.

>>> open_origin(".").title
'.'
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from tintype.errors import FileMissing, SettingsError

if TYPE_CHECKING:
    from tintype.archive.model import PhotoSource

ORIGINS = ("listed", "tars", "iiif", "bag", "store", "folder")
"""Modules of this package, in the order in which they are asked."""


def open_origin(text: str) -> PhotoSource:
    """Return the source that a text names. Raises TintypeError."""
    for name in ORIGINS:
        found: PhotoSource | None = import_module(f"{__name__}.{name}").opened(text)
        if found is not None:
            return found
    if os.path.lexists(text):
        msg = f"{text}: nothing that photographs are listed from: lists are called .csv, .jsonl or .parquet, "
        msg += "tar files .tar, IIIF manifests .json"
        raise SettingsError(msg, name=text)
    raise FileMissing(text)
