"""Large files over HTTP: resumed, checked, from several mirrors in turn, whole or not at all.

Proxies are taken from the environment (``HTTPS_PROXY``, ``NO_PROXY``), as urllib does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tintype import files
from tintype.errors import NetworkError
from tintype.network.transfer import BrokenOff, DownloadProgress, Failed, Part, Stale, stream

__all__ = ["DownloadProgress", "Fetched", "fetch", "offline"]

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
    part = Part(target)
    if sha256 and target.is_file() and files.sha256(target) == sha256:
        return Fetched(target, urls[0], sha256, True)
    whys = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(part.path.with_name(part.path.name + ".lock")):
            for url in urls:
                try:
                    _from_mirror(url, part, size, sha256, progress, timeout)
                except Failed as error:
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
    url: str, part: Part, size: int, sha256: str, progress: DownloadProgress | None, timeout: float
) -> None:
    """Fill the part from one mirror; what is wrong with it is `Failed`."""
    if urlsplit(url).scheme not in ("http", "https"):
        msg = f"{url} is no http or https address"
        raise Failed(msg)
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
                stream(url, part, size, not sha256, progress, timeout)
        except Stale:
            continue  # the part is gone, so this can't happen again
        except BrokenOff as error:
            tries += 1
            if tries >= _TRIES or part.size <= before:
                raise Failed(str(error)) from None
            time.sleep(min(0.1 * 2**tries, 2.0))
            continue
        if not sha256 or (found := files.sha256(part.path)) == sha256:
            return
        part.drop()
        if not (resumed and again):
            msg = f"what it gave has sha256 {found}; the published file has {sha256}; it was deleted"
            raise Failed(msg)
        again = False  # the part may have been another mirror's, or damaged: once more, from the beginning


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
