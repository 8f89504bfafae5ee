"""The libraries of the extra ``film``, imported when they are first needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from tintype.errors import MissingExtra


def av() -> ModuleType:
    """PyAV: FFmpeg's libraries. Raises MissingExtra."""
    return _load("av", "PyAV")


def cv2() -> ModuleType:
    """OpenCV, for optical flow and resizing alone. Raises MissingExtra."""
    module = _load("cv2", "OpenCV")
    module.setNumThreads(1)  # frames are what runs side by side
    return module


def _load(name: str, package: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtra("film", package=package, purpose="colouring films") from error
