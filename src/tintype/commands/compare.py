"""``tintype compare``: what several networks make of one photograph, in one labelled picture."""

from __future__ import annotations

from pathlib import Path

import click

from tintype import names, outputs
from tintype.commands.options import GroupedCommand, files_read, given, settings_options
from tintype.outputs import Kind
from tintype.settings import Settings


@click.command(cls=GroupedCommand, short_help="What several networks make of a photograph, in one picture.")
@click.argument("photo", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Picture to write (.png, .jpg, …); default: NAME.compare.png beside PHOTO.")  # fmt: skip
@click.option("-f", "--force", is_flag=True, help="Replace a picture that exists already.")
@click.option("--side", default=900, show_default=True, type=click.IntRange(32, 8000),
              help="Longest side of each picture, px.")  # fmt: skip
@settings_options(groups=("network", "color"), only=("grey", "page", "max_pixels"), without=("candidates",))
def command(photo: Path, output: Path | None, force: bool, side: int, settings: Settings) -> None:
    """Put what several networks make of a photograph in one labelled picture.

    \b
    tintype compare grandma.jpg                            all networks that are here
    tintype compare grandma.jpg --models tintype,ddcolor   these two
    tintype compare grandma.jpg --models a,b --merge mean  and their colours joined

    Networks that take no hints are compared without them.
    """
    from tintype.colorizer import Colorizer
    from tintype.comparison import check_name, compare, save_picture
    from tintype.network.registry import distinct
    from tintype.photo.decoder import forget_operations

    forget_operations()
    target = output or names.compared(photo)
    check_name(target)
    replaces = outputs.check(target, Kind.COMPARISON, force=force, inputs=[photo, *files_read(settings)])
    written = given()
    models = list(settings.models) if "model" in written else distinct()
    colorizer = Colorizer(settings)
    sittings = colorizer.prepare(photo)
    sitting = sittings[0]
    if len(sittings) > 1:
        click.echo(f"{photo}: page 1 of {len(sittings)}; --page chooses another", err=True)
    for note in sitting.notes:
        click.echo(f"{photo}: {note}", err=True)
    merged = settings.merge if "merge" in written else ""
    picture, panels = compare(colorizer, sitting, models, merged=merged, longest=side)
    save_picture(picture, target, Kind.COMPARISON, overwrite=replaces)
    for panel in panels:
        click.echo(f"{panel.label}: {panel.seconds:.2f} s", err=True)
    click.echo(str(target))
