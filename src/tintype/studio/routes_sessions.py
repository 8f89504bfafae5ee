"""Routes: about the studio, sessions, and the folder it was started on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from tintype._version import __version__
from tintype.studio import films, memory, networks
from tintype.studio.dependencies import SessionId, StudioOf
from tintype.studio.models import (
    Apply,
    FolderModel,
    Paths,
    PhotoModel,
    PhotosModel,
    SessionModel,
    SessionsModel,
    Title,
)
from tintype.studio.problems import ApiError
from tintype.studio.review import take_in
from tintype.studio.setting_fields import described
from tintype.studio.workers import Ticket

router = APIRouter()


class About(BaseModel):
    """What a page needs to know before it shows anything."""

    version: str
    network: str
    networks: list[dict[str, Any]]
    limits: dict[str, int]
    settings: list[dict[str, Any]]
    folder: str | None
    films: bool
    review: bool


@router.get("/api/about")
def about(studio: StudioOf) -> About:
    """The studio itself: version, networks, limits, and the settings to draw controls for."""
    limits = studio.limits
    return About(
        version=__version__,
        network=studio.model,
        networks=networks.described(studio.colorizer),
        limits={n: getattr(limits, n) for n in ("file_bytes", "film_bytes", "pixels", "photos", "queue")},
        settings=described(),
        folder=str(studio.listed.root) if studio.listed.root else None,
        films=films.possible(),
        review=studio.review is not None,
    )


@router.get("/api/sessions")
def sessions(studio: StudioOf) -> SessionsModel:
    """All sessions, the one used last first."""
    return SessionsModel(sessions=studio.store.sessions())


@router.post("/api/sessions", status_code=201)
def create(studio: StudioOf, title: Title | None = None) -> SessionModel:
    """Begin a session."""
    return studio.store.create(title.title if title else "")


@router.get("/api/sessions/{session}")
def session(studio: StudioOf, session: SessionId) -> SessionModel:
    """A session with its photographs."""
    return studio.store.session(session)


@router.patch("/api/sessions/{session}")
def rename(studio: StudioOf, session: SessionId, title: Title) -> SessionModel:
    """Give a session another title."""
    return studio.store.rename(session, title.title)


@router.delete("/api/sessions/{session}", status_code=204)
def delete(studio: StudioOf, session: SessionId) -> Response:
    """Delete a session: the studio's copies only."""
    for photo in studio.store.photos(session):
        studio.darkroom.cache.drop(photo.id)
    studio.jobs.forget(session)
    studio.store.delete(session)
    memory.give_back()
    return Response(status_code=204)


@router.post("/api/sessions/{session}/apply")
def apply(studio: StudioOf, session: SessionId, wanted: Apply) -> PhotosModel:
    """Give several photographs the same settings and network; hints and masks stay each one's own."""
    networks.model_of(wanted.network, studio.model)
    known = {p.id: p for p in studio.store.session(session).photos}
    chosen = list(known) if wanted.photos is None else wanted.photos
    if unknown := [p for p in chosen if p not in known]:
        raise ApiError(404, "photo_unknown", f"There is no photograph {unknown[0]} in this session.")
    made: list[PhotoModel] = []
    for photo in chosen:
        changes = {"settings": wanted.settings, "network": wanted.network}
        made.append(studio.store.put_state(session, photo, known[photo].state.model_copy(update=changes)))
    return PhotosModel(photos=made)


@router.get("/api/folder")
def folder(
    studio: StudioOf, path: str = "", start: Annotated[int, Query(ge=0, le=10_000_000)] = 0
) -> FolderModel:
    """What lies in the studio's folder, or in one below it; a long list comes in parts."""
    return studio.listed.listing(path, start)


@router.post("/api/sessions/{session}/photos/from-folder", status_code=201)
async def from_folder(request: Request, studio: StudioOf, session: SessionId, wanted: Paths) -> PhotosModel:
    """Copy photographs of the studio's folder into a session; all of them, or none."""

    def work(ticket: Ticket) -> list[PhotoModel]:
        studio.store.session(session)
        made: list[PhotoModel] = []
        try:
            for relative in wanted.paths:
                ticket.check()
                source = studio.listed.resolve(relative)
                if not source.is_file():
                    raise ApiError(404, "folder_unknown", f"{relative}: this is a folder, not a photograph.")
                if source.stat().st_size > studio.limits.file_bytes:
                    text = f"{relative}: larger than the {studio.limits.file_bytes:,} bytes allowed."
                    raise ApiError(413, "file_too_large", text)
                copy = studio.store.scratch()
                try:
                    _copy(source, copy, relative)
                    pages = studio.darkroom.survey(copy, source.name)
                    added = studio.store.add(session, copy, pages)
                    made += added
                    if studio.review is not None:
                        made[-len(added) :] = take_in(studio.review, relative, studio.store, session, added)
                finally:
                    copy.unlink(missing_ok=True)
        except BaseException:
            for photo in made:
                studio.store.remove(session, photo.id)
            raise
        return made

    return PhotosModel(photos=await studio.workers.run(request, work))


def _copy(source: Path, copy: Path, name: str) -> None:
    """Copy a file of the folder. Raises ApiError when it is changed meanwhile: half of each is neither."""
    before = source.stat()
    shutil.copyfile(source, copy)
    after = source.stat()
    if (before.st_ino, before.st_size, before.st_mtime_ns) != (
        after.st_ino,
        after.st_size,
        after.st_mtime_ns,
    ):
        raise ApiError(409, "changed", f"{name}: it was changed while it was read. Add it again.")
