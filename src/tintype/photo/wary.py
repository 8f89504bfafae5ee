"""Decoders that don't keep to what a header promises are called in a process with a hard limit on memory.

Which they are was measured: `tests/photo/test_wary.py` and `tests/attack` give them files that lie. libvips'
own loaders of JPEG, PNG, WebP, GIF, TIFF and AVIF stream, or refuse what doesn't fit its header; they, and
decoders of our own, are called where we are, and cost nothing more.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tintype.errors import Damaged, OutOfMemory, TooLarge
from tintype.limited import Ended, Servant, inside
from tintype.photo.memory import MB

if TYPE_CHECKING:
    from tintype.settings import Settings

Answer = TypeVar("Answer")

_SECONDS = 600.0  # that a decoder may take for a page
_lock = threading.Lock()
_servants: dict[int, Servant] = {}


def call(settings: Settings | None, name: str, work: Callable[..., Answer], *arguments: object) -> Answer:
    """Call a decoder apart, where it may take `settings.max_memory`; it, and what it gives, can be pickled.

    The process stays for the next photograph. Where this process is limited itself, it is called right here.

    Raises
    ------
    TooLarge
        When it takes more memory or time than it may.
    Damaged
        When it crashes.
    Exception
        What it raises.
    """
    if settings is None or inside():
        return work(*arguments)
    limit = settings.max_memory * MB
    with _lock:
        servant = _servants.get(limit)
        if servant is None:
            for other in _servants.values():
                other.close()
            _servants.clear()
            servant = _servants[limit] = Servant(limit, _SECONDS)
    try:
        return servant.call(work, *arguments)
    except Ended as ended:
        if ended.large:
            raise _too_large(name, settings) from None
        if ended.slow:
            reason = f"its decoder was not done after {_SECONDS:.0f} s"
            raise TooLarge(name, 0, limit=limit, unit="bytes", reason=reason) from None
        called = {s.value: s.name for s in signal.Signals}.get(-ended.code, f"exit code {ended.code}")
        reason = f"its decoder ended ({called}): the file is damaged, or takes more than the "
        reason += f"{settings.max_memory:,} MB allowed"
        raise Damaged(name, called, reason=reason) from None
    except (MemoryError, OutOfMemory):
        raise _too_large(name, settings) from None


def _too_large(name: str, settings: Settings) -> TooLarge:
    reason = f"it takes more memory than the {settings.max_memory:,} MB allowed"
    remedy = "raise max_memory if that is meant, or use a smaller copy"
    return TooLarge(name, 0, limit=settings.max_memory * MB, unit="bytes", reason=reason, remedy=remedy)
