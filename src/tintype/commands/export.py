"""``tintype export``: the line as one ONNX file, for programs that have no Tintype."""

from __future__ import annotations

from pathlib import Path

import click

from tintype.commands import console

# As in `tintype.export.file`, which is only imported when the command runs.
_PARTS = ("whole", "look", "view", "network", "choose", "paint")
_PIXELS = ("uint8", "uint16", "float32")
_WEIGHTS = ("float16", "int8")


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.onnx")
@click.option("--network", "--model", "model", default="tintype", show_default=True,
              help="Network to put into it, by name or path.")  # fmt: skip
@click.option("--part", type=click.Choice(_PARTS), default="whole", show_default=True,
              help="All of the line, or a step: asking the network, choosing colours, painting.")  # fmt: skip
@click.option("--size", default=0, type=click.IntRange(0, 2048), metavar="PX",
              help="Short side of the view that the network sees; 0 takes the network's own.")  # fmt: skip
@click.option("--pixels", type=click.Choice(_PIXELS), default="uint8", show_default=True,
              help="Samples of the pictures that it takes and gives; floats run from 0 to 1.")  # fmt: skip
@click.option("--weights", type=click.Choice(_WEIGHTS), default="float16", show_default=True,
              help="How weights are stored: as the network has them, or in half the room.")  # fmt: skip
@click.option("-f", "--force", is_flag=True, help="Replace a file that was exported earlier.")
def command(target: Path, model: str, part: str, size: int, pixels: str, weights: str, force: bool) -> None:
    """Write the whole line as one ONNX file that any program with ONNX Runtime can use.

    \b
    tintype export whole.onnx                    a grey or RGB picture in, a coloured one out
    tintype export small.onnx --weights int8     in half the room
    tintype export paint.onnx --part paint       one step, for programs with sliders

    docs/export.md says what goes in and comes out, with examples.
    """
    from tintype.export.file import export

    made = export(target, model, part=part, size=size, pixels=pixels, weights=weights, force=force)
    console.say(
        f"{target}: {made.description['does']}; {made.bytes / 1e6:.1f} MB; {made.description['license']}"
    )
    click.echo(str(target))
