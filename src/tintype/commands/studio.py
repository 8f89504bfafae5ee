"""``tintype studio``: colour by eye, in the browser, on this computer."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--port", default=0, show_default="that of last time, else a free one",
              type=click.IntRange(0, 65535), metavar="PORT", help="Port to listen on.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True,
              help="Address to listen on; on another one, whoever has the token gets in.")  # fmt: skip
@click.option("--browser/--no-browser", default=True, help="Open a browser window.")
@click.option("--model", default="tintype", show_default=True, help="Network to ask, by name or path.")
def command(folder: Path | None, port: int, host: str, browser: bool, model: str) -> None:
    """Open the studio; photographs of FOLDER can be picked from a list.

    Nothing leaves this computer. Sessions are kept in your data folder (or in $TINTYPE_HOME).
    """
    from tintype.errors import TintypeError

    try:
        from tintype.studio.context import Studio
        from tintype.studio.serve import address, bind, bind_again, serve
        from tintype.studio.store import home
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("tintype"):
            raise
        msg = f"the studio needs {error.name}; install it with: pip install 'tintype[studio]'"
        raise TintypeError(msg) from error
    listening = bind(host, port) if port else bind_again(host, home() / "port")
    with listening:
        studio = Studio(folder=folder, model=model, host=host, port=listening.getsockname()[1])
        # A token of one's own is for programs that start the studio; it is never written down here.
        studio.token = os.environ.get("TINTYPE_STUDIO_TOKEN") or studio.token
        studio.colorizer.networks()  # an unknown network is an error now, not in the window

        def ready() -> None:
            click.echo(f"The studio is open at {address(studio)}")
            click.echo("Leave this window open; Ctrl+C ends the studio. Nothing leaves this computer.")
            if browser:
                import webbrowser

                webbrowser.open(address(studio))

        serve(studio, listening, ready)
