"""Routes: a finished archive in review."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request

from tintype.studio.dependencies import PhotoId, SessionId, StudioOf
from tintype.studio.models import PhotoModel, Strict
from tintype.studio.problems import ApiError
from tintype.studio.review import options_of
from tintype.studio.workers import Ticket

router = APIRouter(prefix="/api/sessions/{session}/photos")


class Verdict(Strict):
    """What becomes of a result: it is well, or is made anew as the photograph's state says."""

    verdict: Literal["accepted", "redone"]


@router.post("/{photo}/review")
async def review(
    request: Request, studio: StudioOf, session: SessionId, photo: PhotoId, wanted: Verdict
) -> PhotoModel:
    """Accept the archive's result of a photograph, or put the one of the saved state in its place."""
    archive = studio.review
    known = studio.store.photo(session, photo)
    if archive is None or known.archive is None:
        raise ApiError(404, "folder_unknown", "This photograph is of no archive that is in review.")
    name = known.archive

    def work(ticket: Ticket) -> PhotoModel:
        if wanted.verdict == "accepted":
            archive.accept(name)
        else:
            order = studio.order(session, photo)
            options = options_of(order, studio.darkroom.options(order, studio.model), archive.settings)
            archive.redo(name, options, order.mask if order.state.keep_grey else None)
        return studio.store.put_archive(session, photo, name, wanted.verdict)

    return await studio.workers.run(request, work)
