"""Photographs in a bucket, or wherever else fsspec reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from tintype.archive import stores
from tintype.archive.model import Item
from tintype.photo.folders import is_system_folder, kind_of, unread_reason

_VERSIONS = ("ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "last_modified")


@dataclass(frozen=True, slots=True)
class Store:
    """What lies below an address; see `tintype.archive.model.PhotoSource`.

    One folder's names are held at a time. XMP files beside photographs are not fetched.
    """

    address: str
    mark: str = ""

    @property
    def title(self) -> str:
        """The address."""
        return self.address

    def items(self) -> Iterator[Item]:
        """List it, a folder's photographs in the order of names, then the folders in it."""
        system, root = stores.filesystem(self.address)
        yield from self._below(system, root.rstrip("/"), "")

    def _below(self, system: Any, root: str, folder: str) -> Iterator[Item]:
        path = f"{root}/{folder}".rstrip("/")
        try:
            listed = stores.tried(lambda: system.ls(path, detail=True))
        except OSError as error:
            why = f"can't list the folder: {error.strerror or error}"
            yield Item(folder or ".", stores.join(self.address, folder), kind="problem", why=why)
            return
        listed = sorted((PurePosixPath(i["name"]).name, i) for i in listed if i["name"].rstrip("/") != path)
        folders = [name for name, info in listed if info["type"] == "directory"]
        for name, info in listed:
            if info["type"] != "directory" and not name.startswith("."):
                yield from self._file(f"{folder}/{name}".lstrip("/"), info)
        del listed
        for name in folders:
            inner = f"{folder}/{name}".lstrip("/")
            if is_system_folder(name):
                yield Item(inner, stores.join(self.address, inner), kind="system")
            elif not name.startswith("."):
                yield from self._below(system, root, inner)

    def _file(self, name: str, info: dict[str, Any]) -> Iterator[Item]:
        place = stores.join(self.address, name)
        match kind_of(name):
            case "photograph":
                told = next((str(info[v]) for v in _VERSIONS if info.get(v)), "")
                size = int(info.get("size") or -1)
                yield Item(name, place, size, f"{size} {told}" if told else "")
            case "unread":
                what, remedy = unread_reason(name)
                yield Item(name, place, kind="unread", why=f"{what}, which isn't read; {remedy}")

    def local(self, item: Item, folder: Path) -> Path:
        """Return a copy."""
        return stores.fetch(item.place, folder, PurePosixPath(item.name).name)

    def holds(self, path: Path) -> bool:
        """None is on a disk of this computer."""
        return False


def opened(text: str) -> Store | None:
    """Return what lies below an address."""
    return Store(text.rstrip("/")) if stores.is_remote(text) else None
