"""From what the user named to an archive: its source, its destination, and where its manifest lies."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tintype import files
from tintype.archive import parts, stores
from tintype.archive.manifest import Manifest
from tintype.archive.model import Destination, PhotoSource
from tintype.archive.origins import open_origin
from tintype.archive.origins.bag import Bag
from tintype.archive.origins.folder import Folder
from tintype.archive.origins.store import Store
from tintype.archive.origins.tars import Tars
from tintype.archive.places import open_place
from tintype.archive.places.local import LocalFolder
from tintype.archive.plan import Shard
from tintype.archive.planner import Archive
from tintype.errors import PhotoError, SettingsError


@contextmanager
def opened(
    source: str, destination: str, *, shard: Shard | None = None, state: Path | None = None
) -> Iterator[Archive]:
    """Open an archive, with its manifest, as long as the context lasts.

    Parameters
    ----------
    source, destination : str
        As the user named them.
    shard : Shard, optional
    state : Path, optional
        Folder for the manifest of a destination that is no folder of a disk; by default in `files.home`.

    Raises
    ------
    TintypeError
    """
    origin, place = open_origin(source), open_place(destination)
    if _is_same(origin, place):
        msg = f"{source}: an archive needs a destination of its own; "
        msg += "`tintype colorize FOLDER` writes beside the photographs"
        raise SettingsError(msg, name=source)
    if isinstance(origin, Folder) and isinstance(place, LocalFolder):
        origin = replace(origin, without=(place.home,))
    elif isinstance(origin, Store):
        origin = replace(origin, without=place.title)
    with manifest_of(place, shard=shard, state=state) as manifest:
        yield Archive(origin, place, manifest, shard or Shard())


@contextmanager
def manifest_of(
    destination: Destination, *, shard: Shard | None = None, state: Path | None = None
) -> Iterator[Manifest]:
    """Open the manifest of a destination as long as the context lasts. Raises PhotoError."""
    with Manifest(state_of(destination, state), shard) as manifest:
        if destination.by_worker and manifest.is_empty(alone=True):
            try:
                parts.restore(manifest, destination)
            except OSError as error:
                reason = f"what was done there can't be read: {error.strerror or error}"
                raise PhotoError(name=destination.title, reason=reason, remedy="try again") from error
        yield manifest


def state_of(destination: Destination, state: Path | None = None) -> Path:
    """Return the folder in which the state of an archive lies: its own, where it is a folder of a disk."""
    if isinstance(destination, LocalFolder):
        return destination.home
    digest = hashlib.sha256(destination.title.encode()).hexdigest()[:16]
    return (state or files.home() / "archives") / digest


def _is_same(origin: PhotoSource, place: Destination) -> bool:
    """Whether results would come among the photographs."""
    if isinstance(origin, Store):
        return stores.plain(origin.address) == stores.plain(place.title)
    if not isinstance(place, LocalFolder):
        return False
    if isinstance(origin, Tars):
        return not stores.is_remote(origin.pattern) and _same(Path(origin.pattern).parent, place.home)
    return isinstance(origin, Folder | Bag) and _same(origin.root, place.home)


def _same(one: Path, two: Path) -> bool:
    return one.resolve() == two.resolve()


def finish(archive: Archive) -> None:
    """Do what can only be done when a run has ended: bags and tar files are made whole, manifests joined.

    Raises OSError, MissingExtra.
    """
    archive.destination.finish(archive.manifest.outputs())
    if archive.destination.by_worker:
        parts.compact(archive.manifest, archive.destination)


def absolute(source: str) -> str:
    """Return a source's name as it can be found from everywhere.

    >>> absolute("s3://bucket/scans"), absolute("/srv/scans")
    ('s3://bucket/scans', '/srv/scans')
    """
    if stores.is_remote(source):
        return source
    kind, path = ("bag:", source[4:]) if source.startswith("bag:") else ("", source)
    return kind + os.path.abspath(path)  # noqa: PTH100 - a pattern of several tar files may be among them
