"""``tintype evaluate-film``: how steady and how true the colours of a film are."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from tintype.commands.options import GroupedCommand, settings_options
from tintype.settings import Settings


@click.command(cls=GroupedCommand, short_help="Measure the colours of films.")
@click.argument("films", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--height", default=240, show_default=True, type=click.IntRange(64, 2160),
              help="Of the pictures that are compared, px.")  # fmt: skip
@click.option("--frames", default=0, type=click.IntRange(0), help="How many, from the beginning; 0 is all.")
@click.option("--interval", default=8, show_default=True, type=click.IntRange(1, 64),
              help="Frames from one look of the network to the next.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@settings_options(only=("model", "size", "device", "threads", "vividness", "saturation", "warmth"))
def command(
    films: tuple[Path, ...], height: int, frames: int, interval: int, as_json: bool, settings: Settings
) -> None:
    """Measure films in colour: themselves, in grey, coloured frame by frame, and as films.

    \b
    CDC         how much the histograms of neighbouring frames differ, with the truth's beside it
    warp        squared difference of neighbouring frames after motion, × 1000
    warp_ab     difference of a and b alone after motion, Lab units
    CF          colourfulness
    ab RMSE     to the film's own colours, Lab units
    pulse       change of colour with the key frames over change with other periods: 1 is none
    """
    from tintype.film.measure import measure
    from tintype.film.options import FilmOptions
    from tintype.photo.decoder import forget_operations

    forget_operations()
    found = {}
    for film in films:
        table = measure(film, settings, FilmOptions(interval=interval), height=height, frames=frames)
        found[str(film)] = {name: asdict(value) for name, value in table.items()}
        if as_json:
            continue
        heads = f"{'CDC':>8}{'warp':>8}{'warp_ab':>9}{'CF':>7}{'ab RMSE':>9}{'pulse':>7}{'CPU s':>8}"
        click.echo(f"{film}\n{'':16}{heads}")
        for name, v in table.items():
            pulse = "-" if v.pulse is None else f"{v.pulse:.2f}"
            click.echo(
                f"{name:16}{v.cdc:8.4f}{v.warp_error * 1000:8.2f}{v.warp_ab:9.2f}{v.colorfulness:7.1f}"
                f"{v.ab_rmse:9.2f}{pulse:>7}{v.seconds:8.3f}"
            )
    if as_json:
        click.echo(json.dumps(found, indent=2))
