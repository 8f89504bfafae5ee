"""What the studio keeps in memory: a bounded cache, the things used longest ago leave first."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")
Key = tuple[Hashable, ...]


class Cache:
    """A cache with a bound in bytes; keys are tuples that begin with what they belong to.

    Parameters
    ----------
    limit : int
        Bytes; a single thing larger than this is not kept.
    idle : float
        Seconds after which `tidy` drops what nobody used.
    """

    def __init__(self, limit: int, idle: float = float("inf")) -> None:
        self.limit, self.idle, self.used = limit, idle, 0
        self._things: OrderedDict[Key, tuple[Any, int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, key: Key, make: Callable[[], Value], size: Callable[[Value], int]) -> Value:
        """What stands at `key`, made now if it is not there. Two threads may both make it; one is kept."""
        with self._lock:
            if key in self._things:
                value, count, _ = self._things[key]
                self._things[key] = value, count, time.monotonic()
                self._things.move_to_end(key)
                return value
        made = make()
        count = size(made)
        with self._lock:
            if count <= self.limit and key not in self._things:
                self._things[key] = made, count, time.monotonic()
                self.used += count
                while self.used > self.limit:
                    self._pop(next(iter(self._things)))
        return made

    def latest(self, *start: Hashable) -> Any:
        """What was used last of everything whose key begins so; None if there is nothing."""
        with self._lock:
            found = (thing for key, thing in reversed(self._things.items()) if key[: len(start)] == start)
            return next(found, (None,))[0]

    def drop(self, *start: Hashable) -> None:
        """Forget everything whose key begins so."""
        with self._lock:
            for key in [k for k in self._things if k[: len(start)] == start]:
                self._pop(key)

    def tidy(self) -> int:
        """Forget what was not used for `idle` seconds; return how many things that were."""
        old = time.monotonic() - self.idle
        with self._lock:
            unused = [k for k, (_, _, used) in self._things.items() if used < old]
            for key in unused:
                self._pop(key)
        return len(unused)

    def __contains__(self, key: Key) -> bool:
        return key in self._things

    def __len__(self) -> int:
        return len(self._things)

    def _pop(self, key: Key) -> None:
        self.used -= self._things.pop(key)[1]
