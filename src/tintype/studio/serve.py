"""Run the studio: bind, tell the address, serve until stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tintype.errors import TintypeError
from tintype.files import write_text

if TYPE_CHECKING:
    from tintype.studio.context import Studio


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises TintypeError with a remedy."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
        except OSError:
            made.close()
            raise
    except OSError as error:
        msg = f"{host}:{port}: can't listen there ({error.strerror}); choose another with --port or --host"
        raise TintypeError(msg) from error
    return made


def bind_again(host: str, remembered: Path) -> socket.socket:
    """A listening socket on the port of last time, where that is free: else on a free one.

    At the same address a page that was left open finds the studio again, and the browser still knows what it
    kept for it.
    """
    try:
        port = int(remembered.read_text())
        made = bind(host, port if 1024 <= port <= 65535 else 0)
    except (OSError, ValueError, TintypeError):
        made = bind(host, 0)
    with suppress(OSError):
        remembered.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_text(remembered, str(made.getsockname()[1]), overwrite=True)
    return made


def address(studio: Studio, *, name: str = "", token: str = "") -> str:
    """Return the address to open.

    Parameters
    ----------
    studio : Studio
    name : str
        What another computer calls this one.
    token : str
        What signs in; the studio's own unless told.
    """
    host = name or {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(studio.host, studio.host)
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{host}:{studio.port}/?token={token or studio.token}"


def serve(studio: Studio, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve on a socket until interrupted; `ready` is called once requests are answered."""
    import asyncio

    import uvicorn

    from tintype.photo.decoder import forget_operations
    from tintype.studio.app import create_app
    from tintype.studio.connections import allowed, protocol, quiet_when_full

    forget_operations()
    most, waiting = allowed(studio.limits)
    config = uvicorn.Config(
        create_app(studio), log_level="error", access_log=False, server_header=False,
        timeout_graceful_shutdown=3, h11_max_incomplete_event_size=64 * 1024, ws="none",
        http=protocol(studio.limits, most), backlog=waiting,
    )  # fmt: skip
    server = uvicorn.Server(config)
    started = server.startup

    async def startup(sockets: list[socket.socket] | None = None) -> None:
        quiet_when_full(asyncio.get_running_loop())
        await started(sockets)
        ready()

    server.startup = startup  # type: ignore[method-assign]
    try:
        server.run(sockets=[listening])
    finally:
        studio.store.close()
