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
Steps = Callable[[int, int], None]


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


@contextmanager
def photo_bar(name: str, *, quiet: bool = False) -> Iterator[Share]:
    """A bar for one photograph, where stderr is a terminal; the callback takes the share done, 0-1."""
    with (
        interruptible() as stopped,
        Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            console=console(),
            transient=True,
            disable=quiet or not sys.stderr.isatty(),
        ) as progress,
    ):
        task = progress.add_task(name, total=1.0)

        def show(share: float) -> bool:
            progress.update(task, completed=share)
            return not stopped()

        yield show


@contextmanager
def film_bar(name: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], bool]]:
    """A bar with frames a second and time left; the callback takes what is done, frames done and in all."""
    doing = {"plan": "looking at", "color": "coloring", "join": "joining"}
    with (
        interruptible() as stopped,
        Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TextColumn("left"),
            TimeLeft(elapsed_when_finished=True),
            console=console(),
            transient=True,
            disable=quiet or not sys.stderr.isatty(),
        ) as progress,
    ):
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> bool:
            if what not in tasks:
                tasks[what] = progress.add_task(f"{doing[what]} {name}", total=total or None)
            progress.update(tasks[what], completed=done, total=total or None)
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
def archive_bar(*, quiet: bool = False) -> Iterator[Steps]:
    """A bar with rate and time left for many photographs, where stderr is a terminal."""
    with Progress(
        TextColumn("Colouring"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TextColumn("left"),
        TimeLeft(elapsed_when_finished=True),
        console=console(),
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    ) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


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

    Raises OSError.
    """
    rest = memoryview(data)
    while rest:
        count = sys.stdout.buffer.write(rest)
        if not count:
            raise OSError(errno.EAGAIN, "it takes no more", "<stdout>")
        rest = rest[count:]
    sys.stdout.buffer.flush()


def emit(line: Line) -> None:
    """One photograph as a line of JSON on stdout, for other programs."""
    click.echo(json.dumps(line.to_json()))
