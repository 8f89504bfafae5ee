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
@click.option(
    "--threads", default=0, show_default=True, type=click.IntRange(0, 1024), help="0 takes all cores."
)
def command(
    places: tuple[str, ...], output: Path, short: int, smallest: int, validation: float, threads: int
) -> None:
    """Turn colour photographs into a training set.

    PHOTOS are folders (searched deeply), uncompressed tar files, or photographs. Grey, sepia, tiny, broken
    and duplicate ones are dropped; the folder's report.html says how many, dropped.csv says which.
    """
    from rich.console import Console
    from rich.progress import Progress

    from tintype.training.extra import require

    require("matplotlib")
    from tintype.dataset.build import make_dataset

    console = Console(stderr=True)
    with Progress(console=console, transient=True) as bars:
        tasks = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(
                    f"{what} at photographs" if what == "looking" else "writing shards"
                )
            bars.update(tasks[what], completed=done, total=total)

        summary = make_dataset(
            places,
            output,
            short=short,
            smallest=smallest,
            validation=validation,
            threads=threads,
            progress=tell,
        )
    kept = sum(summary.splits.values())
    click.echo(f"{summary.found} photographs found, {kept} kept: "
               + ", ".join(f"{n} for {name}" for name, n in summary.splits.items()))  # fmt: skip
    for why, count in summary.dropped.items():
        click.echo(f"{count:7d} dropped: {why}")
    click.echo(f"report: {output / 'report.html'}")
