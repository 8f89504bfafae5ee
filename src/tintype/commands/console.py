"""What commands say, on stderr and on stdout, and a Ctrl-C that leaves nothing half done (bars: `bars`)."""

from __future__ import annotations

import errno
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from tintype.commands.signals import interruptible

if TYPE_CHECKING:
    from tintype.archive.report import Line

Answer = TypeVar("Answer")
Share = Callable[[float], bool]
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def say(message: str) -> None:
    """One line on stderr; of what names may hold, nothing that a terminal obeys or that turns the line."""
    click.echo(_OBEYED.sub("\N{REPLACEMENT CHARACTER}", " ".join(message.split())), err=True)


def listening(work: Callable[[], Answer]) -> Answer:
    """Call `work` in a thread of its own and wait for it.

    Python hears signals in the main thread alone, and there only between two steps of its own: while libvips
    writes for a minute, Ctrl-C would wait for the end.
    """
    box: Future[Answer] = Future()

    def call() -> None:
        try:
            box.set_result(work())
        except BaseException as error:  # handed over, and raised where it is waited for
            box.set_exception(error)

    threading.Thread(target=call, daemon=True).start()
    return box.result()


@contextmanager
def photo_bar(name: str, *, quiet: bool = False) -> Iterator[Share]:
    """A bar for one photograph, where stderr is a terminal; the callback takes the share done, 0-1."""
    if quiet or not sys.stderr.isatty():
        with interruptible() as stopped:
            yield lambda share: not stopped()
        return
    from tintype.commands.bars import progress  # with rich: only where there is something to see

    with interruptible() as stopped, progress() as bars:
        task = bars.add_task(name, total=1.0)

        def show(share: float) -> bool:
            bars.update(task, completed=share)
            return not stopped()

        yield show


def to_stdout(data: bytes) -> None:
    """Write all of it to stdout, or fail: unbuffered, the system may take a part and say no more.

    Raises OSError that names it.
    """
    rest = memoryview(data)
    try:
        while rest:
            count = sys.stdout.buffer.write(rest)
            if not count:
                raise OSError(errno.EAGAIN, "it takes no more")
            rest = rest[count:]
        sys.stdout.buffer.flush()
    except OSError as error:
        raise OSError(error.errno, error.strerror, "<stdout>") from error


def emit(line: Line) -> None:
    """One photograph as a line of JSON on stdout, for other programs."""
    click.echo(json.dumps(line.to_json()))
