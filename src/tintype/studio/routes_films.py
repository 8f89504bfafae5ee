"""Routes: films – opened, looked at frame by frame, previewed, coloured."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse

from tintype.studio.dependencies import FORM, StudioOf, binary, takes
from tintype.studio.film_models import FilmModel, FilmsModel, FilmState, FilmWanted
from tintype.studio.films import result_name
from tintype.studio.problems import ApiError
from tintype.studio.receive import received_form

router = APIRouter(prefix="/api/films")
FilmId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Of a film.")]
Index = Annotated[int, Path(ge=0, le=100_000_000, description="Of a frame, from 0.")]
Side = Annotated[int, Query(ge=16, le=4096)]
_TYPES = {".mp4": "video/mp4", ".mkv": "video/x-matroska"}


@router.get("")
def films(studio: StudioOf) -> FilmsModel:
    """The films that are open."""
    return FilmsModel(films=studio.films.all())


@router.post("", status_code=201, openapi_extra=takes("multipart/form-data", FORM))
async def upload(request: Request, studio: StudioOf) -> FilmModel:
    """Open a film: a form with one `file`. It is read afterwards; until then its state is `reading`."""
    studio.films.check_room()
    async with received_form(request, studio.store.scratch(), studio.limits.film_bytes) as form:
        return studio.films.add(form.path, form.name)


@router.get("/{film}")
def get(studio: StudioOf, film: FilmId) -> FilmModel:
    """A film, its shots, and the work on it."""
    return studio.films.get(film).model


@router.delete("/{film}", status_code=204)
def delete(studio: StudioOf, film: FilmId) -> Response:
    """Close a film: the studio's copy and its results go."""
    studio.films.remove(film)
    return Response(status_code=204)


@router.get("/{film}/frames/{index}", responses=binary("image/jpeg"), response_class=Response)
async def before(
    request: Request, studio: StudioOf, film: FilmId, index: Index, side: Side = 1600
) -> Response:
    """A frame as it is, in grey."""
    found = studio.films.get(film)
    data = await studio.workers.run(request, lambda ticket: studio.films.frame(found, index, side, None))
    return Response(data, media_type="image/jpeg", headers={"cache-control": "private, max-age=3600"})


@router.post("/{film}/frames/{index}", responses=binary("image/jpeg"), response_class=Response)
async def after(
    request: Request, studio: StudioOf, film: FilmId, index: Index, state: FilmState, side: Side = 1600
) -> Response:
    """A frame coloured by itself: what holds over time shows in a preview."""
    found = studio.films.get(film)
    data = await studio.workers.run(
        request, lambda ticket: studio.films.frame(found, index, side, state), newest=(film, "frame")
    )
    return Response(data, media_type="image/jpeg")


@router.post("/{film}/task", status_code=202)
def start(studio: StudioOf, film: FilmId, wanted: FilmWanted) -> FilmModel:
    """Colour the film, or the beginning of one shot of it."""
    return studio.films.start(studio.films.get(film), wanted)


@router.delete("/{film}/task")
def cancel(studio: StudioOf, film: FilmId) -> FilmModel:
    """Stop the work; the same work asked for again goes on where it was."""
    return studio.films.cancel(studio.films.get(film))


@router.get("/{film}/preview", responses=binary(*_TYPES.values()), response_class=FileResponse)
def preview(studio: StudioOf, film: FilmId) -> Response:
    """The part that was coloured last, to be played."""
    path = studio.films.get(film).preview
    if path is None or not path.is_file():
        raise ApiError(409, "not_ready", "There is no preview yet.")
    return FileResponse(path, media_type=_TYPES[path.suffix])


@router.get("/{film}/result", responses=binary(*_TYPES.values()), response_class=FileResponse)
def result(studio: StudioOf, film: FilmId) -> Response:
    """The coloured film, streamed from disk."""
    found = studio.films.get(film)
    if found.target is None or not found.target.is_file():
        raise ApiError(409, "not_ready", "This film is not ready.")
    return FileResponse(found.target, media_type=_TYPES[found.target.suffix], filename=result_name(found))
