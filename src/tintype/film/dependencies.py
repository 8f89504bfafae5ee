"""The libraries of the extra ``film``, imported when they are first needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from tintype.errors import TintypeError


class FilmError(TintypeError):
    """A film can't be read, coloured or written: the message names it and says what to do."""


def av() -> ModuleType:
    """PyAV: FFmpeg's libraries. Raises FilmError where it is missing."""
    return _load("av")


def cv2() -> ModuleType:
    """OpenCV, for optical flow alone. Raises FilmError where it is missing."""
    module = _load("cv2")
    module.setNumThreads(1)  # frames are what runs side by side
    return module


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        msg = f"films need the extra film ({error}); install it: pip install 'tintype[film]'"
        raise FilmError(msg) from error
