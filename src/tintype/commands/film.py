"""``tintype film``: a black-and-white film in colour that stands still."""

from __future__ import annotations

from pathlib import Path

import click

from tintype import names
from tintype.commands.options import GroupedCommand, settings_options
from tintype.settings import Settings


@click.command(cls=GroupedCommand, short_help="Colour a film.")
@click.argument("film", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Film to write (.mp4, .mkv, .mov); default: NAME.color.SUFFIX beside FILM.")  # fmt: skip
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
@click.option("--preset", default="veryfast", show_default=True,
              help="Of h264 and h265: slower is smaller.")  # fmt: skip
@click.option(
    "--shard", default="1/1", metavar="I/N", help="Do a part of the work; the last to end joins it."
)
@click.option("--recipe", is_flag=True, help="Write NAME.recipe.json beside the result: how it was made.")
@click.option("-q", "--quiet", is_flag=True, help="No bar.")
@settings_options(
    only=("model", "size", "device", "threads", "vividness", "saturation", "warmth", "palette", "reference",
          "mark")
)  # fmt: skip
def command(
    film: Path,
    output: Path | None,
    force: bool,
    preview: str | None,
    film_hints: tuple[str, ...],
    film_hints_file: Path | None,
    scene_hints: bool,
    interval: int,
    no_scenes: bool,
    deinterlace: bool,
    codec: str,
    crf: int,
    preset: str,
    shard: str,
    recipe: bool,
    quiet: bool,
    settings: Settings,
) -> None:
    """Colour a film; its sound, subtitles, chapters and times stay as they are.

    \b
    tintype film old.mp4 -o new.mp4
    tintype film old.mp4 --preview 20s@00:10:00        twenty seconds, to see how it will be
    tintype film old.mp4 --hint 00:01:02.5,120,80=#aa3311

    A run that was broken off goes on where it was when the same command is given again.
    """
    from tintype.commands.console import film_bar
    from tintype.errors import SettingsError
    from tintype.film.job import FilmJob
    from tintype.film.options import FilmHint, FilmOptions, Span, read_film_hints
    from tintype.photo.decoder import forget_operations

    forget_operations()
    try:
        told = read_film_hints(film_hints_file) if film_hints_file else ()
        hints = (*told, *map(FilmHint.parse, film_hints))
        options = FilmOptions(
            interval=interval, codec=codec, crf=crf, preset=preset, deinterlace=deinterlace,
            scenes=not no_scenes, hints=hints, scene_hints=scene_hints,
        )  # fmt: skip
        span = Span.parse(preview) if preview else None
        part = _shard(shard)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    named = names.beside(film, film.suffix)
    if preview:
        named = film.with_name(f"{film.stem}.preview{film.suffix}")
    job = FilmJob(film, output or named, settings, options, span, part, force, recipe)
    with film_bar(film.name, quiet=quiet) as progress:
        result = job.run(progress)
    for note in result.notes:
        click.echo(f"{film}: {note}", err=True)
    if result.target is None:
        click.echo(f"{film}: this part is done; the last part to end joins the film", err=True)
    else:
        click.echo(str(result.target))


def _shard(text: str) -> tuple[int, int]:
    from tintype.errors import SettingsError

    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        msg = f"shard is {text!r}; write I/N, as in 2/5 for the second of five parts"
        raise SettingsError(msg)
    return int(index), int(count)
