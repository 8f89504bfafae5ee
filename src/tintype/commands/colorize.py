"""``tintype colorize``: files, folders, or a pipe."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tintype import outputs
from tintype._version import __version__
from tintype.commands.colorize_extras import PIPE, Extras
from tintype.commands.options import files_read, settings_options
from tintype.commands.recipe_option import RecipeCommand, RecipeOption, check_alone
from tintype.errors import PhotoError
from tintype.settings import Settings

if TYPE_CHECKING:
    from tintype.recipe import Recipe

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


_file = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=RecipeCommand, short_help="Colour photographs: files, whole folders, or a pipe.")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO…")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="File or folder to write; - is stdout. Without it, results lie beside the photographs.",
)
@click.option("-f", "--force", is_flag=True, help="Replace earlier results of Tintype.")
@click.option(
    "--recipe",
    is_flag=True,
    cls=RecipeOption,
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
@click.option(
    "--json", "json_", is_flag=True, help="Write a line of JSON a photograph to stdout, as each is done."
)
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
    json_: bool,
) -> None:
    """Colour photographs.

    \b
    tintype colorize grandma.jpg                 writes grandma.color.jpg beside it
    tintype colorize scans/ -o coloured/         a folder, its tree mirrored; run again to go on
    tintype colorize - < in.png > out.png        a pipe

    Nothing is overwritten without --force, and with it only what Tintype has written before: never a
    photograph.

    Exit codes: 0 all coloured; 1 something failed; 2 not understood; 3 nothing failed, but photographs were
    left because they are in colour already; 130 interrupted.
    """
    # Before NumPy is loaded: its small products need no threads, which would only wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for photo in photos:
        if _URL.match(photo):
            msg = f"{photo}: Tintype opens no addresses; send what is there through a pipe: "
            msg += f"curl -L {photo} | tintype colorize - -o out.jpg"
            raise PhotoError(msg)
    repeat = None
    if repeat_recipe is not None:
        signed = settings.credentials
        settings, repeat = _read_recipe(repeat_recipe)
        settings = settings.replace(credentials=signed)
    read = (*files_read(settings), *([repeat_recipe] if repeat_recipe else []))
    if report is not None:
        _check_report(report, [*read, *(Path(p) for p in photos if p != PIPE)])
    extras = Extras(force, quiet, recipe, repeat, read, confidence, compare, report, json_)
    from tintype.files import is_folder

    several = len(photos) > 1 or (photos[0] != PIPE and is_folder(Path(photos[0])))
    if not several:
        if shard:
            msg = "--shard shares a folder among machines; this is one photograph"
            raise click.UsageError(msg)
        from tintype.commands.colorize_one import colorize_one

        colorize_one(photos[0], output, settings, extras)
        return
    for name, flag in (("--confidence", confidence), ("--compare", compare)):
        if flag is not None:
            msg = f"{name} writes one picture; give one photograph"
            raise click.UsageError(msg)
    from tintype.commands.colorize_many import colorize_many

    colorize_many(photos, output, settings, extras, jobs, shard)


def _check_report(report: Path, inputs: Sequence[Path]) -> None:
    """Say now, not after a night's work, that the report can't be written; an earlier one is replaced."""
    if not os.access(report.parent, os.W_OK):
        msg = f"{report}: the report can't be written there; name a folder that exists and may be written to"
        raise PhotoError(msg, name=str(report))
    outputs.check(report, outputs.Kind.REPORT, force=True, inputs=inputs)


def _read_recipe(path: Path) -> tuple[Settings, Recipe]:
    from tintype.archive.hashes import network_digests
    from tintype.commands.console import say
    from tintype.recipe import Recipe

    check_alone()
    recipe = Recipe.read(path)
    recipe.check(network_digests(recipe.settings))
    if recipe.program != __version__:
        say(f"tintype: {path} was written by Tintype {recipe.program}, this is {__version__}: "
            "the result may differ a little")  # fmt: skip
    return recipe.settings, recipe
