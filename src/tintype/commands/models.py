"""``tintype models``: which networks there are, and how they come and go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tintype.network.install import Installed

_SECONDS = click.option(
    "--time-limit", "seconds", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS",
    help="Of converting a network, and of trying it; default: 2 minutes, and more for large files.",
)  # fmt: skip
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(
    epilog="Installed networks lie in the user's data folder, or in the one that TINTYPE_HOME names."
)
def command() -> None:
    """List, fetch, import, check and remove networks. Nothing is ever fetched unasked."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(as_json: bool) -> None:
    """List the networks that come with Tintype, are installed, or can be fetched."""
    from tintype.network.catalog import catalog

    rows = catalog()
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for title in ("network", "where", "size", "takes", "gives", "speed", "licence"):
        right = title == "size"
        table.add_column(title, justify="right" if right else "left", no_wrap=title == "network")
    for row in rows:
        cells = (
            row["name"],
            row["where"],
            _size(row),
            row["takes"],
            row["gives"],
            row["speed"],
            row["license"],
        )
        table.add_row(*(Text(str(c)) for c in cells))
    console = Console()
    # A pipe has no width: a line a network, whatever its length.
    console.print(table, width=None if console.is_terminal else 160)


@command.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def info(name: str, as_json: bool) -> None:
    """Tell all that is known of a network: a name, an ONNX file or a training run."""
    from tintype.network.catalog import details

    values = details(name)
    if as_json:
        click.echo(json.dumps(values, indent=2, ensure_ascii=False))
        return
    for key, value in values.items():
        if key == "exact" or value in ("", None, [], 0):
            continue
        lines = value if isinstance(value, list) else [value]
        if key == "size":
            lines = [_size(values)]
        click.echo(f"{key.replace('_', ' ') + ':':16}{lines[0]}")
        for line in lines[1:]:
            click.echo(f"{'':16}{line}")


@command.command("import")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, path_type=Path)
)
@click.option("--name", default="", help="What to call the network; default: the architecture's name.")
@click.option("--prototxt", type=_FILE, help="The deploy prototxt of a .caffemodel.")
@click.option(
    "--points", "centers", type=_FILE, help="pts_in_hull.npy of a .caffemodel; default: the published points."
)
@click.option("--variant", type=click.Choice(["v1", "v2", "v2_norebal"]),
              help="For a .caffemodel that doesn't say which it is.")  # fmt: skip
@click.option("--rule", type=_FILE, metavar="FILE.json",
              help="How a foreign ONNX file is fed and read; default: NAME.onnx.json beside it.")  # fmt: skip
@click.option(
    "--input", "fed", default="", metavar="KIND", help="L, grey or rgb; these four go before a rule."
)
@click.option("--normalize", "--normalise", "normalize", default="", metavar="HOW",
              help="none, signed, imagenet, or a sum: -50, /100, -50/100, *255.")  # fmt: skip
@click.option("--size", default="", metavar="PX", help="256, or 256,multiple=8,square.")
@click.option("--output", default="", metavar="KIND",
              help="ab, rgb or bgr, and how scaled: ab/110, rgb*255, rgb:signed, rgb:imagenet.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a network that is installed under this name.")
@_SECONDS
def import_(
    files: tuple[Path, ...],
    name: str,
    prototxt: Path | None,
    centers: Path | None,
    variant: str | None,
    rule: Path | None,
    fed: str,
    normalize: str,
    size: str,
    output: str,
    force: bool,
    seconds: float,
) -> None:
    """Turn weights that you have into networks of Tintype.

    FILE is a .caffemodel (its .prototxt and .npy may be given along), .pth, .safetensors or .onnx file, or
    the folder of a training run. The file itself is only read.

    How another program's ONNX file is fed and read is guessed from its graph and shown; what the graph
    doesn't say is asked for.
    """
    from tintype.network.importing import import_files
    from tintype.network.rule import Rule

    wanted = Rule(input=fed, normalize=normalize, size=size, output=output)
    whole = wanted.filled_from(Rule.read(rule)) if rule else wanted
    made = import_files(
        files, name=name, prototxt=prototxt, centers=centers, variant=variant or "",
        rule=whole if str(whole) or rule else None, force=force, seconds=seconds,
    )  # fmt: skip
    for network in made:
        _installed(network)


@command.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Replace a network that is installed under this name.")
@click.option(
    "--offline", is_flag=True, help="Fetch nothing; say how to do it by hand. Also TINTYPE_OFFLINE=1."
)
@click.option("--keep", is_flag=True, help="Keep the file as it came, too.")
@_SECONDS
def pull(name: str, force: bool, offline: bool, keep: bool, seconds: float) -> None:
    """Fetch a known network, convert it, and install it.

    What breaks off goes on where it was when the command is given again. Proxies are taken from the
    environment (HTTPS_PROXY, NO_PROXY).
    """
    from rich.progress import DownloadColumn, TimeRemainingColumn

    from tintype.commands.bars import progress
    from tintype.network.families import family_of, published
    from tintype.network.pull import pull as fetch

    entry = published().get(name)
    if entry is not None:
        click.echo(f"{name}: {entry.title} ({family_of(entry).license})")
    with progress(DownloadColumn(), TimeRemainingColumn()) as bars:
        task = bars.add_task(name, total=None)

        def tell(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total or None)
            if total and done >= total:
                bars.update(task, description=f"converting {name}")

        made = fetch(name, force=force, no_network=offline, keep=keep, progress=tell, seconds=seconds)
    _installed(made)
    click.echo(f"  fetched from {made.record.source}")
    if entry is not None and not entry.sha256:
        click.echo("  no hash is published for this file; the one above is what came, and is kept with it")


@command.command()
@click.argument("names", nargs=-1)
@_SECONDS
def verify(names: tuple[str, ...], seconds: float) -> None:
    """Check networks (default: all that are here): hash, descriptor, and one run."""
    from tintype.errors import NetworkError
    from tintype.network.install import verify as check
    from tintype.network.registry import distinct

    failed = []
    for name in names or distinct():
        try:
            click.echo(f"{name}: {check(name, seconds=seconds)}")
        except NetworkError as error:
            failed.append(name)
            click.echo(f"{name}: FAILED: {error}")
    if failed:
        msg = f"{len(failed)} of {len(names or distinct())} networks failed: {', '.join(failed)}"
        raise NetworkError(msg)


@command.command()
@click.argument("names", nargs=-1, required=True)
def remove(names: tuple[str, ...]) -> None:
    """Delete installed networks; those that come with Tintype stay."""
    from tintype.network.install import remove as delete

    for name in names:
        gone = delete(name)
        stays = f" (a link; {gone.linked_to} stays)" if gone.linked_to else ""
        click.echo(f"removed {gone.folder}{stays}")


def _installed(network: Installed) -> None:
    for note in network.record.notes:
        click.echo(f"  {note}")
    d, r = network.descriptor, network.record
    click.echo(f"  licence: {d.license or 'unknown: ask whoever gave you the file'}")
    if r.source_sha256:
        click.echo(f"  sha256 of what it was made from: {r.source_sha256}")
    click.echo(f"installed as {network.name}: tintype colorize --model {network.name} PHOTO")


def _size(row: dict[str, Any]) -> str:
    if not row["size"]:
        return ""
    about = "" if row.get("exact", True) else "≈"
    return f"{about}{row['size'] / 1e6:.0f} MB"
