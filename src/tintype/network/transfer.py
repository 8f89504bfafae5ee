"""One file over one connection: from where the part that is here ends, checked, never past its size."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tintype._version import __version__
from tintype.errors import Cancelled, NetworkError

DownloadProgress = Callable[[int, int], bool | None]
_CHUNK = 1 << 18
_LARGEST = 8 << 30  # bytes that an unpublished size may come to
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)\Z")


class Failed(Exception):  # noqa: N818 - `download` turns it into words
    """This mirror can't give the file; the next one may."""


class BrokenOff(Failed):
    """The connection ended early; what came is kept, and asking again may help."""


class Stale(Failed):
    """The part that was kept is of another file; it was dropped, and a fresh start may help."""


def stream(
    url: str,
    part: Part,
    size: int,
    downgrade_refused: bool,
    progress: DownloadProgress | None,
    timeout: float,
) -> None:
    headers = {"User-Agent": f"tintype/{__version__}", "Accept-Encoding": "identity"}
    start = part.size
    validator = part.state.get("validator", "") if part.state.get("url") == url else ""
    if start:
        headers["Range"] = f"bytes={start}-"
        if validator:
            headers["If-Range"] = validator
    opener = urllib.request.build_opener(_Redirects(downgrade_refused))
    try:
        answer = opener.open(urllib.request.Request(url, headers=headers), timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and start:  # it has nothing after what we have: not the same file
            part.drop()
            msg = "the file there is another one than the part that was kept"
            raise Stale(msg) from None
        msg = f"it answers {error.code} {error.reason}"
        raise Failed(msg) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        msg = f"no connection ({_why(error)})"
        raise Failed(msg) from None
    with answer:
        total = _total(answer, start, size)
        if answer.status != 206 and start:
            part.drop()
        part.begin(url, _validator(answer))
        free = shutil.disk_usage(part.path.parent).free
        if total and total - part.size > free:
            msg = f"{part.path.parent}: {total - part.size} bytes are needed and {free} are free; make room, "
            msg += "or set TINTYPE_HOME to a folder on another disk"
            raise NetworkError(msg)
        _pour(answer, part, total, progress)


def _total(answer: Any, start: int, size: int) -> int:
    """Bytes of the whole file, as far as anybody says; refuses an answer that can't be the file."""
    if answer.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        msg = "it gives a web page instead of the file"
        raise Failed(msg)
    length = answer.headers.get("Content-Length", "")
    total = int(length) if length.isdigit() else 0
    if answer.status == 206:
        match = _RANGE.match(answer.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != start:
            msg = "it answers with another part of the file than was asked for"
            raise Failed(msg)
        total = 0 if match[3] == "*" else int(match[3])
    elif answer.status != 200:
        msg = f"it answers {answer.status}"
        raise Failed(msg)
    if size and total and total != size:
        msg = f"its file has {total} bytes; the published one has {size}"
        raise Failed(msg)
    return total or size


def _pour(answer: Any, part: Part, total: int, progress: DownloadProgress | None) -> None:
    done = part.size
    with part.path.open("ab") as file:
        while True:
            if progress is not None and progress(done, total) is False:
                msg = f"{part.path}: stopped; the next `pull` goes on from there"
                raise Cancelled(msg)
            try:
                data = answer.read1(_CHUNK)
            except (OSError, http.client.HTTPException) as error:
                msg = f"the connection broke off after {done} bytes ({_why(error)})"
                raise BrokenOff(msg) from None
            if not data:
                break
            done += len(data)
            if done > (total or _LARGEST):
                file.truncate(0)
                msg = f"it gives more than the {total or _LARGEST} bytes that it should"
                raise Failed(msg)
            file.write(data)
    if total and done < total:
        msg = f"it ended after {done} of {total} bytes"
        raise BrokenOff(msg)
    if not done:
        msg = "it gives an empty file"
        raise Failed(msg)


class Part:
    """The unfinished file, and beside it where it comes from."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(target.name + ".part")
        self._about = target.with_name(target.name + ".part.json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def state(self) -> dict[str, str]:
        try:
            values = json.loads(self._about.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return values if isinstance(values, dict) else {}

    def begin(self, url: str, validator: str) -> None:
        self._about.write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.forget()

    def forget(self) -> None:
        self._about.unlink(missing_ok=True)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not from https to http where no hash would notice a changed file."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        old, new = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if new not in ("http", "https") or (self.strict and old == "https" and new == "http"):
            why = f"it redirects to {newurl}, which is not safe"
            raise Failed(why)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _validator(answer: Any) -> str:
    """What tells later whether the file is still the same: a strong ETag, else the date."""
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")


def _why(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or error
    return str(reason) or type(reason).__name__
