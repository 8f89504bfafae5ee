"""``tintype dataset``: photographs in, training set out."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="PHOTOS...")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder of the training set."
)
@click.option("--short", default=256, show_default=True, type=click.IntRange(32, 2048),
              help="Short side that photographs are shrunk to, px.")  # fmt: skip
@click.option("--smallest", default=96, show_default=True, type=click.IntRange(16, 2048),
              help="Drop photographs with a shorter short side, px.")  # fmt: skip
@click.option("--validation", default=0.05, show_default=True, type=click.FloatRange(0, 0.9),
              help="Share of the photographs kept for validation.")  # fmt: skip
@click.option("--largest-group", default=0.1, show_default=True, type=click.FloatRange(0, 1, min_open=True),
              help="No folder gives more than this share of the photographs; 1 takes all.")  # fmt: skip
@click.option("--terms", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="TOML: a table for each folder with source, terms, commercial.")  # fmt: skip
@click.option("--commercial", is_flag=True,
              help="Take only folders whose terms allow commercial use.")  # fmt: skip
@click.option("--unless-forbidden", is_flag=True,
              help="Leave out folders whose terms forbid commercial use, only.")  # fmt: skip
@click.option(
    "--threads", default=0, show_default=True, type=click.IntRange(0, 1024), help="0 takes all cores."
)
def command(
    places: tuple[str, ...], output: Path, short: int, smallest: int, validation: float, largest_group: float,
    terms: Path | None, commercial: bool, unless_forbidden: bool, threads: int,
) -> None:  # fmt: skip
    """Turn colour photographs into a training set.

    PHOTOS are folders (searched deeply), tar files, or photographs. Grey, sepia, tiny, broken and duplicate
    ones are dropped, and what is too many of one folder; the set's report.html says how many, dropped.csv
    says which.
    """
    from tintype.commands.bars import stages
    from tintype.training.extra import require

    require("matplotlib")
    from tintype.dataset.build import Options, make_dataset
    from tintype.dataset.groups import read_terms
    from tintype.photo.decoder import forget_operations

    forget_operations()
    with stages() as show:

        def tell(what: str, done: int, total: int) -> None:
            show(f"{what} at photographs" if what == "looking" else "writing shards", done, total)

        summary = make_dataset(
            places,
            output,
            Options(
                short=short,
                smallest=smallest,
                validation=validation,
                largest_group=largest_group,
                terms=read_terms(terms) if terms else {},
                commercial=commercial,
                unless_forbidden=unless_forbidden,
                threads=threads,
            ),
            progress=tell,
        )
    kept = sum(summary.splits.values())
    click.echo(f"{summary.found} photographs found, {kept} kept: "
               + ", ".join(f"{n} for {name}" for name, n in summary.splits.items()))  # fmt: skip
    for why, count in summary.dropped.items():
        click.echo(f"{count:7d} dropped: {why}")
    for name, (count, stated) in summary.groups.items():
        click.echo(f"{count:7d} of {name or '(no folder)'}: {stated.terms or 'terms not stated'}")
    for name, (count, stated) in summary.left_out.items():
        click.echo(f"{count:7d} left out of {name or '(no folder)'}: {stated.terms or 'terms not stated'}")
    click.echo(f"report: {output / 'report.html'}")
