"""Routes for programs, and for the webcam: a picture in, a picture out, nothing kept."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from tintype import names
from tintype.errors import AlreadyInColor
from tintype.photo.formats import WRITABLE
from tintype.photo.write import output_format
from tintype.settings import Settings
from tintype.studio import networks, webcam
from tintype.studio.dependencies import FORM, StudioOf, binary, takes
from tintype.studio.problems import ApiError
from tintype.studio.receive import received_bytes, received_form
from tintype.studio.setting_fields import FIELDS, schema
from tintype.studio.workers import Ticket

router = APIRouter(prefix="/api")
_ALL = {f.name: f for f in dataclasses.fields(Settings)}
_MORE = {n: _ALL[n] for n in ("model", "merge", "size", "page", "already_color")}
_OPTIONS = FIELDS | _MORE
_HINTS = {"type": "string", "description": "JSON: a list of {x, y, color} in pixels of the photograph."}
_FORM = {**FORM, "properties": FORM["properties"] | schema(_OPTIONS)["properties"] | {"hints": _HINTS}}
_TRUTH = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}


def parse(fields: dict[str, str], default: str) -> dict[str, Any]:
    """Options from the texts of a form, checked by `Settings`. Raises ApiError or SettingsError."""
    options: dict[str, Any] = {"model": default}
    for name, text in fields.items():
        if name == "hints":
            options[name] = _json(name, text)
            continue
        if name not in _OPTIONS:
            raise ApiError(422, "settings", f"There is no setting named {name[:60]!r}.")
        like = _OPTIONS[name].default
        try:
            if isinstance(like, bool):
                options[name] = _TRUTH[text.strip().lower()]
            elif isinstance(like, int | float):
                options[name] = type(like)(text)
            elif isinstance(like, tuple):
                options[name] = [c.strip() for c in text.split(",") if c.strip()]
            else:
                options[name] = text
        except (ValueError, KeyError):
            raise ApiError(422, "settings", f"{name} is {text[:60]!r}; see the API's description.") from None
    options["model"] = networks.model_of(options["model"], default)
    settings = Settings.from_json(options)
    return {k: getattr(settings, k) for k in options}


def _json(name: str, text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # not JSON; a number of thousands of digits; too deep
        value = None
    if not isinstance(value, list):
        raise ApiError(422, "settings", f"{name} is no JSON list.")
    return value


@router.post(
    "/colorize",
    responses=binary(*(f.media for f in WRITABLE.values())),
    response_class=FileResponse,
    openapi_extra=takes("multipart/form-data", _FORM),
)
async def colorize(request: Request, studio: StudioOf) -> Response:
    """Colour one file: a form with `file` and any settings. The answer is the coloured file."""
    async with received_form(request, studio.store.scratch(), studio.limits.file_bytes) as form:
        options = parse(form.fields, studio.model) | {
            "max_pixels": studio.limits.pixels,
            "max_memory": studio.limits.photo_megabytes,
        }
        made = studio.store.scratch()

        def work(ticket: Ticket) -> Path:
            studio.darkroom.survey(form.path, form.name)
            ticket.check()
            colorizer = studio.colorizer
            settings = colorizer.settings.replace(**options)
            sittings = colorizer.prepare(form.path, settings, name=form.name)
            kind = output_format(None, sittings[0].photo, settings)
            target = made.with_suffix(WRITABLE[kind].suffixes[0])
            try:
                result = colorizer.save(sittings, target, settings, progress=ticket.going)
            except AlreadyInColor as error:
                raise ApiError(422, "already_color", str(error)) from None
            return result.targets[0]

        path = await studio.workers.run(request, work)
    name = names.colored(form.name, path.suffix)
    return FileResponse(path, filename=name, background=BackgroundTask(path.unlink, missing_ok=True))


@router.post(
    "/live",
    responses=binary("image/jpeg"),
    response_class=Response,
    openapi_extra=takes("image/jpeg", {"type": "string", "format": "binary"}),
)
async def live(request: Request, studio: StudioOf) -> Response:
    """Colour a webcam frame. One at a time for each client; 429 while the last one is being made."""
    client = str(request.scope.get("client_id", ""))
    if client in studio.live_clients:
        raise ApiError(429, "busy", "The last frame is still being coloured.", {"retry-after": "0"})
    studio.live_clients.add(client)
    try:
        data = await received_bytes(request, studio.limits.frame_bytes)

        def work(ticket: Ticket) -> bytes:
            limit = studio.limits.frame_pixels
            return webcam.colored(studio.colorizer, studio.darkroom.latency, data, ticket, limit)

        return Response(await studio.workers.run(request, work), media_type="image/jpeg")
    finally:
        studio.live_clients.discard(client)
