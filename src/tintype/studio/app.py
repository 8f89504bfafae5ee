"""The studio's application: the API, the page, and the guard before both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from tintype._version import __version__
from tintype.studio import (
    memory,
    problems,
    routes_films,
    routes_jobs,
    routes_photos,
    routes_programs,
    routes_review,
    routes_sessions,
)
from tintype.studio.context import Studio
from tintype.studio.guard import Guard

STATIC = Path(__file__).resolve().parent / "static"


class _PageFiles(StaticFiles):
    """The page's files: kept by the browser, and asked for again whether they changed."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


def create_app(studio: Studio) -> ASGIApp:
    """The ASGI application of a studio, behind its guard."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tidy = asyncio.create_task(_tidy(studio))
        yield
        tidy.cancel()
        studio.workers.close()
        await asyncio.to_thread(studio.jobs.close)
        await asyncio.to_thread(studio.films.close)
        await asyncio.to_thread(studio.darkroom.inspector.close)

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
    for routes in (routes_sessions, routes_photos, routes_jobs, routes_films, routes_programs, routes_review):
        app.include_router(routes.router)

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "index.html", headers={"cache-control": "no-cache"})

    @app.get("/film", include_in_schema=False)
    async def film_page() -> Response:
        return FileResponse(STATIC / "film.html", headers={"cache-control": "no-cache"})

    app.mount("/static", _PageFiles(directory=STATIC), name="static")
    return Guard(
        app,
        token=studio.token,
        host=studio.host,
        port=studio.port,
        limits=studio.limits,
        guests=studio.guests,
    )


async def _tidy(studio: Studio) -> None:
    """Sweep what a killed studio left; then let go of photographs that nobody looks at, again and again.

    Whatever a session holds stays on disk.
    """
    await asyncio.to_thread(studio.store.sweep)
    while True:
        await asyncio.sleep(min(60.0, studio.limits.idle_seconds))
        if studio.darkroom.cache.tidy():
            await asyncio.to_thread(memory.give_back)
