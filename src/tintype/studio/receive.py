"""Bodies that stream to disk while they arrive; nothing of their size is held in memory.

Starlette's ``request.form(max_files=1)`` would do most of this, but puts the file into the system's folder of
temporary files (often memory, or another disk, from which half a gigabyte would be copied again), and knows
no limit for one file, so that a photograph that is too large would be refused only after it has come.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from tintype.studio.limits import MIB
from tintype.studio.problems import ApiError

_FIELD_BYTES = 256 * 1024
_FIELDS = 64


@dataclass
class Received:
    """A form: one file, on disk, and its other fields as texts."""

    path: Path
    name: str
    fields: dict[str, str] = field(default_factory=dict)


def plain_name(name: str) -> str:
    """A file's name without folders, control characters or anything that a disk or a zip trips over.

    >>> plain_name("../../etc/passwd")
    'passwd'
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join("_" if c in '<>:"|?*' else c for c in name if c.isprintable())
    stem, dot, suffix = re.sub(r"[.\s]+$", "", name).rpartition(".")
    stem, name = (re.sub(r"^[.\s]+|[.\s]+$", "", text) for text in (stem, name))
    if dot and len(suffix) <= 8:
        return f"{stem[:100] or 'photo'}.{suffix}"
    return name[:100] or "photo"


class _Form:
    """Callbacks of the multipart parser: what has arrived and is not yet written."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.fields: dict[str, str] = {}
        self.pending = bytearray()
        self.files = self._field_bytes = 0
        self.ended = False

    def part_begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._key, self._value, self._text = b"", b"", bytearray()
        self._is_file = False
        self._field = ""

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._key += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        self._headers[self._key.lower()] = self._value
        self._key = self._value = b""
        if len(self._headers) > 16:
            raise _bad("a part has too many headers")

    def headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = b"filename" in options or self._field == "file"
        if self._is_file:
            self.files += 1
            if self.files > 1 or self._field != "file":
                raise _bad("send one photograph a request, in the field named file")
            self.name = plain_name(options.get(b"filename", b"").decode("utf-8", "replace"))

    def part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.pending += data[start:end]
            return
        self._field_bytes += end - start
        if self._field_bytes > _FIELD_BYTES:
            raise ApiError(413, "too_large", "The fields beside the file are too large.")
        self._text += data[start:end]

    def part_end(self) -> None:
        if not self._is_file:
            if len(self.fields) >= _FIELDS or self._field in self.fields:
                raise _bad("a field comes twice, or there are too many")
            self.fields[self._field] = self._text.decode("utf-8", "replace")

    def end(self) -> None:
        self.ended = True


def _bad(what: str) -> ApiError:
    return ApiError(400, "bad_form", f"This form can't be read: {what}.")


@asynccontextmanager
async def received_form(request: Request, path: Path, limit: int) -> AsyncIterator[Received]:
    """The form of a request, its file streamed to `path`; whatever is left there afterwards is removed.

    Raises ApiError when it is no such form, or as soon as the file grows over `limit` bytes.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise ApiError(
            415, "not_a_form", "Send the photograph as multipart/form-data, in a field named file."
        )
    form = _Form()
    parser = MultipartParser(boundary, {
        "on_part_begin": form.part_begin, "on_part_data": form.part_data, "on_part_end": form.part_end,
        "on_header_field": form.header_field, "on_header_value": form.header_value,
        "on_header_end": form.header_end, "on_headers_finished": form.headers_finished, "on_end": form.end,
    })  # fmt: skip
    written = 0
    try:
        with path.open("xb") as file:
            async for chunk in request.stream():
                try:
                    parser.write(chunk)
                except MultipartParseError as error:
                    raise _bad("it is damaged or cut short") from error
                written_now = len(form.pending)
                if written + written_now > limit:
                    text = f"This file is larger than the {limit:,} bytes that are allowed."
                    raise ApiError(413, "file_too_large", text)
                if written_now >= MIB:
                    await asyncio.to_thread(file.write, bytes(form.pending))
                    written += written_now
                    form.pending.clear()
            file.write(form.pending)
        if not form.ended:
            raise _bad("it is damaged or cut short")
        if form.name is None:
            raise _bad("there is no field named file")
        yield Received(path, form.name, form.fields)
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


async def received_bytes(request: Request, limit: int) -> bytes:
    """A small body, whole. Raises ApiError as soon as it grows over `limit`, or when it is empty."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > limit:
            raise ApiError(413, "too_large", f"This is larger than the {limit:,} bytes allowed here.")
    if not held:
        raise ApiError(400, "empty", "The body is empty; send a picture.")
    return bytes(held)
