"""How many connections the studio holds, and how long it waits for slow ones; uvicorn waits for ever."""

from __future__ import annotations

import asyncio
import errno
import logging
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from tintype.studio.limits import Limits

log = logging.getLogger("tintype.studio")

_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_RESERVED = 24  # descriptors for photographs, temporary files, zips and libraries
_WANTED = 4096  # descriptors; macOS gives a process 256 unless asked
_TOLD_EACH = 60.0  # s


def allowed(limits: Limits) -> tuple[int, int]:
    """Return how many connections may be open, and how many may wait, with the descriptors that there are.

    Everybody who connects takes a descriptor of the process; without any left, no file can be opened.
    """
    if sys.platform == "win32":
        return limits.connections, 128
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _WANTED:
        more = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = 16
    with suppress(OSError):
        used = sum(1 for _ in Path("/dev/fd").iterdir())
    spare = max(soft - used - _RESERVED, 8) if soft != resource.RLIM_INFINITY else 1 << 20
    # asyncio accepts as many at one go as may wait, before any of them is looked at.
    waiting = min(128, max(4, spare // 3))
    return min(limits.connections, max(4, spare - waiting)), waiting


class Bounded(H11Protocol):
    """uvicorn's protocol with bounds; `protocol` makes the class that knows them."""

    limits: Limits
    most: int

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.since, self.received, self.last = time.monotonic(), 0, time.monotonic()
        self.timer: asyncio.TimerHandle | None = None
        self._wait()
        held = [c for c in self.connections if isinstance(c, Bounded) and not c.transport.is_closing()]
        if len(held) > self.most:
            idle = [c for c in held if c is not self and c.idle]
            if idle:  # who has waited longest without asking anything makes room
                min(idle, key=lambda c: c.since).transport.abort()
            else:
                transport.write(_BUSY)
                transport.close()

    def send_400_response(self, msg: str) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            # A body broke HTTP: what the application would still answer has nowhere to go.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unset()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if self.idle and self.timer is None:  # the next request on a connection that was kept
            self.since, self.received = now, 0
        self.last = now
        self.received += len(data)
        try:
            super().data_received(data)
        except h11.LocalProtocolError:  # a body that breaks HTTP when its answer is under way already
            self.transport.abort()
        self._wait()

    @property
    def idle(self) -> bool:
        """Whether no request has been read yet, or the last one is answered."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def uploading(self) -> bool:
        return not self.idle and self.conn.their_state is h11.SEND_BODY

    def _wait(self) -> None:
        """Wait for the rest of what is being sent, but not for ever."""
        self._unset()
        if self.transport.is_closing() or not (self.idle or self.uploading):
            return
        due = self.since + self.limits.header_seconds
        if self.uploading:
            slowest = self.since + self.limits.body_seconds + self.received / self.limits.body_rate
            due = min(slowest, self.last + self.limits.body_seconds)
        self.timer = self.loop.call_later(max(0.0, due - time.monotonic()), self._expire)

    def _unset(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _expire(self) -> None:
        self.timer = None
        if self.flow.read_paused:  # it is we who are slow
            self.last = time.monotonic()
            self.since = self.last
            self._wait()
        elif self.idle:
            self.transport.write(_SLOW)
            self.transport.close()
        elif self.uploading:
            self.transport.abort()


def protocol(limits: Limits, most: int) -> type[H11Protocol]:
    """Return uvicorn's protocol with bounds: see `Limits`; `most` connections are held."""
    return type("Bounded", (Bounded,), {"limits": limits, "most": most})


def quiet_when_full(loop: asyncio.AbstractEventLoop) -> None:
    """Say once a minute that descriptors are used up; asyncio would print a traceback for each refusal."""
    told = -_TOLD_EACH

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal told
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in (errno.EMFILE, errno.ENFILE):
            loop.default_exception_handler(context)
        elif time.monotonic() - told >= _TOLD_EACH:
            told = time.monotonic()
            log.warning("too many connections: the system gives no more descriptors; see ulimit -n")

    loop.set_exception_handler(handle)
