"""Photographs in a BagIt bag (RFC 8493): each is compared with the bag's hash when it is read."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tintype.archive import stores
from tintype.archive.model import Item
from tintype.archive.named import name_of, stray
from tintype.errors import Damaged, SettingsError
from tintype.photo.folders import kind_of, unread_reason

_ALGORITHMS = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
_DATA = "data/"


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag on a disk; see `tintype.archive.model.PhotoSource`. The payload's names are the archive's."""

    root: Path
    mark: str = ""

    @property
    def title(self) -> str:
        """The folder."""
        return str(self.root)

    def items(self) -> Iterator[Item]:
        """List the payload in the order of the manifest. Raises SettingsError for what is no valid bag.

        That its own files are what they should be, and files and manifest agree in number and size
        (``Payload-Oxum``), is checked before; that every photograph is what the manifest says, when its turn
        comes; that no file was slipped in, at the end.
        """
        algorithm, manifest = self._manifest("manifest")
        self._check_tags()
        there, named = self._check_sum(), 0
        try:
            for number, digest, told in _lines(algorithm, manifest):
                named += 1
                yield from self._item(algorithm, manifest, number, digest, told)
        except (OSError, ValueError) as error:
            raise SettingsError(f"{manifest}: can't be read: {error}", name=str(manifest)) from error
        if there > named:
            why = f"{there - named} files lie there that the bag's manifest doesn't name; they are left out"
            yield Item(_DATA, str(self.root / _DATA), kind="problem", why=why)

    def _item(self, algorithm: str, manifest: Path, number: int, digest: str, told: str) -> Iterator[Item]:
        path = self._path(told)
        if not path.startswith(_DATA):
            msg = f"{manifest}: line {number} is not a hash and a path below {_DATA}"
            raise SettingsError(msg, name=str(manifest))
        name, place = name_of(path.removeprefix(_DATA)), str(self.root / path)
        if not name:
            yield stray(path, place)
            return
        match kind_of(name):
            case "photograph":
                yield Item(name, place, version=f"{algorithm}:{digest.lower()}")
            case "unread":
                what, remedy = unread_reason(name)
                yield Item(name, place, kind="unread", why=f"{what}, which isn't read; {remedy}")

    def _path(self, told: str) -> str:
        """Return the path that a manifest means; some programs leave the sign that escapes as it is."""
        path = _decoded(told)
        return (
            told if path != told and not (self.root / path).exists() and (self.root / told).exists() else path
        )

    def _manifest(self, kind: str) -> tuple[str, Path]:
        """Return the strongest manifest of a kind that we can compute."""
        for algorithm in _ALGORITHMS:
            path = self.root / f"{kind}-{algorithm}.txt"
            if path.is_file():
                return algorithm, path
        msg = f"{self.root}: no valid bag: it has no manifest of a known hash; make it anew"
        raise SettingsError(msg, name=str(self.root))

    def _check_tags(self) -> None:
        """Compare the bag's own files with their manifest, which need not be there."""
        if not any(self.root.glob("tagmanifest-*.txt")):
            return
        algorithm, manifest = self._manifest("tagmanifest")
        try:
            bad = [told for _, digest, told in _lines(algorithm, manifest)
                   if _digest(self.root / self._path(told), algorithm) != digest.lower()]  # fmt: skip
        except (OSError, ValueError) as error:
            raise SettingsError(f"{self.root}: no valid bag: {error}", name=str(self.root)) from error
        if bad:
            msg = f"{self.root}: no valid bag: {', '.join(bad)[:200]}: not what {manifest.name} says; "
            msg += "get it anew"
            raise SettingsError(msg, name=str(self.root))

    def _check_sum(self) -> int:
        """Compare number and size of the payload's files with what the bag says; return the number."""
        try:
            said = (self.root / "bag-info.txt").read_text(encoding="utf-8")
        except OSError:
            said = ""  # it need not be there
        told = next(
            (v for n, _, v in (s.partition(":") for s in said.splitlines()) if n == "Payload-Oxum"), ""
        ).strip()
        size = count = 0
        for folder, _, names in os.walk(self.root / "data"):
            count += len(names)
            size += sum(stores.state(f"{folder}/{n}")[0] for n in names) if told else 0
        if told and told != f"{size}.{count}":
            remedy = (
                "fetch what its fetch.txt names" if (self.root / "fetch.txt").is_file() else "get it anew"
            )
            msg = f"{self.root}: no valid bag: its payload has {size}.{count} bytes and files, not the "
            msg += f"{told} it says; {remedy}"
            raise SettingsError(msg, name=str(self.root))
        return count

    def local(self, item: Item, folder: Path) -> Path:
        """Return the photograph's own path. Raises Damaged where it is not what the manifest says."""
        path = self.root / _DATA / item.name
        algorithm, _, digest = item.version.partition(":")
        if _digest(path, algorithm) != digest:
            reason = "it is not the file that the bag's manifest names"
            raise Damaged(str(path), reason=reason, remedy="get the bag anew")
        return path

    def holds(self, path: Path) -> bool:
        """Whether a path is in the bag."""
        return path.resolve().is_relative_to(self.root.resolve())


def _lines(algorithm: str, manifest: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the lines of a manifest: number, hash, path. Raises OSError, ValueError."""
    size = hashlib.new(algorithm).digest_size * 2
    with manifest.open(encoding="utf-8", newline=None) as lines:
        for number, line in enumerate(lines, 1):
            digest, _, told = line.strip("\r\n").partition(" ")
            if line.strip() and len(digest) != size:
                raise ValueError(f"line {number} is not a hash and a path")
            if line.strip():
                yield number, digest, told.lstrip(" *")


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _decoded(path: str) -> str:
    """Return a path of a manifest: line ends in it, and the sign that escapes them, are escaped.

    >>> _decoded("data/a%0Ab%25.jpg"), _decoded("data/a%20b.jpg")
    ('data/a\\nb%.jpg', 'data/a%20b.jpg')
    """
    return re.sub("%(0[AaDd]|25)", lambda m: chr(int(m[1], 16)), path)


def opened(text: str) -> Bag | None:
    """Return the bag that a text names."""
    root = Path(text.removeprefix("bag:"))
    return Bag(root) if (root / "bagit.txt").is_file() else None
