"""Photographs in a bucket, or wherever else fsspec reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tintype.archive import beside, listings, stores
from tintype.archive.model import Item
from tintype.photo.folders import is_system_folder, kind_of, unread_reason

_VERSIONS = ("ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "last_modified")


@dataclass(frozen=True, slots=True)
class Store:
    """What lies below an address, or a single photograph; see `tintype.archive.model.PhotoSource`.

    Attributes
    ----------
    address : str
    mark : str
    without : str
        A folder not to enter: the destination, when it lies inside.
    """

    address: str
    mark: str = ""
    without: str = ""

    @property
    def title(self) -> str:
        """The address."""
        return self.address

    def items(self) -> Iterator[Item]:
        """List it, a folder's photographs in the order of names, then the folders in it."""
        yield from self._below("")

    def _below(self, folder: str) -> Iterator[Item]:
        folders: list[str] = []
        try:
            yield from beside.streamed(self._files(folder, listings.folder(self._place(folder)), folders))
        except OSError as error:
            why = f"can't list the folder: {error.strerror or error}"
            yield Item(folder or ".", stores.join(self.address, folder), kind="problem", why=why)
            return
        for name in folders:
            inner = f"{folder}/{name}".lstrip("/")
            if not name:
                why = "holds a folder without a name (two slashes in a row); rename what lies in it"
                yield Item(folder or ".", f"{self._place(folder)}//", kind="problem", why=why)
            elif self._is_out(inner):
                continue
            elif is_system_folder(name):
                yield Item(inner, stores.join(self.address, inner), kind="system")
            elif not name.startswith("."):
                yield from self._below(inner)

    def _is_out(self, inner: str) -> bool:
        return bool(self.without) and stores.plain(self._place(inner)) == stores.plain(self.without)

    def _place(self, name: str) -> str:
        return stores.join(self.address, name) if name else self.address

    def _files(
        self, folder: str, listed: Iterable[listings.Listed], folders: list[str]
    ) -> Iterator[beside.File]:
        """Yield the files of a folder; the names of those in it are added to a list."""
        for one in listed:
            if one.is_folder:
                folders.append(one.name)
            elif not one.name.startswith("."):
                yield self._file(f"{folder}/{one.name}".lstrip("/"), one)

    def _file(self, name: str, listed: listings.Listed) -> beside.File:
        info = listed.info
        place = self.address if listed.itself else stores.join(self.address, name)
        told = next((str(info[v]) for v in _VERSIONS if info.get(v)), "")
        size = int(info.get("size") or -1)
        version = f"{size} {told}" if told else ""
        item = None
        match kind_of(name):
            case "photograph":
                item = Item(name, place, size, version)
            case "unread":
                what, remedy = unread_reason(name)
                item = Item(name, place, kind="unread", why=f"{what}, which isn't read; {remedy}")
        return beside.File(listed.name, version, item)

    def local(self, item: Item, folder: Path) -> Path:
        """Return a copy, with its sidecars beside it. Raises OSError."""
        path = stores.fetch(item.place, folder, PurePosixPath(item.name).name)
        around = stores.parent(item.place)
        beside.fetched(item, folder, lambda name, _: stores.fetch(stores.join(around, name), folder, name))
        return path

    def holds(self, path: Path) -> bool:
        """None is on a disk of this computer."""
        return False


def opened(text: str) -> Store | None:
    """Return what lies below an address."""
    return Store(text.rstrip("/")) if stores.is_remote(text) else None
