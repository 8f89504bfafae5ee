"""Memory given back to the system; by itself the C library keeps what was freed, for each thread apart."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from contextlib import suppress


def give_back() -> None:
    """Return what is free to the system, where the C library can (glibc)."""
    gc.collect()
    if found := _function("malloc_trim"):
        found(0)


def _function(name: str) -> Callable[..., object] | None:
    if sys.platform != "linux":
        return None
    with suppress(OSError, AttributeError):
        found: Callable[..., object] = getattr(ctypes.CDLL(None), name)
        return found
    return None
