"""XMP files beside photographs that are no files of a disk: found while listing, or asked for with them.

Where a folder or tar is listed, what lies beside a photograph is written into the `version` of its `Item`,
which the manifest hands to workers; so a sidecar that changes makes another version. Where a list names
photographs in a store, the store is asked what lies beside when the photograph is fetched (`copied`).

>>> version = joined("12 etag", {"a.xmp": "7+90"})
>>> plain(version), of(version)
('12 etag', {'a.xmp': '7+90'})
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tintype.archive import listings, stores
from tintype.archive.model import Item
from tintype.photo.formats.raw import FORMAT as RAW

_XMP = ".xmp"
_WEB = ("http:", "https:")  # who serves pages lists no folders


@dataclass(frozen=True, slots=True)
class File:
    """A file of a folder that is listed.

    Attributes
    ----------
    name : str
        Without its folder.
    stamp : str
        By what its source finds it again, or what changes when it does.
    item : Item or None
        Of a photograph, and of what is told.
    """

    name: str
    stamp: str = ""
    item: Item | None = None

    @property
    def stem(self) -> str:
        """The name without its last suffix."""
        return self.name.rpartition(".")[0]

    @property
    def is_sidecar(self) -> bool:
        """Whether it is called like an XMP file."""
        return self.name.lower().endswith(_XMP)

    @property
    def is_raw(self) -> bool:
        """Whether it is called like a camera's raw file: those have the first claim to a sidecar."""
        return self.name.lower().endswith(tuple(RAW.suffixes))


def joined(version: str, beside: Mapping[str, str]) -> str:
    """Return a version that says what lies beside, by name, with each one's stamp."""
    return f"{version}\n{json.dumps(dict(beside))}" if beside else version


def plain(version: str) -> str:
    """Return the photograph's own part of a version."""
    return version.partition("\n")[0]


def of(version: str) -> dict[str, str]:
    """Return what lies beside, by name, with each one's stamp."""
    told = version.partition("\n")[2]
    return dict(json.loads(told)) if told else {}


def fetched(item: Item, folder: Path, fetch: Callable[[str, str], object]) -> None:
    """Put into `folder`, where a copy of a photograph lies, what lies beside the photograph itself.

    Parameters
    ----------
    item : Item
    folder : Path
    fetch : callable
        Takes the name and the stamp of a sidecar, and puts a copy into `folder`. Raises OSError.
    """
    for name, stamp in of(item.version).items():
        if File(name).is_sidecar:
            fetch(name, stamp)
        else:
            # Only that there is one counts: a sidecar of the short name is its own then, which is said.
            (folder / name).touch()


def copied(place: str, folder: Path, name: str) -> Path:
    """Return a photograph as a local file: itself, or a copy in `folder` with its sidecars beside it.

    Parameters
    ----------
    place : str
        A path, or an address of a store.
    folder : Path
    name : str
        What the copy is called; sidecars are called like it.

    Raises
    ------
    OSError, MissingExtra, PhotoError
    """
    path = stores.fetch(place, folder, name)
    if not stores.is_remote(place) or place.lower().startswith(_WEB):
        return path
    home, photo = stores.parent(place), File(place.rpartition("/")[2], item=Item(name))
    if (item := matched(photo, _around(home, photo))) is not None:
        called = {name: _called(name, photo, path) for name in of(item.version)}
        told = replace(item, version=joined("", {called[name]: name for name in called}))
        fetched(told, folder, lambda copy, name: stores.fetch(stores.join(home, name), folder, copy))
    return path


def _called(name: str, photo: File, copy: Path) -> str:
    """Return what a file beside a photograph is called beside its copy."""
    if name.startswith(f"{photo.name}."):
        return copy.name + name[len(photo.name) :]
    return copy.stem + name[len(photo.stem) :]


def _around(home: str, photo: File) -> list[File]:
    """Return what may be a sidecar of a photograph in a folder of a store, or have a claim to one."""
    stem = photo.stem or photo.name
    listed = listings.beginning(stores.join(home, f"{stem}."))
    if listed is not None:
        return [File(one.name) for one in listed if not one.is_folder]

    # A store that can't be asked for a part of a folder, which may hold millions: for a few names.
    def there(*names: str) -> list[File]:
        return [File(name) for name in names if stores.exists(stores.join(home, name))]

    found = there(*(f"{of}{end}" for of in {stem, photo.name} for end in (_XMP, _XMP.upper())))
    if not photo.is_raw and any(file.stem == photo.stem for file in found):
        found += there(*(stem + case for end in RAW.suffixes for case in (end, end.upper())))
    return found


def matched(photo: File, around: Iterable[File]) -> Item | None:
    """Return a photograph's item with those of the files around it that lie beside it."""
    item = photo.item
    if item is None or item.kind != "photograph":
        return item
    found = {f.name: f.stamp for f in around if f.is_sidecar and f.stem in (photo.stem, photo.name)}
    if not found:
        return item
    if not photo.is_raw:
        found |= {f.name: "" for f in around if f.is_raw and f.stem == photo.stem}
    return replace(item, version=joined(item.version, found))


def streamed(listed: Iterable[File]) -> Iterator[Item]:
    """Yield the items of a folder with what lies beside each, holding a few at a time.

    Parameters
    ----------
    listed : iterable of File
        All of one folder, in the order of their characters' codes: names that begin with one stem then follow
        one another.
    """
    waiting: list[File] = []
    around: list[File] = []
    for file in listed:
        yield from _ripe(waiting, around, file.name)
        around = [f for f in around if _may_meet(f, file.name) or any(_may_meet(w, f.name) for w in waiting)]
        if file.is_sidecar or file.is_raw:
            around.append(file)
        if file.item is not None:
            waiting.append(file)
    yield from _ripe(waiting, around, "")


def _ripe(waiting: list[File], around: list[File], name: str) -> Iterator[Item]:
    """Take out what can meet no neighbour any more when a name has come."""
    for file in [w for w in waiting if not _may_meet(w, name)]:
        waiting.remove(file)
        if (item := matched(file, around)) is not None:
            yield item


def _may_meet(file: File, name: str) -> bool:
    return name.startswith(f"{file.stem}.")
