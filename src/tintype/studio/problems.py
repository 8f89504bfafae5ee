"""Everything that goes wrong, as one shape of JSON: ``{"error": {"code": …, "message": …}}``."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from tintype.errors import (
    AlreadyInColor,
    Cancelled,
    DiskFull,
    FilmError,
    MissingDecoder,
    MissingExtra,
    NetworkError,
    NotAFilm,
    OutOfMemory,
    PhotoError,
    SettingsError,
    TintypeError,
    TooLarge,
    UnsupportedFormat,
)

log = logging.getLogger("tintype.studio")


class Problem(BaseModel):
    """What went wrong: a code for programs, words for a person; values are what its translation tells."""

    code: str
    message: str
    values: dict[str, str] = Field(default_factory=dict)


class Problems(BaseModel):
    """The body of every answer that is no success."""

    error: Problem


class ApiError(HTTPException):
    """An answer that is no success.

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        For programs: ``photo_unreadable``.
    message : str
        For a person: what is wrong and what to do.
    **values
        What the words tell.
    """

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **values: str
    ) -> None:
        super().__init__(status, message, dict(headers) if headers else None)
        self.code, self.values = code, values

    @property
    def problem(self) -> Problem:
        """What is told of it."""
        return Problem(code=self.code, message=self.detail, values=self.values)


_CODES = {404: "not_found", 405: "method_not_allowed", 400: "bad_request", 413: "too_large"}
_WORDS = {404: "There is nothing at this address.", 405: "This address does not take that method."}


def body(problem: Problem) -> dict[str, Any]:
    """The JSON of a problem."""
    return Problems(error=problem).model_dump()


def full(error: OSError) -> bool:
    """Whether the system says that the disk, or the user's share of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def disk_error(error: OSError) -> ApiError:
    """The answer for a failure of the disk."""
    if full(error):
        text = "The disk is full, so this could not be kept. Free some space and try again."
        return ApiError(507, "disk_full", text)
    text = f"The disk refused this ({error.strerror}). Check the studio's data folder and its permissions."
    return ApiError(500, "disk_error", text)


_STATUS: tuple[tuple[type[TintypeError], int, str], ...] = (
    (DiskFull, 507, "disk_full"),
    (OutOfMemory, 507, "out_of_memory"),
    (AlreadyInColor, 422, "already_color"),
    (NotAFilm, 422, "film_unreadable"),
    (FilmError, 422, "film_failed"),
    (MissingDecoder, 422, "decoder_missing"),
    (UnsupportedFormat, 422, "format_unsupported"),
    (PhotoError, 422, "photo_unreadable"),
    (Cancelled, 409, "cancelled"),
    (SettingsError, 422, "settings"),
    (NetworkError, 422, "network"),
    (MissingExtra, 422, "not_installed"),
    (TintypeError, 500, "failed"),
)
"""What each error of the library is answered with; the first that fits counts."""


def from_tintype(error: TintypeError) -> ApiError:
    """Return the answer for an error that the library raised."""
    if isinstance(error.__cause__, OSError) and full(error.__cause__):
        return disk_error(error.__cause__)
    if isinstance(error, TooLarge):
        code = "too_many_pixels" if error.unit == "pixels" else "photo_too_large"
        return ApiError(413, code, str(error.instead("use a smaller copy")))
    status, code = next((status, code) for kind, status, code in _STATUS if isinstance(error, kind))
    if isinstance(error, MissingDecoder):
        return ApiError(status, code, str(error), extra=error.extra)
    return ApiError(status, code, str(error))


_MEMORY = "There is not enough memory for this photograph. Close other programs or use a smaller copy."
_MISTAKE = "The studio made a mistake. Its terminal window says more; your photographs are safe."


def problem_of(error: Exception) -> Problem:
    """What is told of an error that stopped work which nobody waits for with a request."""
    if isinstance(error, ApiError):
        return error.problem
    if isinstance(error, TintypeError):
        return from_tintype(error).problem
    if isinstance(error, OSError):
        return disk_error(error).problem
    if isinstance(error, MemoryError):
        return Problem(code="out_of_memory", message=_MEMORY)
    return Problem(code="internal", message=_MISTAKE)


def install(app: FastAPI) -> None:
    """Let every error leave the application in the one shape."""

    async def known(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        status = error.status_code
        code = getattr(error, "code", None) or _CODES.get(status, "refused")
        words = _WORDS.get(status, str(error.detail))
        told = error.problem if isinstance(error, ApiError) else Problem(code=code, message=words)
        return JSONResponse(body(told), status, headers=dict(error.headers or {}))

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"][1:]) or "the request"
        said = str(first["msg"]).removeprefix("Value error, ")
        return JSONResponse(body(Problem(code="invalid", message=f"{where}: {said}")), 422)

    async def library(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, TintypeError)
        return await known(request, from_tintype(error))

    async def system(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, OSError)
        log.error("the disk refused: %s", error)
        return await known(request, disk_error(error))

    async def memory(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse(body(problem_of(error)), 507)

    async def gone(request: Request, error: Exception) -> JSONResponse:
        # Nobody is there to read this; without it, a broken-off upload would be a traceback in the terminal.
        return JSONResponse(body(Problem(code="client_gone", message="The request was broken off.")), 499)

    async def unknown(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse(body(problem_of(error)), 500)

    app.add_exception_handler(HTTPException, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(TintypeError, library)
    app.add_exception_handler(OSError, system)
    app.add_exception_handler(MemoryError, memory)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unknown)
