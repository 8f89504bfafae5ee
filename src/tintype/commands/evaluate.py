"""``tintype evaluate``: networks measured against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tintype.commands.options import GroupedCommand, settings_options

if TYPE_CHECKING:
    from tintype.settings import Settings

# Which networks is an argument; what belongs to a single photograph is no setting of many.
_NOT_MEASURED = ("model", "candidates", "hints", "reference", "keep_grey")


@click.command(cls=GroupedCommand)
@click.argument("models", nargs=-1, required=True, metavar="MODEL... DATA")
@click.option("--short", default=256, show_default=True, type=click.IntRange(0, 8192),
              help="Short side that photographs are shrunk to, px; 0 leaves them.")  # fmt: skip
@click.option("--match-colourfulness", "--match-colorfulness", "match", is_flag=True,
              help="Also measure at the vividness that gives the truth's mean colourfulness.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write all numbers, photograph by photograph.")  # fmt: skip
@click.option("--markdown", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the table to a file as well.")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Write a report for the browser: photographs side by side, worst first.")  # fmt: skip
@click.option("--report-photos", default=100, show_default=True, type=click.IntRange(1),
              help="How many photographs the report shows.")  # fmt: skip
@click.option("--hint-photos", default=60, show_default=True, type=click.IntRange(0),
              help="Photographs on which PSNR against hints is measured; 0 leaves it out.")  # fmt: skip
@click.option("--consistency-photos", default=0, show_default=True, type=click.IntRange(0),
              help="Photographs that are looked at in several sizes, and cut: do colours stay?")  # fmt: skip
@click.option("--faces", is_flag=True, help="Measure skin in faces, by its tone.")
@click.option("--cost/--no-cost", default=True, show_default=True, help="Measure time and memory.")
@click.option("--limit", default=0, type=click.IntRange(0), help="Take so many photographs; 0 takes all.")
@click.option("--split", default="val", show_default=True, help="Which part of a training set.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the random hints.")
@click.option(
    "--jobs", default=0, type=click.IntRange(0, 1024), help="Photographs at a time; 0 takes all cores."
)
@click.option("--force", is_flag=True, help="Replace files and a report that exist.")
@settings_options(groups=("network", "color"), without=_NOT_MEASURED)
def command(
    models: tuple[str, ...], short: int, match: bool, json_file: Path | None, markdown: Path | None,
    report: Path | None, report_photos: int, hint_photos: int, consistency_photos: int, faces: bool,
    cost: bool, limit: int, split: str, seed: int, jobs: int, force: bool, settings: Settings,
) -> None:  # fmt: skip
    """Measure networks against photographs whose colours are known.

    MODEL is the name of a network, an ONNX file, the folder of a training run, several of these with commas
    (merged), or a baseline: grey, mean-color, true-ab-stride4. DATA is a folder or tar of colour
    photographs, or a set made by `tintype dataset`.

    The table goes to stdout. docs/evaluation.md says what the numbers mean.
    """
    from tintype import outputs
    from tintype.commands.bars import stages
    from tintype.evaluation.report import Album, check
    from tintype.evaluation.run import Plan, evaluate
    from tintype.evaluation.table import markdown as as_markdown
    from tintype.photo.decoder import forget_operations

    forget_operations()
    if len(models) < 2:
        msg = "give at least one network and the photographs, the photographs last"
        raise click.UsageError(msg)
    *names, data = models
    if report is not None:
        check(report, force=force)
    asked = [path for path in (json_file, markdown) if path is not None]
    kind, read = outputs.Kind.EVALUATION, [Path(name) for name in models]
    replaces = {path: outputs.check(path, kind, force=force, inputs=read) for path in asked}
    with Album(report, report_photos) as album, stages() as tell:
        found = evaluate(
            names, data,
            Plan(short=short, split=split, limit=limit, match=match, hint_photos=hint_photos,
                 consistency_photos=consistency_photos, faces=faces, costs=cost, seed=seed, jobs=jobs),
            settings=settings, progress=tell,
            keep=album.keep if report is not None else None,
        )  # fmt: skip
        text = as_markdown(found)
        if report is not None:
            album.finish(found, replace=force)
    if json_file is not None:
        outputs.write_text(json_file, found.to_json(), overwrite=replaces[json_file], parents=True)
    if markdown is not None:
        marked = outputs.headline(kind) + text
        outputs.write_text(markdown, marked, overwrite=replaces[markdown], parents=True)
    click.echo(text, nl=False)
    if found.failed:
        click.echo(f"{len(found.failed)} of {found.photos + len(found.failed)} photographs were not measured",
                   err=True)  # fmt: skip
