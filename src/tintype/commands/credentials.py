"""``tintype credentials``: the key that signs results, and what a file's Content Credentials say."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group(
    epilog="The key lies in the user's folder for configuration, or in the one that TINTYPE_HOME names."
)
def command() -> None:
    """Make a key that signs results, and verify Content Credentials (C2PA)."""


@command.command()
@click.option("--name", default="", metavar="NAME", help="Who signs: a person, an archive.")
def init(name: str) -> None:
    """Make a key and a test certificate for this computer; an existing one is never replaced.

    Then `tintype colorize --credentials` signs. The certificate shows that a file is as it was when it was
    signed here. Nobody vouches for the name in it: for that, put a key and certificates of your own, as PEM,
    into the same file.
    """
    from tintype.credentials import create

    click.echo(create(name))


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="All that the library's reader says, as JSON.")
def show(file: Path, as_json: bool) -> None:
    """Say what the Content Credentials of a file say, and whether they hold.

    Ends with code 1 where there are none, or where the file is not what was signed.
    """
    from tintype.credentials import read
    from tintype.errors import CredentialsError

    found = read(file)
    if as_json:
        click.echo(json.dumps(found.report, indent=2, ensure_ascii=False))
    else:
        whose = "this computer's own key" if found.known else "nobody that this computer knows vouches for it"
        lines = [
            ("signed by", f"{found.signer}, {found.organization} ({whose})"),
            ("written by", found.program),
            ("title", found.title),
            *(("done", action) for action in found.actions),
            *(("made of", name) for name in found.ingredients),
            *(("network", str(found.coloring[key])) for key in ("network",) if key in found.coloring),
        ]
        if original := found.coloring.get("original"):
            lines.append(("original", f"SHA-256 {original.get('sha256', '')}"))
        if settings := found.coloring.get("settings"):
            lines.append(("settings", json.dumps(settings, ensure_ascii=False)))
        for title, text in lines:
            click.echo(f"{title + ':':<12}{text}")
    if not found.valid:
        why = "; ".join(found.problems) or "the library's reader says so"
        raise CredentialsError(name=str(file), reason=f"the credentials don't hold ({why})")
