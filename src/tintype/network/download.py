"""Large files over HTTP: resumed, checked, from several mirrors in turn, whole or not at all.

Proxies are taken from the environment (``HTTPS_PROXY``, ``NO_PROXY``), as urllib does.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tintype import files
from tintype._version import __version__
from tintype.errors import Cancelled, NetworkError

DownloadProgress = Callable[[int, int], bool | None]
_CHUNK = 1 << 18
_LARGEST = 8 << 30  # bytes that an unpublished size may come to
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)\Z")
_TRIES = 8  # connections to one mirror, as long as each brings something new


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that came whole.

    Attributes
    ----------
    path : Path
    url : str
        The mirror that it came from.
    sha256 : str
        Of the file, hexadecimal.
    checked : bool
        Whether that equals a published hash; False if none is published.
    """

    path: Path
    url: str
    sha256: str
    checked: bool


class _Failed(Exception):  # noqa: N818 - it never leaves this file
    """This mirror can't give the file; the next one may."""


class _BrokenOff(_Failed):
    """The connection ended early; what came is kept, and asking again may help."""


class _Stale(_Failed):
    """The part that was kept is of another file; it was dropped, and a fresh start may help."""


def offline() -> bool:
    """Whether ``TINTYPE_OFFLINE`` forbids to fetch anything."""
    return os.environ.get("TINTYPE_OFFLINE", "").strip().lower() not in ("", "0", "no", "false")


def fetch(
    urls: Sequence[str],
    target: Path,
    *,
    size: int = 0,
    sha256: str = "",
    progress: DownloadProgress | None = None,
    timeout: float = 30.0,
) -> Fetched:
    """Download a file from the first mirror that gives it.

    Parameters
    ----------
    urls : sequence of str
        Mirrors, http or https; tried in this order.
    target : Path
        Where the file goes when it is whole. Until then it is ``<target>.part``, which a later call resumes.
    size : int
        Bytes, where published; 0 otherwise.
    sha256 : str
        Hexadecimal, where published.
    progress : callable, optional
        Called with bytes so far and bytes in all (0: unknown); returning False stops (raises `Cancelled`).
    timeout : float
        Seconds without a byte after which a connection counts as broken.

    Raises
    ------
    NetworkError
        If no mirror gave the file; the message says what was wrong with each.
    """
    part = _Part(target)
    if sha256 and target.is_file() and files.sha256(target) == sha256:
        return Fetched(target, urls[0], sha256, True)
    whys = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(part.path.with_name(part.path.name + ".lock")):
            for url in urls:
                try:
                    _from_mirror(url, part, size, sha256, progress, timeout)
                except _Failed as error:
                    whys.append(f"{urlsplit(url).hostname}: {error}")
                    continue
                found = files.sha256(part.path)
                part.path.replace(target)
                part.forget()
                return Fetched(target, url, found, bool(sha256))
    except OSError as error:
        msg = f"{target}: can't be written: {error}; free some space, or set TINTYPE_HOME to another folder"
        raise NetworkError(msg) from error
    kept = f"; {part.size} bytes are kept and the next try goes on from there" if part.size else ""
    raise NetworkError("; ".join(whys) + kept)


def _from_mirror(
    url: str, part: _Part, size: int, sha256: str, progress: DownloadProgress | None, timeout: float
) -> None:
    """Fill the part from one mirror; what is wrong with it is `_Failed`."""
    if urlsplit(url).scheme not in ("http", "https"):
        msg = f"{url} is no http or https address"
        raise _Failed(msg)
    # Parts of two mirrors are the same file only if the hash will tell.
    if part.size and part.state.get("url") != url and not sha256:
        part.drop()
    if size and part.size > size:
        part.drop()
    tries, again = 0, True
    while True:
        before, resumed = part.size, part.size > 0
        try:
            if not (size and part.size == size):
                _stream(url, part, size, not sha256, progress, timeout)
        except _Stale:
            continue  # the part is gone, so this can't happen again
        except _BrokenOff as error:
            tries += 1
            if tries >= _TRIES or part.size <= before:
                raise _Failed(str(error)) from None
            time.sleep(min(0.1 * 2**tries, 2.0))
            continue
        if not sha256 or (found := files.sha256(part.path)) == sha256:
            return
        part.drop()
        if not (resumed and again):
            msg = f"what it gave has sha256 {found}; the published file has {sha256}; it was deleted"
            raise _Failed(msg)
        again = False  # the part may have been another mirror's, or damaged: once more, from the beginning


def _stream(
    url: str,
    part: _Part,
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
            raise _Stale(msg) from None
        msg = f"it answers {error.code} {error.reason}"
        raise _Failed(msg) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        msg = f"no connection ({_why(error)})"
        raise _Failed(msg) from None
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
        raise _Failed(msg)
    length = answer.headers.get("Content-Length", "")
    total = int(length) if length.isdigit() else 0
    if answer.status == 206:
        match = _RANGE.match(answer.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != start:
            msg = "it answers with another part of the file than was asked for"
            raise _Failed(msg)
        total = 0 if match[3] == "*" else int(match[3])
    elif answer.status != 200:
        msg = f"it answers {answer.status}"
        raise _Failed(msg)
    if size and total and total != size:
        msg = f"its file has {total} bytes; the published one has {size}"
        raise _Failed(msg)
    return total or size


def _pour(answer: Any, part: _Part, total: int, progress: DownloadProgress | None) -> None:
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
                raise _BrokenOff(msg) from None
            if not data:
                break
            done += len(data)
            if done > (total or _LARGEST):
                file.truncate(0)
                msg = f"it gives more than the {total or _LARGEST} bytes that it should"
                raise _Failed(msg)
            file.write(data)
    if total and done < total:
        msg = f"it ended after {done} of {total} bytes"
        raise _BrokenOff(msg)
    if not done:
        msg = "it gives an empty file"
        raise _Failed(msg)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keep a second process from writing the same part; a disk without locks can't."""
    try:
        with files.lock(lock):
            try:
                yield
            finally:
                with suppress(OSError):  # Windows deletes no open file; an empty one does no harm
                    lock.unlink()
    except BlockingIOError:
        msg = f"{lock.with_suffix('')}: another pull is writing it; wait until that has ended"
        raise NetworkError(msg) from None


class _Part:
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
            raise _Failed(why)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _validator(answer: Any) -> str:
    """What tells later whether the file is still the same: a strong ETag, else the date."""
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")


def _why(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or error
    return str(reason) or type(reason).__name__
