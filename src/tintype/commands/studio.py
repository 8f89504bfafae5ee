"""``tintype studio``: colour by eye, in the browser, on this computer."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tintype.studio.context import Studio

_OPEN_HOST = (
    "warning: the studio is open to your network. Whoever has its address with the token can see, change and "
    "delete what is in it, and nothing is encrypted on its way: photographs and token can be read along. Do "
    "so only in networks that you trust, or keep to 127.0.0.1 and an SSH tunnel."
)


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--archive", metavar="DEST", help="Look through a finished archive, the least certain results first."
)
@click.option("--port", default=0, show_default="that of last time, else a free one",
              type=click.IntRange(0, 65535), metavar="PORT", help="Port to listen on.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True,
              help="Address to listen on; 0.0.0.0 opens it to your network, unencrypted.")  # fmt: skip
@click.option("--browser/--no-browser", default=True, help="Open a browser window.")
@click.option("--photo-memory", default=1.5, show_default=True, metavar="GB", type=click.FloatRange(0.1, 1e3),
              help="Memory that opening a photograph may take; what asks for more is refused.")  # fmt: skip
@click.option("--model", help="Network to ask, by name or path.  [default: tintype, or the archive's]")
def command(
    folder: Path | None,
    archive: str | None,
    port: int,
    host: str,
    browser: bool,
    photo_memory: float,
    model: str | None,
) -> None:
    """Open the studio; photographs of FOLDER can be picked from a list.

    With --archive those that `tintype archive` was least certain of: accept them, or steer them and put them
    into the archive anew.

    Nothing leaves this computer, unless --host lets others in. Sessions are kept in your data folder (or in
    $TINTYPE_HOME).
    """
    from tintype.errors import TintypeError

    try:
        from tintype.studio.context import Studio
        from tintype.studio.limits import Limits
        from tintype.studio.serve import bind, bind_again, serve
        from tintype.studio.store import home
        from tintype.studio.tokens import checked_token, new_token
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("tintype"):
            raise
        msg = f"the studio needs {error.name}; install it with: pip install 'tintype[studio]'"
        raise TintypeError(msg) from error
    if folder and archive:
        msg = "name a folder or an archive, not both"
        raise click.UsageError(msg)
    with ExitStack() as stack:
        review = None
        if archive:
            from tintype.archive.review import reviewed

            review = stack.enter_context(reviewed(archive))
            model = model or review.settings.model
        listening = bind(host, port) if port else bind_again(host, home() / "port")
        stack.enter_context(listening)
        # A token of one's own is for programs that start the studio; it is never written down here.
        token = os.environ.get("TINTYPE_STUDIO_TOKEN")
        studio = Studio(
            folder=folder,
            review=review,
            model=model or "tintype",
            token=checked_token(token) if token else new_token(),
            host=host,
            port=listening.getsockname()[1],
            limits=Limits(photo_memory_bytes=int(photo_memory * 1e9)),
        )
        studio.colorizer.networks()  # an unknown network is an error now, not in the window

        serve(studio, listening, partial(_say_where, studio, browser=browser))


def _say_where(studio: Studio, *, browser: bool) -> None:
    from tintype.studio.browser import open_browser
    from tintype.studio.guard import is_local
    from tintype.studio.serve import address

    click.echo(f"The studio is open at {address(studio)}")
    if is_local(studio.host):
        click.echo("Leave this window open; Ctrl+C ends the studio. Nothing leaves this computer.")
    else:
        if studio.host in ("0.0.0.0", "::"):
            click.echo(f"From other computers: {address(studio, name=socket.gethostname())}")
        click.echo(f"tintype: {_OPEN_HOST}", err=True)
        click.echo("Leave this window open; Ctrl+C ends the studio.")
    if browser:
        open_browser(studio)
