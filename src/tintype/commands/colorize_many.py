"""``tintype colorize`` on folders, and on several photographs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from tintype.archive.plan import Shard
from tintype.archive.report import Line, Report
from tintype.archive.run import run
from tintype.archive.trees import trees_of
from tintype.archive.work import ColorizeJob
from tintype.commands import LEFT
from tintype.commands.bars import archive_bar, console
from tintype.commands.colorize_extras import PIPE, Extras
from tintype.commands.console import emit, say
from tintype.errors import PhotoError, SettingsError
from tintype.settings import Settings

_WORDS = {
    "coloured": "coloured",
    "done": "done before",
    "colour": "in colour already and left",
    "unread": "not read",
    "failed": "failed",
}
_NAMED = 5  # of a long list; --report has them all


def colorize_many(
    photos: tuple[str, ...],
    output: str | None,
    settings: Settings,
    extras: Extras,
    jobs: int,
    shard: str | None,
) -> None:
    """Colour folders and files, and sum up; leaves with 1 when one has failed, 3 when one was left."""
    if PIPE in photos or output == PIPE:
        msg = "a pipe takes one photograph"
        raise click.UsageError(msg)
    try:
        part = Shard.parse(shard) if shard else None
        trees = trees_of([Path(p) for p in photos], Path(output) if output else None)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    work = ColorizeJob.of(settings, recipe=extras.recipe)
    try:
        with archive_bar(quiet=extras.quiet) as bar:

            def progress(done: int, total: int, line: Line | None) -> None:
                bar(done, total)
                if extras.json and line is not None:
                    emit(line)

            report = run(trees, work, jobs=jobs, overwrite=extras.force, shard=part, progress=progress)
    except KeyboardInterrupt as stop:
        if stop.args:
            _sum_up(stop.args[0], extras)
        say("tintype: run the same command again to go on where it stopped")
        raise
    _sum_up(report, extras)
    if not report.lines and part is None:
        msg = f"{', '.join(photos)}: no photographs there"
        raise PhotoError(msg)
    if report.failures:
        raise click.exceptions.Exit(1)
    if report.left:
        raise click.exceptions.Exit(LEFT)


def _sum_up(report: Report, extras: Extras) -> None:
    if extras.report is not None:
        report.write(extras.report)
    if not extras.quiet:
        for line in report.lines:
            if line.outcome.status == "coloured":
                for note in line.outcome.notes:
                    say(note if line.source in note else f"{line.source}: {note}")
    if report.failures:
        _list_failures([(n.source, n.outcome.error) for n in report.failures])
    _say_what_was_left(report)
    if not extras.quiet:
        if report.system_folders:
            say(f"folders of the system, not entered: {_named(report.system_folders)}")
        counts = [f"{report.count(s)} {w}" for s, w in _WORDS.items() if report.count(s) or s == "coloured"]
        say(f"{', '.join(counts)}; {report.seconds:.1f} s")


def _list_failures(rows: Sequence[tuple[str, str]]) -> None:
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


def _say_what_was_left(report: Report) -> None:
    for note in report.notes:
        say(note)
    if color := [n.source for n in report.of("colour")]:
        say(f"in colour already and left (--already-color recolor colours them): {_named(color)}")
    reasons: dict[str, list[str]] = {}
    for line in report.of("unread"):
        reasons.setdefault(line.outcome.error.removeprefix(f"{line.source}: "), []).append(line.source)
    for why, paths in reasons.items():
        say(f"{why}: {_named(paths)}")


def _named(paths: Sequence[Path | str]) -> str:
    more = f" and {len(paths) - _NAMED} more (--report names all)" if len(paths) > _NAMED else ""
    return ", ".join(map(str, paths[:_NAMED])) + more
