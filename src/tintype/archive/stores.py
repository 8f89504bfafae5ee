"""Files wherever they lie: on a disk, or wherever fsspec reaches (S3, GCS, Azure, SFTP, …).

A place is a path or an address (``s3://bucket/scans/a.jpg``). How a store is reached (endpoint, keys) is told
by the environment, as its own tools read it.

>>> is_remote("s3://bucket/a.jpg"), is_remote("C:/scans/a.jpg"), is_remote("scans/a.jpg")
(True, False, False)
>>> join("s3://bucket/scans", "a/b.jpg"), join("s3://bucket", "s3://other/b.jpg")
('s3://bucket/scans/a/b.jpg', 's3://other/b.jpg')
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from tintype.errors import MissingExtra, PhotoError, TintypeError, printable

_REMOTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs",
           "az": "azure", "abfs": "azure", "abfss": "azure",
           "sftp": "sftp", "ssh": "sftp"}  # fmt: skip
_SAME = {"s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az", "ssh": "sftp"}
_TRIES = 5
_FIRST_WAIT = 0.1  # s, doubled each time

Answer = TypeVar("Answer")


def is_remote(place: str) -> bool:
    """Whether a place is an address of a store, not a path."""
    return _REMOTE.match(place) is not None


def join(base: str, name: str) -> str:
    """Return the place that a name means, seen from a folder; what is absolute already stays."""
    if is_remote(name):
        return name
    if is_remote(base):
        return f"{base.rstrip('/')}/{name}"
    return str(Path(base) / name)


def parent(place: str) -> str:
    """Return the folder that a place lies in.

    >>> parent("s3://bucket/lists/a.csv"), parent("a.csv")
    ('s3://bucket/lists', '.')
    """
    return place.rpartition("/")[0] if is_remote(place) else str(Path(place).parent)


def plain(place: str) -> str:
    """Return what two addresses of one place have in common.

    >>> plain("S3a://bucket/scans/"), plain("gcs://bucket")
    ('s3://bucket/scans', 'gs://bucket')
    """
    kind, _, path = place.partition("://")
    return f"{_SAME.get(kind.lower(), kind.lower())}://{path.rstrip('/')}"


def filesystem(place: str) -> tuple[Any, str]:
    """Return fsspec's file system of an address, and the path there.

    Raises MissingExtra, and PhotoError for an address that nothing answers for.
    """
    match = _REMOTE.match(place)
    kind = match[1].lower() if match else "file"
    try:
        import fsspec

        # Another machine may have written in the meantime.
        return cast("tuple[Any, str]", fsspec.core.url_to_fs(place, use_listings_cache=False))
    except ImportError as error:
        extra = _EXTRAS.get(kind, "archive")
        raise MissingExtra(extra, package=error.name or "fsspec", purpose=f"{kind}://", name=place) from error
    except ValueError as error:
        reason = f"no file system is known for {kind}://"
        raise PhotoError(name=printable(place), reason=reason, remedy="check the spelling") from error


def tried(call: Callable[[], Answer]) -> Answer:
    """Call what a store may refuse for a moment, again and again with longer waits.

    What is said for good (it isn't there, it isn't allowed) is raised at once. Raises OSError.
    """
    for number in range(_TRIES):
        try:
            return call()
        except (FileNotFoundError, PermissionError, IsADirectoryError, FileExistsError, TintypeError):
            raise
        except Exception as error:  # stores' libraries have classes of their own for a line that broke
            if number == _TRIES - 1:
                if isinstance(error, OSError):
                    raise
                raise OSError(None, f"{type(error).__name__}: {error}") from error
        time.sleep(_FIRST_WAIT * 2**number)
    raise AssertionError


def open_binary(place: str) -> BinaryIO:
    """Open a file for reading, from any place in it. Raises OSError, MissingExtra, PhotoError."""
    if not is_remote(place):
        return Path(place).open("rb")
    system, path = filesystem(place)
    return tried(lambda: cast("BinaryIO", system.open(path, "rb")))


def fetch(place: str, folder: Path, name: str) -> Path:
    """Return a file as a local one: itself, or a copy in `folder`. Raises OSError."""
    if not is_remote(place):
        return Path(place)
    system, path = filesystem(place)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    tried(lambda: system.get_file(path, str(target)))
    return target


def exists(place: str) -> bool:
    """Whether something is there. Raises OSError, MissingExtra, PhotoError."""
    system, path = filesystem(place)

    def look() -> bool:
        try:
            system.info(path)
        except FileNotFoundError:
            return False
        return True

    return tried(look)


def copy_part(place: str, target: Path, offset: int, size: int) -> None:
    """Copy bytes from the middle of a file. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)

    def once() -> int:
        with open_binary(place) as file, target.open("wb") as copy:
            file.seek(offset)
            left = size
            while left and (data := file.read(min(left, 1 << 20))):
                copy.write(data)
                left -= len(data)
        return left

    if tried(once):
        raise OSError(None, "the file is shorter than it says", place)


def digest(place: str, algorithm: str = "sha256") -> str:
    """Return the hash of a file, hexadecimal; it is read in pieces. Raises OSError."""

    def read() -> str:
        hasher = hashlib.new(algorithm)
        with open_binary(place) as file:
            while data := file.read(1 << 20):
                hasher.update(data)
        return hasher.hexdigest()

    return tried(read)


def state(place: str) -> tuple[int, str]:
    """Return size and version of a local file; of what is elsewhere, or can't be asked, nothing is said."""
    if is_remote(place):
        return -1, ""
    try:
        found = os.stat(place)  # noqa: PTH116 - a million times: no path object each
    except (OSError, ValueError):
        return -1, ""
    return found.st_size, f"{found.st_size} {found.st_mtime_ns}"
