"""What commands show on stderr: bars, tables, and a Ctrl-C that leaves nothing half done."""

from __future__ import annotations

import errno
import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.progress import TimeRemainingColumn as TimeLeft
from rich.table import Table
from rich.text import Text

from tintype.commands.signals import interruptible

if TYPE_CHECKING:
    from tintype.archive.report import Line

Answer = TypeVar("Answer")
Share = Callable[[float], bool]


def console() -> Console:
    """A console on stderr; stdout is for pictures."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(message: str) -> None:
    """One line on stderr, as it is (names may hold brackets that rich would take for markup)."""
    console().print(Text(" ".join(message.split())))


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


def progress(*columns: str | ProgressColumn, shown: bool | None = None, transient: bool = True) -> Progress:
    """Return a bar on stderr with what is done and the columns given behind it; every command's is made here.

    Parameters
    ----------
    *columns : str or rich column
    shown : bool, optional
        Where stderr is a terminal unless told.
    transient : bool
        Whether it goes when all is done.
    """
    hidden = not (sys.stderr.isatty() if shown is None else shown)
    description = TextColumn("{task.description}", markup=False)
    return Progress(
        description, BarColumn(), *columns, console=console(), transient=transient, disable=hidden
    )


def counted() -> tuple[ProgressColumn, ...]:
    """Return columns for things that are counted: how many, how fast, and the time left."""
    return MofNCompleteColumn(), _Rate(), TextColumn("left"), TimeLeft(elapsed_when_finished=True)


@contextmanager
def stages(*columns: str | ProgressColumn, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback that takes what is being done, how many are done, and of how many: a bar for each.

    A stage that begins anew (1 done) gets a new bar.
    """
    with progress(*(columns or counted()), shown=False if quiet else None) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks or (done == 1 and bars.tasks[tasks[what]].completed > 1):
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield tell


@contextmanager
def photo_bar(name: str, *, quiet: bool = False) -> Iterator[Share]:
    """A bar for one photograph, where stderr is a terminal; the callback takes the share done, 0-1."""
    with interruptible() as stopped, progress(shown=False if quiet else None) as bars:
        task = bars.add_task(name, total=1.0)

        def show(share: float) -> bool:
            bars.update(task, completed=share)
            return not stopped()

        yield show


@contextmanager
def film_bar(name: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], bool]]:
    """A bar with frames a second and time left; the callback takes what is done, frames done and in all."""
    doing = {"plan": "looking at", "color": "coloring", "join": "joining"}
    with interruptible() as stopped, stages(quiet=quiet) as tell:

        def show(what: str, done: int, total: int) -> bool:
            tell(f"{doing[what]} {name}", done, total)
            return not stopped()

        yield show


class _Rate(ProgressColumn):
    """Photographs a second, or seconds a photograph."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(
            f"{speed:.1f}/s" if speed >= 1 else f"{1 / speed:.1f} s each", style="progress.data.speed"
        )


@contextmanager
def archive_bar(*, quiet: bool = False) -> Iterator[Callable[..., None]]:
    """A bar with rate and time left for many photographs, where stderr is a terminal.

    The callback takes how many are done, how many there are so far, and what has failed.
    """
    with progress(*counted(), shown=False if quiet else None) as bars:
        task = bars.add_task("Colouring", total=None)

        def show(done: int, total: int, failed: str = "") -> None:
            told = f"Colouring ({failed})" if failed else "Colouring"
            bars.update(task, completed=done, total=total, description=told)

        yield show


def failures(rows: Sequence[tuple[str, str]]) -> None:
    """Photographs and why they failed: a table where stderr is a terminal, else a line each."""
    if not sys.stderr.isatty():
        for name, why in rows:
            say(why if name in why else f"{name}: {why}")
        return
    table = Table(title=f"{len(rows)} failed", title_justify="left", box=None, pad_edge=False)
    table.add_column("photograph", overflow="fold")
    table.add_column("why", overflow="fold")
    for name, why in rows:
        table.add_row(Text(name), Text(why.removeprefix(f"{name}: ")))
    console().print(table)


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
