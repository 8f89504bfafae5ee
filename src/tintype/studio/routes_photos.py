"""Routes: one photograph – its state, its pictures, its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from tintype.notes import Note
from tintype.photo.formats import WRITABLE
from tintype.studio import masks, memory, networks
from tintype.studio.dependencies import FORM, PhotoId, SessionId, StudioOf, binary, takes
from tintype.studio.jobs import target_name
from tintype.studio.models import (
    PhotoModel,
    PhotosModel,
    Preview,
    Proposals,
    ProposalsMade,
    Region,
    Side,
    Spot,
    State,
    Suggestions,
    View,
)
from tintype.studio.problems import ApiError
from tintype.studio.receive import received_bytes, received_form
from tintype.studio.workers import Ticket

router = APIRouter(prefix="/api/sessions/{session}/photos")
_FORMATS = {word: name for name, f in WRITABLE.items() for word in (name, *(s[1:] for s in f.suffixes))}
_MOST_NOTES = 12  # in a header


@router.post("", status_code=201, openapi_extra=takes("multipart/form-data", FORM))
async def upload(request: Request, studio: StudioOf, session: SessionId) -> PhotosModel:
    """Add a photograph: a form with one `file`. A file of several pages gives several photographs."""
    studio.store.require(session)
    async with received_form(request, studio.store.scratch(), studio.limits.file_bytes) as form:

        def work(ticket: Ticket) -> list[PhotoModel]:
            return studio.store.add(session, form.path, studio.darkroom.survey(form.path, form.name))

        return PhotosModel(photos=await studio.workers.run(request, work))


@router.get("/{photo}")
def get(studio: StudioOf, session: SessionId, photo: PhotoId) -> PhotoModel:
    """What is known of a photograph, and its state."""
    return studio.store.photo(session, photo)


@router.delete("/{photo}", status_code=204)
def delete(studio: StudioOf, session: SessionId, photo: PhotoId) -> Response:
    """Remove the studio's copy of a photograph."""
    studio.store.remove(session, photo)
    studio.darkroom.cache.drop(photo)
    memory.give_back()
    return Response(status_code=204)


@router.put("/{photo}/state")
def put_state(studio: StudioOf, session: SessionId, photo: PhotoId, state: State) -> PhotoModel:
    """Keep the state of a photograph: what survives closing the page."""
    networks.model_of(state.network, studio.model)
    return studio.store.put_state(session, photo, state)


@router.put(
    "/{photo}/keep-grey",
    status_code=204,
    openapi_extra=takes("image/png", {"type": "string", "format": "binary"}),
)
async def put_mask(request: Request, studio: StudioOf, session: SessionId, photo: PhotoId) -> Response:
    """Keep a mask: white stays grey. It is stretched over the photograph."""
    data = await received_bytes(request, studio.limits.mask_bytes)

    def work(ticket: Ticket) -> None:
        masks.keep(data, studio.store.photo(session, photo), studio.store.mask(session, photo), studio.limits)

    await studio.workers.run(request, work)
    return Response(status_code=204)


@router.delete("/{photo}/keep-grey", status_code=204)
def delete_mask(studio: StudioOf, session: SessionId, photo: PhotoId) -> Response:
    """Forget the mask."""
    studio.store.mask(session, photo).unlink(missing_ok=True)
    return Response(status_code=204)


@router.get("/{photo}/keep-grey", responses=binary("image/png"), response_class=Response)
def get_mask(studio: StudioOf, session: SessionId, photo: PhotoId) -> Response:
    """The mask."""
    path = studio.store.mask(session, photo)
    if not path.is_file():
        raise ApiError(404, "no_mask", "Nothing was painted on this photograph.")
    return Response(path.read_bytes(), media_type="image/png")


@router.get("/{photo}/before", responses=binary("image/jpeg"), response_class=Response)
async def before(
    request: Request,
    studio: StudioOf,
    session: SessionId,
    photo: PhotoId,
    size: Annotated[Side, Query()] = 512,
) -> Response:
    """The grey photograph, its longest side at most `size` px."""

    def work(ticket: Ticket) -> bytes:
        return studio.darkroom.before(studio.order(session, photo), size, studio.model)

    return Response(await studio.workers.run(request, work), media_type="image/jpeg")


@router.post("/{photo}/preview", responses=binary("image/jpeg"), response_class=Response)
async def preview(
    request: Request, studio: StudioOf, session: SessionId, photo: PhotoId, wanted: Preview
) -> Response:
    """The photograph in colour, its longest side at most `size` px.

    A newer request for the same photograph and size takes the place of an older one (409 `superseded`).
    Where the network is slow, `quick` gives new hints their places at once and leaves the rest as it was; the
    answer then says `Tintype-Draft: 1`, and the network's own comes without `quick`.
    """

    def work(ticket: Ticket) -> tuple[bytes, bool]:
        order = studio.order(session, photo, wanted.state)
        return studio.darkroom.preview(order, ticket, wanted.size, studio.model, quick=wanted.quick)

    made, draft = await studio.workers.run(request, work, newest=(photo, wanted.size))
    headers = {"tintype-draft": "1"} if draft else {}
    return Response(made, media_type="image/jpeg", headers=headers)


@router.post("/{photo}/region", responses=binary("image/png"), response_class=Response)
async def region(
    request: Request, studio: StudioOf, session: SessionId, photo: PhotoId, wanted: Region
) -> Response:
    """A part of the photograph, down to single pixels."""

    def work(ticket: Ticket) -> bytes:
        order = studio.order(session, photo, wanted.state)
        return studio.darkroom.region(order, ticket, wanted, studio.model)

    newest = photo, "region", wanted.which
    return Response(await studio.workers.run(request, work, newest=newest), media_type="image/png")


@router.post("/{photo}/suggest")
async def suggest(
    request: Request, studio: StudioOf, session: SessionId, photo: PhotoId, wanted: Spot
) -> Suggestions:
    """Colours that the network finds likely at one place."""

    def work(ticket: Ticket) -> Suggestions:
        order = studio.order(session, photo, wanted.state)
        return Suggestions(colors=studio.darkroom.suggest(order, ticket, wanted, studio.model))

    return await studio.workers.run(request, work)


@router.post("/{photo}/candidates")
async def candidates(
    request: Request, studio: StudioOf, session: SessionId, photo: PhotoId, wanted: Proposals
) -> ProposalsMade:
    """Distinct proposals, to be looked at side by side."""

    def work(ticket: Ticket) -> ProposalsMade:
        order = studio.order(session, photo, wanted.state)
        made = studio.darkroom.candidates(order, ticket, wanted.count, wanted.size, studio.model)
        return ProposalsMade(candidates=made)

    return await studio.workers.run(request, work)


@router.post("/{photo}/confidence", responses=binary("image/png"), response_class=Response)
async def confidence(
    request: Request, studio: StudioOf, session: SessionId, photo: PhotoId, wanted: View
) -> Response:
    """Where the network is sure (white) and where it is not (black)."""

    def work(ticket: Ticket) -> bytes:
        order = studio.order(session, photo, wanted.state)
        return studio.darkroom.confidence(order, ticket, wanted.size, studio.model)

    return Response(await studio.workers.run(request, work), media_type="image/png")


@router.get(
    "/{photo}/download",
    responses=binary(*(f.media for f in WRITABLE.values())),
    response_class=FileResponse,
)
async def download(
    request: Request,
    studio: StudioOf,
    session: SessionId,
    photo: PhotoId,
    format: Annotated[str | None, Query(pattern=f"^({'|'.join(_FORMATS)})$")] = None,
) -> Response:
    """The photograph at full resolution with its metadata, made from the saved state.

    What was reduced or left out for its format is told in `Tintype-Notes`, JSON as a photograph's `notes`.
    """
    order = studio.order(session, photo)
    if format is not None:
        order.state.settings["format"] = _FORMATS[format]
    made = studio.store.scratch()

    def work(ticket: Ticket) -> tuple[str, Path, list[Note]]:
        suffix = studio.darkroom.suffix(order)
        target = made.with_suffix(suffix)
        notes = studio.darkroom.develop(order, target, studio.model, ticket.going)
        return target_name(order, suffix), target, notes

    name, path, notes = await studio.workers.run(request, work)
    told = {"tintype-notes": json.dumps([n.to_json() for n in notes[:_MOST_NOTES]])} if notes else {}
    clean = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, filename=name, background=clean, headers=told)
