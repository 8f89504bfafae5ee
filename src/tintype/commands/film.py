"""``tintype film``: a black-and-white film in colour that stands still."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tintype import names
from tintype.commands.options import settings_options
from tintype.commands.recipe_option import RecipeCommand, RecipeOption, check_alone
from tintype.settings import OUTPUT_FORMATS, Settings

if TYPE_CHECKING:
    from tintype.film.job import FilmJob
    from tintype.film.options import FilmOptions, Span

_FIXED = ("preview", "film_hints", "film_hints_file", "scene_hints", "interval", "no_scenes", "deinterlace",
          "codec", "crf", "preset", "frames", "depth", "rate")  # fmt: skip
"""Parameters that a recipe fixes, beside the settings."""
_WRITTEN = (".mp4", ".m4v", ".mov", ".mkv")
"""Suffixes that the result has as the film has them; of others it is an .mkv, which holds everything."""


@click.command(cls=RecipeCommand, short_help="Colour a film.")
@click.argument("film", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PATH",
              help="Film to write (.mp4, .mkv, .mov), or with --frames a folder; default: NAME.color.SUFFIX "
                   "beside FILM, .mkv where SUFFIX is none of these.")  # fmt: skip
@click.option("--frames", type=click.Choice(OUTPUT_FORMATS),
              help="Write a folder of pictures of this format, one a frame.")  # fmt: skip
@click.option("--depth", type=click.Choice(["8", "16"]),
              help="Bits a channel of those pictures; default: the source's, but 16 for TIFF and EXR "
                   "of a film.")  # fmt: skip
@click.option("--rate", default="", metavar="FPS",
              help="Of a folder of frames: how many a second, as in 18 or 24000/1001.")  # fmt: skip
@click.option("-f", "--force", is_flag=True, help="Replace an earlier result of Tintype.")
@click.option("--preview", metavar="20s@00:10:00", help="Colour a part only: how long, and from when.")
@click.option("--hint", "film_hints", multiple=True, metavar="TIME,X,Y=#RRGGBB",
              help="A known colour at a moment, as in 00:01:02.5,120,80=#aa3311; it holds for the shot. "
                   "May be repeated.")  # fmt: skip
@click.option("--hints", "film_hints_file", metavar="FILE.json",
              type=click.Path(dir_okay=False, path_type=Path),
              help="Known colours as a JSON list of {time, x, y, color}.")  # fmt: skip
@click.option("--scene-hints", is_flag=True, help="Hints hold for all shots of the scene.")
@click.option("--interval", default=8, show_default=True, type=click.IntRange(1, 64),
              help="Frames from one look of the network to the next.")  # fmt: skip
@click.option("--no-scenes", is_flag=True, help="Do not give shots that look alike the same colours.")
@click.option("--deinterlace", is_flag=True, help="Make whole pictures of fields.")
@click.option("--codec", default="h264", show_default=True,
              type=click.Choice(["h264", "h265", "av1", "ffv1", "prores"]),
              help="How the result is encoded.")  # fmt: skip
@click.option("--crf", default=18, show_default=True, type=click.IntRange(0, 51),
              help="Quality of h264, h265 and av1: less is better and larger.")  # fmt: skip
@click.option("--preset", default="veryfast", show_default=True, help="Of h264 and h265: slower is smaller.")
@click.option(
    "--shard", default="1/1", metavar="I/N", help="Do a part of the work; the last to end joins it."
)
@click.option("--recipe", is_flag=True, cls=RecipeOption,
              help="Alone: write NAME.recipe.json beside the result. With a file: repeat it.")  # fmt: skip
@click.option("--repeat-recipe", type=click.Path(dir_okay=False, path_type=Path), hidden=True)
@click.option("-q", "--quiet", is_flag=True, help="No bar.")
@settings_options(
    only=("model", "size", "device", "threads", "vividness", "saturation", "warmth", "palette", "reference",
          "invert", "mark")
)  # fmt: skip
def command(
    film: Path, output: Path | None, force: bool, recipe: bool, repeat_recipe: Path | None, shard: str,
    quiet: bool, settings: Settings, **given: Any,
) -> None:  # fmt: skip
    """Colour a film; its sound, subtitles, chapters and times stay as they are.

    FILM may be a folder of numbered frames too.

    \b
    tintype film old.mp4 -o new.mp4
    tintype film old.mp4 --preview 20s@00:10:00        twenty seconds, to see how it will be
    tintype film old.mp4 --hint 00:01:02.5,120,80=#aa3311
    tintype film old.mp4 --frames png -o frames        a folder of pictures
    tintype film frames --rate 18 -o new.mp4           and a film of one

    A run that was broken off goes on where it was when the same command is given again.
    """
    from tintype.commands.bars import film_bar
    from tintype.errors import SettingsError
    from tintype.film.job import FilmJob
    from tintype.photo.decoder import forget_operations

    forget_operations()
    try:
        if repeat_recipe is None:
            options, span = _options(given, film, output)
            target = output or _beside(film, options, span)
            job = FilmJob(film, target, settings, options, span, _shard(shard), force, recipe)
        else:
            check_alone(*_FIXED)
            job = _repeated(repeat_recipe, film, output, shard, force, recipe)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    with film_bar(film.name, quiet=quiet) as progress:
        result = job.run(progress)
    for note in result.notes:
        click.echo(f"{film}: {note}", err=True)
    if result.target is None:
        click.echo(f"{film}: this part is done; the last part to end joins the film", err=True)
    else:
        click.echo(str(result.target))


def _options(given: dict[str, Any], film: Path, output: Path | None) -> tuple[FilmOptions, Span | None]:
    """What the flags say. Raises SettingsError."""
    from tintype.film.options import FilmHint, FilmOptions, Span, read_film_hints

    named = given["film_hints_file"]
    told = read_film_hints(named) if named else ()
    hints = (*told, *map(FilmHint.parse, given["film_hints"]))
    frames = given["frames"] or (_format_of(film) if film.is_dir() and output is None else "")
    plain = ("interval", "codec", "crf", "preset", "deinterlace", "scene_hints", "rate")
    options = FilmOptions(
        **{name: given[name] for name in plain}, scenes=not given["no_scenes"], hints=hints, frames=frames,
        depth=int(given["depth"] or 0),
    )  # fmt: skip
    return options, Span.parse(given["preview"]) if given["preview"] else None


def _format_of(folder: Path) -> str:
    """The format of a folder's frames, if that can be written, else PNG."""
    from tintype.film.folder import frames_in
    from tintype.photo.formats import WRITABLE

    found = frames_in(folder)
    suffix = found.files[found.first].suffix.lower()
    return next((name for name, form in WRITABLE.items() if suffix in form.suffixes), "png")


def _beside(film: Path, options: FilmOptions, span: Span | None) -> Path:
    film = film.absolute() if film.is_dir() else film
    kept = film.suffix if film.suffix.lower() in _WRITTEN else ".mkv"
    suffix = "" if options.frames else kept
    name = film.name if film.is_dir() else film.stem
    return film.with_name(f"{name}.{'preview' if span else names.MARK[1:]}{suffix}")


def _repeated(path: Path, film: Path, output: Path | None, shard: str, force: bool, recipe: bool) -> FilmJob:
    """The job that a recipe tells of. Raises SettingsError."""
    from tintype.film.job import FilmJob
    from tintype.film.recipe import FilmRecipe

    told = FilmRecipe.read(path)
    wanted = output or film.with_name(told.recipe.output_name)
    settings = told.recipe.settings
    return FilmJob(film, wanted, settings, told.options, told.span, _shard(shard), force, recipe, told)


def _shard(text: str) -> tuple[int, int]:
    from tintype.errors import SettingsError

    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        msg = f"shard is {text!r}; write I/N, as in 2/5 for the second of five parts"
        raise SettingsError(msg)
    return int(index), int(count)
