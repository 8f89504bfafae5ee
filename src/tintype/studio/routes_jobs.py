"""Routes: downloads of whole sessions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, StreamingResponse

from tintype.studio.dependencies import JobId, StudioOf, binary
from tintype.studio.models import JobModel, JobWanted
from tintype.studio.problems import ApiError
from tintype.studio.receive import plain_name

router = APIRouter(prefix="/api/jobs")
_HEARTBEAT = 15.0


@router.post("", status_code=202)
def start(studio: StudioOf, wanted: JobWanted) -> JobModel:
    """Queue a download of a session, or of some of its photographs, as a zip."""
    known = {p.id: p for p in studio.store.session(wanted.session).photos}
    chosen = list(known) if wanted.photos is None else list(dict.fromkeys(wanted.photos))
    if unknown := [p for p in chosen if p not in known]:
        raise ApiError(404, "photo_unknown", f"There is no photograph {unknown[0]} in this session.")
    if not chosen:
        raise ApiError(422, "nothing_to_do", "There is no photograph to download.")
    return studio.jobs.add(wanted.session, [known[p] for p in chosen]).model()


@router.get("/{job}")
def get(studio: StudioOf, job: JobId) -> JobModel:
    """How far a job is."""
    return studio.jobs.get(job).model()


@router.delete("/{job}")
def cancel(studio: StudioOf, job: JobId) -> JobModel:
    """Stop a job."""
    return studio.jobs.cancel(job).model()


@router.get(
    "/{job}/events",
    response_class=StreamingResponse,
    responses={200: {"description": "Jobs.", "content": {"text/event-stream": {}}}},
)
async def events(studio: StudioOf, job: JobId) -> StreamingResponse:
    """Server-sent events: the job, whenever it changes, until it has ended."""
    found = studio.jobs.get(job)

    async def stream() -> AsyncIterator[str]:
        said, last = "", time.monotonic()
        while True:
            now = found.model()
            text = now.model_dump_json()
            if text != said:
                said, last = text, time.monotonic()
                yield f"data: {text}\n\n"
            elif time.monotonic() - last > _HEARTBEAT:
                last = time.monotonic()
                yield ": still here\n\n"
            if now.state in ("done", "failed", "cancelled"):
                return
            await asyncio.sleep(0.2)

    return StreamingResponse(stream(), media_type="text/event-stream")


@router.get("/{job}/result", responses=binary("application/zip"), response_class=FileResponse)
def result(studio: StudioOf, job: JobId) -> Response:
    """The zip of a job that is done, streamed from disk."""
    found = studio.jobs.get(job)
    path = studio.jobs.result(found)
    if found.state != "done" or not path.is_file():
        raise ApiError(409, "not_ready", "This download is not ready.")
    title = studio.store.session(found.session).title
    return FileResponse(path, media_type="application/zip", filename=f"{plain_name(title or 'tintype')}.zip")
