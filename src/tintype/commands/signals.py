"""Being told to stop: Ctrl-C, SIGTERM and a closed terminal (SIGHUP) all end a command in the same order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_IMPORTLIB = "<frozen importlib"
_CALLED_BY_VIPS = ("_log_handler_callback", "_marshal_")
"""How the names of what libvips calls in pyvips begin: its log, and what it reads from and writes to."""


class Terminated(KeyboardInterrupt):
    """The system asked the command to end, as Ctrl-C does.

    Attributes
    ----------
    number : int
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Raise `Terminated` in here for SIGTERM and SIGHUP, so that what is half done is tidied away.

    Ctrl-C raises KeyboardInterrupt as ever, but later where Python would drop it. A signal that somebody set
    otherwise (``nohup`` ignores SIGHUP) stays so; outside the main thread, where Python hears no signals,
    nothing changes.
    """

    again: dict[int, threading.Timer] = {}

    def end(number: int, frame: FrameType | None) -> None:
        earlier = again.pop(number, None)
        if earlier is not None:
            earlier.cancel()
        if _dropped(frame):
            again[number] = once_more = threading.Timer(0.01, signal.raise_signal, (number,))
            once_more.daemon = True
            once_more.start()
            return
        raise _ended_by(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    plain = {s: signal.getsignal(s) for s in (signal.SIGINT, *_ENDING)}
    plain = {s: was for s, was in plain.items() if was in (signal.SIG_DFL, signal.default_int_handler)}
    for number in plain:
        signal.signal(number, end)
    try:
        yield
        if again:
            raise _ended_by(next(iter(again)))
    finally:
        for once_more in again.values():  # or it would hit whoever comes next
            once_more.cancel()
        for number, was in plain.items():
            signal.signal(number, was)


def _ended_by(number: int) -> KeyboardInterrupt:
    return KeyboardInterrupt() if number == signal.SIGINT else Terminated(number)


def _dropped(frame: FrameType | None) -> bool:
    """Whether what rises here is lost.

    It is printed and forgotten in finalizers, and in callbacks of weak references and of native libraries,
    and becomes another error in what a class tells its attributes (`__set_name__`, until Python 3.12).
    importlib has such a callback, `cb`, for the lock of each module that it loads.
    """
    while frame is not None:
        code = frame.f_code
        if code.co_name in ("__del__", "__set_name__") or (
            code.co_name == "cb" and code.co_filename.startswith(_IMPORTLIB)
        ):
            return True
        if code.co_name.startswith(_CALLED_BY_VIPS) and "pyvips" in code.co_filename:
            return True
        frame = frame.f_back
    return False


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Turn the first signal to stop into a flag that a progress callback asks for; the second acts at once.

    An exception that rose in the middle of a native library's callback could be lost there. When the block
    is left and the flag is up, KeyboardInterrupt (of SIGTERM and SIGHUP: `Terminated`) is raised.
    """
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped.is_set
        return
    first: list[int] = []
    before = {s: signal.getsignal(s) for s in (signal.SIGINT, *_ENDING)}
    heard = [s for s, handler in before.items() if handler not in (signal.SIG_IGN, None)]

    def stop(number: int, frame: FrameType | None) -> None:
        first.append(number)
        stopped.set()
        for each in heard:
            signal.signal(each, before[each])

    for number in heard:
        signal.signal(number, stop)
    try:
        yield stopped.is_set
    finally:
        for number in heard:
            signal.signal(number, before[number])
        if first:
            raise _ended_by(first[0])
