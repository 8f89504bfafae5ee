"""What commands show on stderr while they work: bars, by rich, which takes a while to load.

What only speaks is in `console`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.progress import TimeRemainingColumn as TimeLeft
from rich.text import Text

from tintype.commands.signals import interruptible


def console() -> Console:
    """A console on stderr; stdout is for pictures."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


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
