"""Names in a store's folder, page by page where the store can: a million of them take no memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from tintype.archive import stores

PAGE = 1000
"""Names a page: the most that S3 gives."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file or a folder in a folder.

    Attributes
    ----------
    name : str
        Without its folder.
    is_folder : bool
    info : mapping
        What the store says of it, as `fsspec` has it.
    itself : bool
        Whether it is no file in a folder, but what was named.
    """

    name: str
    is_folder: bool
    info: dict[str, Any] = field(default_factory=dict)
    itself: bool = False

    @property
    def size(self) -> int:
        """Bytes; -1 where the store doesn't tell."""
        size = self.info.get("size")
        return -1 if size is None else int(size)


def below(place: str) -> Iterator[Listed]:
    """List all files below a folder of a store, with their names from there.

    Of S3 a page holds whatever lies below, however many folders that is. Of other stores hidden folders,
    where systems keep earlier states of everything, are left out. Raises as `folder`.
    """
    system, path = stores.filesystem(place)
    if _is_paged(system):
        yield from _pages(system, path.rstrip("/"), deep=True)
        return
    folders = [""]
    for prefix in folders:
        for one in folder(f"{place}/{prefix}"):
            if one.is_folder:
                folders += [f"{prefix}{one.name}/"] if not one.name.startswith(".") else []
            else:
                yield replace(one, name=f"{prefix}{one.name}")


def beginning(place: str) -> Iterator[Listed] | None:
    """List the files of a folder whose names begin like a place; None where a store can't be asked that.

    Raises as `folder`.
    """
    system, path = stores.filesystem(place)
    return _pages(system, path, part=True) if _is_paged(system) else None


def folder(place: str) -> Iterator[Listed]:
    """List a folder of a store, its files in the order of names.

    S3 and what is compatible is asked for a page at a time; of other stores one folder's names are held at
    once. What is named may be a single file.

    Raises
    ------
    OSError, MissingExtra, PhotoError
    """
    system, path = stores.filesystem(place)
    path = path.rstrip("/")
    if _is_paged(system):
        yield from _pages(system, path)
        return
    listed = stores.tried(lambda: system.ls(path, detail=True))
    for info in sorted(listed, key=lambda i: str(i["name"])):
        itself, is_folder = info["name"].rstrip("/") == path, info["type"] == "directory"
        if not (itself and is_folder):
            yield Listed(PurePosixPath(info["name"]).name, is_folder, info, itself)


def _is_paged(system: Any) -> bool:
    # A version-aware file system means the versions that it is told of.
    return hasattr(system, "call_s3") and not getattr(system, "version_aware", False)


def _pages(system: Any, path: str, *, deep: bool = False, part: bool = False) -> Iterator[Listed]:
    """List a folder of S3 as its own call does it; `s3fs.S3FileSystem.ls` would gather all pages.

    With `deep` all that lies below, with `part` what begins like the path.
    """
    bucket, _, key = path.partition("/")
    if not bucket:  # all buckets of an account
        for info in stores.tried(lambda: system.ls("", detail=True)):
            yield Listed(info["name"], is_folder=True, info=info)
        return
    folder, slash, _ = key.rpartition("/") if part else (key, "/" if key else "", "")
    prefix = f"{folder}{slash}"
    asked = {"Bucket": bucket, "Prefix": key if part else prefix, "MaxKeys": PAGE}
    asked |= {} if deep else {"Delimiter": "/"}
    empty = True
    while True:
        said = stores.tried(lambda: system.call_s3("list_objects_v2", **asked))
        for inner in said.get("CommonPrefixes", ()):
            empty = False
            yield Listed(inner["Prefix"].removeprefix(prefix).rstrip("/"), is_folder=True)
        for info in said.get("Contents", ()):
            empty = False
            name = info["Key"].removeprefix(prefix)
            if name and not name.endswith("/"):  # else the mark that some tools leave for an empty folder
                yield Listed(name, is_folder=False, info={**info, "size": info["Size"]})
        if not said.get("IsTruncated"):
            break
        asked["ContinuationToken"] = said["NextContinuationToken"]
    if empty and key and not part:
        # A single object, or nothing of that name, which is an error.
        info = stores.tried(lambda: system.info(path))
        if info["type"] != "directory":
            yield Listed(PurePosixPath(key).name, is_folder=False, info=info, itself=True)
