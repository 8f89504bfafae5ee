"""``tintype archive``: photographs by the million, once, verifiably, without anyone watching."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tintype.archive.engines import ENGINES
from tintype.commands import LEFT
from tintype.commands.options import GroupedCommand, settings_options
from tintype.errors import PhotoError, SettingsError
from tintype.settings import Settings

if TYPE_CHECKING:
    from tintype.archive.plan import Shard
    from tintype.archive.planner import Archive
    from tintype.archive.tally import Tally
    from tintype.archive.work import ColorizeJob


_NAMED = 5


@click.command(cls=GroupedCommand, short_help="Colour whole archives.")
@click.argument("places", nargs=-1, required=True, metavar="SOURCE DEST")
@click.option(
    "--engine", type=click.Choice(ENGINES), default="local", help="Where the work is done.  [default: local]"
)
@click.option("-j", "--jobs", type=click.IntRange(0, 100_000), default=0, metavar="N",
              help="Photographs to colour at the same time, a core each; 0 takes all cores.")  # fmt: skip
@click.option("--shard", metavar="I/N", help="Colour only the i-th of n parts (for n machines).")
@click.option("--retries", type=click.IntRange(0, 100), default=2, metavar="N",
              help="How often a photograph is tried again whose worker died or whose store failed, before it "
              "is given up.  [default: 2]")  # fmt: skip
@click.option("--again", is_flag=True, help="Take up photographs that were given up, too.")
@click.option("--recheck", is_flag=True,
              help="Read what is done and compare hashes, instead of trusting sizes and dates, and that "
              "results are there.")  # fmt: skip
@click.option("-f", "--force", is_flag=True, help="Replace earlier results of Tintype.")
@click.option("--recipe", is_flag=True, help="Write NAME.recipe.json beside each result.")
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Where the manifest of a destination lies that is no folder of a disk.")  # fmt: skip
@click.option(
    "--verify", is_flag=True, help="Check a finished archive (DEST) against its manifest; colour nothing."
)
@click.option("--metrics", metavar="[ADDRESS:]PORT",
              help="Serve metrics for Prometheus while the run goes on, to this computer alone unless an "
              "address is named.")  # fmt: skip
@click.option("--cost-per-hour", type=click.FloatRange(0), default=0.0, metavar="X",
              help="What the machines cost an hour; the report then says what a million cost.")  # fmt: skip
@click.option(
    "--json", "json_", is_flag=True, help="Write a line of JSON a photograph to stdout, as each is done."
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@settings_options()
def command(places: tuple[str, ...], verify: bool, shard: str | None, **wanted: Any) -> None:
    """Colour whole archives.

    \b
    tintype archive scans/ coloured/             the same command again goes on where it stopped
    tintype archive --verify coloured/           reads every result and compares its hash
    tintype archive list.csv bag:coloured/       a list, into a BagIt bag
    tintype archive s3://scans s3://coloured --engine ray

    SOURCE is a folder, a list (.csv, .jsonl, .parquet), tar files, a BagIt bag, an IIIF manifest, or an
    address that fsspec reaches; DEST a folder, bag:FOLDER, tar:FOLDER, or an address.

    What is done stands in a manifest. A photograph that takes its worker with it is tried again, and then
    given up with its reason.

    Exit codes: 0 all coloured, now or before; 1 something failed, or was given up before; 2 not understood;
    3 nothing failed, but photographs were left because they are in colour already, or not read; 130
    interrupted.
    """
    # Before NumPy is loaded: its small products need no threads, which would only wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from tintype.archive.plan import Shard

    if verify:
        _verify(places[-1], wanted["state"], quiet=wanted["quiet"])
        return
    if len(places) != 2:
        msg = "give a source and a destination: tintype archive SOURCE DEST"
        raise click.UsageError(msg)
    try:
        part = Shard.parse(shard) if shard else None
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    source, destination = places
    tally = _color(_Order(source=source, destination=destination, shard=part, **wanted))
    if not tally.listed and part is None:
        msg = f"{source}: no photographs there"
        raise PhotoError(msg, name=source)
    if tally.statuses["failed"] or tally.given_up:
        raise click.exceptions.Exit(1)
    if tally.statuses["colour"] or tally.statuses["unread"] or tally.in_color:
        raise click.exceptions.Exit(LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What the command line asks for."""

    source: str
    destination: str
    shard: Shard | None
    state: Path | None
    engine: str
    jobs: int
    retries: int
    again: bool
    recheck: bool
    force: bool
    recipe: bool
    metrics: str | None
    cost_per_hour: float
    json_: bool
    quiet: bool
    settings: Settings


def _color(order: _Order) -> Tally:
    from tintype.archive import album
    from tintype.archive.metrics import served
    from tintype.archive.opening import absolute, finish, opened
    from tintype.archive.run import NO_LOCKS
    from tintype.archive.tally import Tally
    from tintype.archive.work import ColorizeJob
    from tintype.commands.console import say

    settings, quiet = order.settings, order.quiet
    work, tally = ColorizeJob.of(settings, recipe=order.recipe), Tally()
    with ExitStack() as stack:
        archive = stack.enter_context(
            opened(order.source, order.destination, shard=order.shard, state=order.state)
        )
        archive.manifest.tell(source=absolute(order.source), settings=json.dumps(settings.to_json()))
        if order.metrics:
            stack.enter_context(served(tally, order.metrics))
        if not archive.manifest.locked:
            say(f"{archive.destination.title}: {NO_LOCKS}")
        try:
            _follow(archive, work, order, tally)
        except KeyboardInterrupt:
            _sum_up(archive, tally, quiet=quiet)
            say("tintype: run the same command again to go on where it stopped")
            raise
        try:
            finish(archive)
            told = album.write(archive, tally, settings, per_hour=order.cost_per_hour) if tally.listed else []
        except OSError as error:
            _sum_up(archive, tally, quiet=quiet)
            where = str(error.filename2 or error.filename or archive.destination.title)
            reason = (
                f"what ends an archive (reports, tar files, bags) can't be written: {error.strerror or error}"
            )
            raise PhotoError(name=where, reason=reason, remedy="run it again when that can be") from error
        _sum_up(archive, tally, quiet=quiet)
        if order.cost_per_hour and tally.finished and not quiet:
            cost = tally.cost_per_million(order.cost_per_hour)
            say(f"a million at this rate and {order.cost_per_hour:g} an hour: {cost:.2f}")
        if told and not quiet:
            say(f"report: {told[0]}")
    return tally


def _follow(archive: Archive, work: ColorizeJob, order: _Order, tally: Tally) -> None:
    """Color, and say how it goes on."""
    from tintype.archive.engines import open_engine
    from tintype.archive.loop import color
    from tintype.commands.bars import archive_bar
    from tintype.commands.console import emit

    engine = open_engine(order.engine, order.jobs)
    steps = color([archive], work, engine, overwrite=order.force, retries=order.retries,
                  trust=not order.recheck, again=order.again)  # fmt: skip
    with closing(steps), archive_bar(quiet=order.quiet) as bar:
        for step in steps:
            tally.add(step)
            bar(step.done, step.listed, tally.failures())
            if order.json_ and step.line is not None:
                emit(step.line)


def _sum_up(archive: Archive, tally: Tally, *, quiet: bool) -> None:
    from tintype.commands.console import say

    for cause, lines in tally.examples.items():
        for line in lines:
            say(line.outcome.error)
        if (more := tally.causes[cause] - len(lines)) > 0:
            say(f"… and {more} more of that kind ({cause}); the manifest has them all")
    if quiet:
        return
    states = archive.manifest.counts()
    if given_up := states.get("quarantined"):
        say(f"{given_up} given up, with their reasons in the manifest; --again tries them once more")
    if tally.lost:
        say(f"{tally.lost} were done before, and their results weren't there as they were written")
    counts = [f"{count} {status}" for status, count in tally.statuses.items()]
    rate = f"; {tally.rate:.2f} a second" if tally.finished else ""
    before = tally.done - tally.finished - tally.given_up
    counts += [f"{before} done before"] * (before > 0)
    say(f"{', '.join(counts) or 'nothing there'}; {tally.seconds:.1f} s{rate}")


def _verify(place: str, state: Path | None, *, quiet: bool) -> None:
    from tintype.archive.opening import manifest_of, state_of
    from tintype.archive.places import open_place
    from tintype.archive.verify import strangers, verify
    from tintype.archive.walk import STATE
    from tintype.commands.bars import archive_bar
    from tintype.commands.console import say

    destination = open_place(place)
    home = state_of(destination, state)
    if not (home / STATE).is_dir():
        msg = f"{place}: no archive of Tintype's: it has no manifest"
        raise PhotoError(msg, name=place)
    bad = checked = 0
    with manifest_of(destination, state=state) as manifest, archive_bar(quiet=quiet) as bar:
        total = sum(manifest.counts().values())
        for entry, findings in verify(manifest, destination):
            checked += 1
            bad += bool(findings)
            bar(checked, total)
            for found in findings:
                say(f"{found.output or entry.place or entry.source}: {found.kind}: {found.why}")
        others = [] if quiet else list(islice(strangers(manifest, destination), _NAMED + 1))
    if not quiet:
        if others:
            more = " and more" if len(others) > _NAMED else ""
            shown = ", ".join(map(destination.show, others[:_NAMED]))
            say(f"there too, of which the manifest knows nothing: {shown}{more}")
        say(f"{checked} photographs checked, {bad} not as the manifest says")
    if bad:
        raise click.exceptions.Exit(1)
