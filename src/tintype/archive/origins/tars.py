"""Photographs in tar files, as WebDataset writes them: ``shards/{0000..0099}.tar``, ``shards/*.tar``."""

from __future__ import annotations

import glob
import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from tintype.archive import beside, stores
from tintype.archive.model import Item
from tintype.archive.named import name_of, stray
from tintype.errors import SettingsError
from tintype.photo.folders import kind_of, unread_reason

_BRACES = re.compile(r"\{(\d+)\.\.(\d+)\}")
_COMPRESSED = (".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
_LARGEST_JSON = 1 << 20
_SPARSE = "is stored with its empty parts left out; make the tar file anew, without --sparse"


@dataclass(frozen=True, slots=True)
class Tars:
    """Tar files, each read from its beginning to its end; see `tintype.archive.model.PhotoSource`.

    A ``key.json`` beside ``key.jpg`` may hold settings of that photograph:
    ``{"tintype": {"vividness": 0.7}}``; XMP files of that key are read as those in a folder are.
    """

    pattern: str
    mark: str = ""

    @property
    def title(self) -> str:
        """The name or pattern."""
        return self.pattern

    def items(self) -> Iterator[Item]:
        """List the members of each. Raises SettingsError when there is none."""
        tars = expanded(self.pattern)
        if not tars:
            msg = f"{self.pattern}: there is no such tar file; check the spelling"
            raise SettingsError(msg, name=self.pattern)
        for place in tars:
            # Keys begin anew in each shard.
            prefix = f"{PurePosixPath(place).stem}/" if self._several else ""
            try:
                with stores.open_binary(place) as file, tarfile.open(fileobj=file, mode="r:") as tar:
                    yield from _members(place, prefix, tar)
            except tarfile.TarError as error:
                yield Item(
                    place, place, kind="problem", why=f"the tar file can't be read to its end: {error}"
                )
            except OSError as error:
                yield Item(place, place, kind="problem", why=f"can't be read: {error.strerror or error}")

    @property
    def _several(self) -> bool:
        return bool(_BRACES.search(self.pattern)) or glob.has_magic(self.pattern)

    def local(self, item: Item, folder: Path) -> Path:
        """Return a copy of the member. Raises OSError."""
        place = item.place.rpartition("#")[0]
        target = folder / PurePosixPath(item.name).name
        _copy(place, beside.plain(item.version), target)
        beside.fetched(item, folder, lambda name, where: _copy(place, where, folder / name))
        return target

    def holds(self, path: Path) -> bool:
        """None is a file of its own."""
        return False


def expanded(pattern: str) -> list[str]:
    """Return the tar files that a pattern means, in order: ``{000..099}`` as in a shell, ``*`` as there are.

    >>> expanded("s/{08..10}.tar")
    ['s/08.tar', 's/09.tar', 's/10.tar']
    """
    if match := _BRACES.search(pattern):
        first, last = int(match[1]), int(match[2])
        numbers = (f"{n:0{len(match[1])}}" for n in range(first, last + 1))
        return [pattern[: match.start()] + n + pattern[match.end() :] for n in numbers]
    if not glob.has_magic(pattern):
        return [pattern]
    if stores.is_remote(pattern):
        system, path = stores.filesystem(pattern)
        return sorted(str(system.unstrip_protocol(p)) for p in stores.tried(lambda: system.glob(path)))
    return sorted(glob.glob(pattern))  # noqa: PTH207 - a pattern, which may be absolute


def _copy(place: str, where: str, target: Path) -> None:
    offset, size = map(int, where.split("+")[:2])
    stores.copy_part(place, target, offset, size)


def _members(place: str, prefix: str, tar: tarfile.TarFile) -> Iterator[Item]:
    """Yield a tar's photographs; the members of one key lie together, and may hold settings and XMP."""
    key, files, options = "", list[beside.File](), None
    try:
        for member in tar:
            tar.members = []  # type: ignore[attr-defined]  # else it would remember them all
            folder, _, base = member.name.rpartition("/")
            here = f"{folder}/{base.partition('.')[0]}"
            if here != key:
                yield from _with(files, options)
                key, files, options = here, [], None
            if base.startswith(".") or member.isdir():
                continue
            if base.lower().endswith(".json") and member.isreg():
                options = _options(tar, member, f"{place}#{member.name}")
            else:
                files.append(_file(place, prefix, member))
    except tarfile.TarError:  # cut off: what came before is whole
        yield from _with(files, options)
        raise
    yield from _with(files, options)


def _file(place: str, prefix: str, member: tarfile.TarInfo) -> beside.File:
    base, shown, item = member.name.rpartition("/")[2], f"{place}#{member.name}", None
    version = f"{member.offset_data}+{member.size}+{member.mtime:.0f}"
    match kind_of(base):
        case "photograph" if not member.isreg() or member.issparse():
            why = "is a link, whose photograph is read under its own name" if not member.isreg() else _SPARSE
            item = Item(prefix + member.name, shown, kind="unread", why=why)
        case "photograph":
            name = name_of(member.name)
            item = Item(prefix + name, shown, member.size, version) if name else stray(member.name, shown)
        case "unread":
            what, remedy = unread_reason(base)
            why = f"{what}, which isn't read; {remedy}"
            item = Item(prefix + member.name, shown, kind="unread", why=why)
    return beside.File(base, version, item)


def _with(files: list[beside.File], options: dict[str, Any] | None) -> Iterator[Item]:
    for file in files:
        if (item := beside.matched(file, files)) is not None:
            yield replace(item, options=options)


def _options(tar: tarfile.TarFile, member: tarfile.TarInfo, shown: str) -> dict[str, Any] | None:
    file = tar.extractfile(member) if member.size <= _LARGEST_JSON else None
    try:
        told = json.load(file) if file else None
    except (ValueError, RecursionError):
        return None  # no affair of ours
    own = told.get("tintype") if isinstance(told, dict) else None
    if own is not None and not isinstance(own, dict):
        msg = f"{shown}: what it says of tintype is no object of settings"
        raise SettingsError(msg, name=shown)
    return own


def opened(text: str) -> Tars | None:
    """Return the tar files that a text names. Raises SettingsError for compressed ones."""
    if text.lower().endswith(_COMPRESSED):
        msg = f"{text}: a compressed tar can't be read from the middle; uncompress it first"
        raise SettingsError(msg, name=text)
    return Tars(text) if text.lower().endswith(".tar") else None
