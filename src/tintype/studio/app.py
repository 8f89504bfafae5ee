"""The studio's application: the API, the page, and the guard before both."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from tintype._version import __version__
from tintype.colorizer import Colorizer
from tintype.studio import problems, routes_jobs, routes_photos, routes_programs, routes_sessions
from tintype.studio.darkroom import Darkroom, Order
from tintype.studio.folder import Folder
from tintype.studio.guard import Guard
from tintype.studio.jobs import Jobs
from tintype.studio.limits import Limits
from tintype.studio.models import State
from tintype.studio.store import Store, home
from tintype.studio.workers import Workers

STATIC = Path(__file__).resolve().parent / "static"


class _PageFiles(StaticFiles):
    """The page's files: kept by the browser, and asked for again whether they changed."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


@dataclass
class Studio:
    """Everything that the routes share.

    Parameters
    ----------
    data : Path, optional
        Where sessions are kept; the user's data folder unless told.
    folder : Path, optional
        Photographs that may be picked from a list.
    model : str
        The network used where a photograph names none.
    token : str
        Whoever has it may use the studio.
    host, port
        What the server is bound to; None as port skips that part of the Host check.
    """

    data: Path = field(default_factory=home)
    folder: Path | None = None
    model: str = "tintype"
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    host: str = "127.0.0.1"
    port: int | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.store = Store(self.data, self.limits)
        self.colorizer = Colorizer(self.model)
        self.darkroom = Darkroom(self.colorizer, self.limits)
        self.workers = Workers(self.limits.waiting)
        self.listed = Folder(self.folder)
        self.jobs = Jobs(self.darkroom, self.order, self.store.temporary, self.limits.queue, self.model)
        self.live_clients: set[str] = set()

    def order(self, session: str, photo: str, state: State | None = None) -> Order:
        """A photograph with the state given, else with the one that is saved."""
        found = self.store.photo(session, photo)
        original, mask = self.store.original(session, photo), self.store.mask(session, photo)
        return Order(found, original, mask, state if state is not None else found.state)


def create_app(studio: Studio) -> ASGIApp:
    """The ASGI application of a studio, behind its guard."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tidy = asyncio.create_task(_tidy(studio))
        yield
        tidy.cancel()
        studio.workers.close()
        await asyncio.to_thread(studio.jobs.close)

    app = FastAPI(
        title="Tintype studio",
        version=__version__,
        summary="Colour for black-and-white photographs, on this computer.",
        docs_url=None,  # FastAPI's own page loads scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        responses={"4XX": {"model": problems.Problems}, "5XX": {"model": problems.Problems}},
    )
    app.state.studio = studio
    problems.install(app)
    for routes in (routes_sessions, routes_photos, routes_jobs, routes_programs):
        app.include_router(routes.router)

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "index.html", headers={"cache-control": "no-cache"})

    app.mount("/static", _PageFiles(directory=STATIC), name="static")
    return Guard(app, token=studio.token, host=studio.host, port=studio.port, limits=studio.limits)


async def _tidy(studio: Studio) -> None:
    """Let go of photographs that nobody looks at; everything stays on disk."""
    while True:
        await asyncio.sleep(min(60.0, studio.limits.idle_seconds))
        studio.darkroom.shelf.tidy()
