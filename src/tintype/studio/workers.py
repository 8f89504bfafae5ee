"""Work off the event loop: a bounded crowd of threads, tickets that can be cancelled."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import Request

from tintype.studio.problems import ApiError

Value = TypeVar("Value")


class Ticket:
    """Whether somebody still waits for a piece of work; cancelled with a reason."""

    def __init__(self) -> None:
        self._reason: ApiError | None = None

    def cancel(self, reason: ApiError) -> None:
        """Nobody waits any more."""
        self._reason = self._reason or reason

    def check(self) -> None:
        """Raise the reason if the ticket was cancelled."""
        if self._reason is not None:
            raise self._reason

    def going(self, share: float = 0.0) -> bool:
        """A progress callback for the library: False once the ticket is cancelled."""
        return self._reason is None


def _superseded() -> ApiError:
    return ApiError(409, "superseded", "A newer request for this photograph takes its place.")


class Workers:
    """Threads for what a person waits for.

    Parameters
    ----------
    waiting : int
        How many pieces of work may be under way or wait; one more is refused with 429.
    threads : int
        0 takes one a core, at least two.
    """

    def __init__(self, waiting: int, threads: int = 0) -> None:
        self.waiting, self._pending = waiting, 0
        self._threads = threads or max(2, os.cpu_count() or 1)
        self._pool: ThreadPoolExecutor | None = None
        self._latest: dict[object, Ticket] = {}
        self._lock = threading.Lock()

    async def run(self, request: Request, work: Callable[[Ticket], Value], *, newest: object = None) -> Value:
        """Run `work` on a thread and give its result.

        Parameters
        ----------
        request : Request
            Whose client waits; when it goes away, the ticket is cancelled.
        work : callable
            Gets the ticket, and checks it between its steps.
        newest : hashable, optional
            A request with an equal one cancels the tickets before it.

        Raises
        ------
        ApiError
            429 when too much waits already; 409 when superseded.
        """
        if self._pending >= self.waiting:
            text = "The studio is busy; try again in a moment."
            raise ApiError(429, "busy", text, {"retry-after": "1"})
        ticket = Ticket()
        if newest is not None:
            with self._lock:
                before = self._latest.pop(newest, None)
                self._latest[newest] = ticket
            if before is not None:
                before.cancel(_superseded())

        def step() -> Value:
            ticket.check()
            return work(ticket)

        self._pending += 1
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, "studio")
        future = asyncio.get_running_loop().run_in_executor(self._pool, step)
        watch = asyncio.ensure_future(_gone(request))
        try:
            waited: set[asyncio.Future[Any]] = {future, watch}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if not future.done():
                ticket.cancel(ApiError(499, "client_gone", "Nobody waits for this any more."))
            return await future
        except asyncio.CancelledError:
            ticket.cancel(ApiError(499, "client_gone", "Nobody waits for this any more."))
            raise
        finally:
            self._pending -= 1
            watch.cancel()
            if newest is not None:
                with self._lock:
                    if self._latest.get(newest) is ticket:
                        del self._latest[newest]

    def close(self) -> None:
        """Let nobody wait any more."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


async def _gone(request: Request) -> None:
    """Return when the client has gone away; its body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
