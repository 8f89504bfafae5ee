"""``tintype colorize``: files, folders, or a pipe."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tintype._version import __version__
from tintype.commands.options import GroupedCommand, given, settings_options
from tintype.errors import PhotoError, SettingsError
from tintype.settings import Settings

if TYPE_CHECKING:
    from tintype.archive.report import Report
    from tintype.archive.run import Tree
    from tintype.recipe import Recipe

_PIPE = "-"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class _Command(GroupedCommand):
    """Gives ``--recipe`` its optional value: a name that ends in .json is a recipe to repeat."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tell ``--recipe FILE.json`` from ``--recipe PHOTO``."""
        told: list[str] = []
        rest = list(args)
        while rest:
            arg = rest.pop(0)
            if arg == "--":
                told += [arg, *rest]
                break
            if arg == "--recipe" and rest and rest[0].lower().endswith(".json"):
                told += ["--repeat-recipe", rest.pop(0)]
            elif arg.startswith("--recipe="):
                told += ["--repeat-recipe", arg.removeprefix("--recipe=")]
            else:
                told.append(arg)
        return super().parse_args(ctx, told)


class _RecipeOption(click.Option):
    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return "--recipe [FILE.json]", self.help or ""


@dataclass(frozen=True, slots=True)
class _Extras:
    """What is asked for beside the photograph itself."""

    force: bool
    quiet: bool
    recipe: bool
    repeat: Recipe | None
    confidence: Path | None
    compare: Path | None
    report: Path | None


_file = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=_Command, short_help="Colour photographs: files, whole folders, or a pipe.")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO…")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="File or folder to write; - is stdout. Without it, results lie beside the photographs.",
)
@click.option("-f", "--force", is_flag=True, help="Replace results that exist already.")
@click.option(
    "--recipe",
    is_flag=True,
    cls=_RecipeOption,
    help="Alone: write NAME.recipe.json beside each result. With a file: repeat that recipe.",
)
@click.option("--repeat-recipe", type=_file, hidden=True)
@click.option(
    "--confidence", type=_file, metavar="FILE.png", help="Write how sure the network is, as a picture."
)
@click.option("--compare", type=_file, metavar="FILE.png",
              help="Write before and after side by side (each at most 2000 px).")  # fmt: skip
@click.option("--report", type=_file, metavar="FILE.json", help="Write what became of every photograph.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(0, 1024),
    default=0,
    metavar="N",
    help="Photographs of a folder to colour at the same time, a core each; 0 takes all cores.",
)
@click.option("--shard", metavar="I/N", help="Colour only the i-th of n parts of a folder (for n machines).")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@settings_options()
def command(
    photos: tuple[str, ...],
    settings: Settings,
    output: str | None,
    force: bool,
    quiet: bool,
    recipe: bool,
    repeat_recipe: Path | None,
    confidence: Path | None,
    compare: Path | None,
    report: Path | None,
    jobs: int,
    shard: str | None,
) -> None:
    """Colour photographs.

    \b
    tintype colorize grandma.jpg                 writes grandma.color.jpg beside it
    tintype colorize scans/ -o coloured/         a folder, its tree mirrored; run again to go on
    tintype colorize - < in.png > out.png        a pipe

    Nothing is overwritten without --force, and the photograph itself never.
    """
    for photo in photos:
        if _URL.match(photo):
            msg = f"{photo}: Tintype opens no addresses; send what is there through a pipe: "
            msg += f"curl -L {photo} | tintype colorize - -o out.jpg"
            raise PhotoError(msg)
    repeat = None
    if repeat_recipe is not None:
        settings, repeat = _read_recipe(repeat_recipe)
    extras = _Extras(force, quiet, recipe, repeat, confidence, compare, report)
    several = len(photos) > 1 or (photos[0] != _PIPE and Path(photos[0]).is_dir())
    if not several:
        if shard:
            msg = "--shard shares a folder among machines; this is one photograph"
            raise click.UsageError(msg)
        _one(photos[0], output, settings, extras)
        return
    for name, flag in (("--confidence", confidence), ("--compare", compare)):
        if flag is not None:
            msg = f"{name} writes one picture; give one photograph"
            raise click.UsageError(msg)
    _many(photos, output, settings, extras, jobs, shard)


def _read_recipe(path: Path) -> tuple[Settings, Recipe]:
    from tintype.archive.hashes import network_digests
    from tintype.commands.console import say
    from tintype.recipe import Recipe

    if names := given():
        flags = ", ".join("--" + n.replace("_", "-") for n in sorted(names))
        msg = f"a recipe fixes every setting; leave out {flags}"
        raise click.UsageError(msg)
    recipe = Recipe.read(path)
    recipe.check(network_digests(recipe.settings))
    if recipe.program != __version__:
        say(f"tintype: {path} was written by Tintype {recipe.program}, this is {__version__}: "
            "the result may differ a little")  # fmt: skip
    return recipe.settings, recipe


# --- one photograph


def _one(photo: str, output: str | None, settings: Settings, extras: _Extras) -> None:
    import time

    from tintype.colorizer import Colorizer
    from tintype.commands.console import photo_bar, say

    source: Path | bytes
    if photo == _PIPE:
        name, source = "<stdin>", sys.stdin.buffer.read()
        if not source:
            msg = "<stdin>: nothing came; send a photograph, as in: tintype colorize - < in.png > out.png"
            raise PhotoError(msg)
    else:
        name, source = photo, Path(photo)
    target = _target(source, output, settings, extras)
    start = time.perf_counter()
    colorizer = Colorizer(**settings.to_json())
    with photo_bar(name, quiet=extras.quiet) as progress:
        result = colorizer.save(source, target, overwrite=extras.force, progress=progress, name=name)
    if result.status == "skipped":
        msg = f"{name}: already in colour, so nothing was written; --already-colour recolour colours it again"
        raise PhotoError(msg)
    if result.data is not None:
        sys.stdout.buffer.write(result.data)
        sys.stdout.buffer.flush()
    made = [*result.targets, *_beside(colorizer, source, name, result.targets, extras)]
    if extras.report is not None:
        _report_one(extras.report, settings, photo, made, result.notes, time.perf_counter() - start)
    if not extras.quiet:
        for note in result.notes:
            say(f"{name}: {note}" if name not in note else note)
        for path in made:
            say(f"{name} → {path}")


def _target(source: Path | bytes, output: str | None, settings: Settings, extras: _Extras) -> Path | None:
    """Where one result goes; None is stdout."""
    from tintype.archive.plan import suffix_of_result

    if output == _PIPE or (output is None and isinstance(source, bytes)):
        if extras.recipe:
            msg = "--recipe writes beside the result; give the result a name with -o"
            raise click.UsageError(msg)
        if settings.candidates > 1:
            msg = "stdout takes one picture; write several candidates to files with -o"
            raise click.UsageError(msg)
        if sys.stdout.isatty():
            msg = "stdout is a terminal; send the picture to a file: > out.png, or -o out.png"
            raise click.UsageError(msg)
        return None
    own = None if extras.repeat is None or not extras.repeat.output_name else extras.repeat.output_name
    if isinstance(source, bytes):
        assert output is not None
        return Path(output)
    if output is None:
        target = _default_target(source, settings)
        # A recipe repeated is a file of the same kind.
        target = target.with_suffix(Path(own).suffix) if own else target
    elif Path(output).is_dir() or output.endswith(("/", os.sep)):
        suffix = Path(own).suffix if own else suffix_of_result(source, settings.format)
        target = Path(output) / (source.stem + suffix)
        if target.parent.resolve() == source.parent.resolve():
            target = target.with_name(f"{source.stem}.color{suffix}")
        target.parent.mkdir(parents=True, exist_ok=True)
    else:
        target = Path(output)
    if target.exists() and source.exists() and target.samefile(source):
        msg = f"{target}: that is the photograph itself; choose another name for the result"
        raise PhotoError(msg)
    for path in (target, extras.confidence, extras.compare):
        # Said before any work is done; the writer looks once more when it publishes the file.
        if path is not None and not extras.force and os.path.lexists(path):
            msg = f"{path}: exists already; --force replaces it, -o chooses another name"
            raise PhotoError(msg)
    return target


def _default_target(source: Path, settings: Settings) -> Path:
    from tintype.colorizer import target_beside
    from tintype.photo.read import read

    return target_beside(source, read(source, settings)[0], settings)


def _beside(
    colorizer: Any, source: Path | bytes, name: str, targets: tuple[Path, ...], extras: _Extras
) -> list[Path]:
    """Write recipe, confidence and comparison; return their paths."""
    made: list[Path] = []
    if extras.recipe or extras.repeat is not None:
        made += _recipe(colorizer, source, name, targets, extras)
    if extras.confidence is not None or extras.compare is not None:
        from tintype.proofs import comparison, confidence_map, save_picture

        sitting = colorizer.prepare(source, name=name)[0]
        chroma = colorizer.decode(sitting, colorizer.predict(sitting))[0]
        if extras.confidence is not None:
            save_picture(confidence_map(sitting, chroma), extras.confidence, overwrite=extras.force)
            made.append(extras.confidence)
        if extras.compare is not None:
            save_picture(comparison(colorizer, sitting, chroma), extras.compare, overwrite=extras.force)
            made.append(extras.compare)
    return made


def _recipe(
    colorizer: Any, source: Path | bytes, name: str, targets: tuple[Path, ...], extras: _Extras
) -> list[Path]:
    from tintype.commands.console import say
    from tintype.recipe import Recipe, recipe_path

    recipe = Recipe.of(colorizer, source, targets[0] if targets else None, name=name)
    if extras.repeat is not None and not extras.quiet:
        if recipe.input_sha256 != extras.repeat.input_sha256:
            say(f"{name}: not the photograph that the recipe was made with ({extras.repeat.input_name})")
        elif targets and recipe.output_sha256 != extras.repeat.output_sha256:
            say(f"{name}: the result differs from the recorded one (another machine, format or version?)")
    if not extras.recipe:
        return []
    path = recipe_path(targets[0])
    recipe.write(path, overwrite=extras.force)
    return [path]


def _report_one(
    path: Path, settings: Settings, photo: str, made: list[Path], notes: tuple[str, ...], seconds: float
) -> None:
    from tintype.archive.hashes import file_digest, network_digests
    from tintype.archive.report import Line, Report
    from tintype.archive.work import Outcome

    digest = "" if photo == _PIPE else file_digest(Path(photo))
    outcome = Outcome("coloured", input=digest, seconds=seconds, notes=notes)
    line = Line(Path(photo), outcome, tuple(made))
    Report(settings, network_digests(settings), [line], seconds).write(path)


# --- many


def _many(
    photos: tuple[str, ...],
    output: str | None,
    settings: Settings,
    extras: _Extras,
    jobs: int,
    shard: str | None,
) -> None:
    from tintype.archive.plan import Shard
    from tintype.archive.run import run
    from tintype.archive.trees import trees_of
    from tintype.archive.work import Colour
    from tintype.commands.console import archive_bar, say

    if _PIPE in photos or output == _PIPE:
        msg = "a pipe takes one photograph"
        raise click.UsageError(msg)
    try:
        part = Shard.parse(shard) if shard else None
        trees: list[Tree] = trees_of([Path(p) for p in photos], Path(output) if output else None)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    work = Colour.of(settings, recipe=extras.recipe)
    try:
        with archive_bar(quiet=extras.quiet) as bar:
            report = run(trees, work, jobs=jobs, overwrite=extras.force, shard=part,
                         progress=lambda done, total, _: bar(done, total))  # fmt: skip
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


def _sum_up(report: Report, extras: _Extras) -> None:
    from tintype.commands.console import failure_table, say

    if extras.report is not None:
        report.write(extras.report)
    if not extras.quiet:
        for line in report.lines:
            if line.outcome.status == "coloured":
                for note in line.outcome.notes:
                    say(note if str(line.source) in note else f"{line.source}: {note}")
    if report.failures:
        failure_table([(str(n.source), n.outcome.error) for n in report.failures])
    if extras.quiet:
        return
    said = [
        ("coloured", "coloured"),
        ("done", "done before"),
        ("colour", "in colour already"),
        ("failed", "failed"),
    ]
    counts = [f"{report.count(s)} {words}" for s, words in said if report.count(s) or s == "coloured"]
    say(f"{', '.join(counts)}; {report.seconds:.1f} s")
