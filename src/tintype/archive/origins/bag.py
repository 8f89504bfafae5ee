"""Photographs in a BagIt bag (RFC 8493): each is compared with the bag's hash when it is read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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

        That files and manifest agree in number and size (``Payload-Oxum``) is checked before; that every file
        is what the manifest says, when its turn comes.
        """
        algorithm, manifest = self._manifest()
        self._check_sum()
        try:
            with manifest.open(encoding="utf-8", newline=None) as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield from self._item(algorithm, manifest, number, line)
        except (OSError, ValueError) as error:
            raise SettingsError(f"{manifest}: can't be read: {error}", name=str(manifest)) from error

    def _item(self, algorithm: str, manifest: Path, number: int, line: str) -> Iterator[Item]:
        digest, _, told = line.strip("\r\n").partition(" ")
        path = _decoded(told.lstrip(" *"))
        size = hashlib.new(algorithm).digest_size * 2
        if len(digest) != size or not path.startswith(_DATA):
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

    def _manifest(self) -> tuple[str, Path]:
        """Return the strongest manifest of the payload that we can compute."""
        for algorithm in _ALGORITHMS:
            path = self.root / f"manifest-{algorithm}.txt"
            if path.is_file():
                return algorithm, path
        msg = f"{self.root}: no valid bag: it has no manifest of a known hash; make it anew"
        raise SettingsError(msg, name=str(self.root))

    def _check_sum(self) -> None:
        try:
            said = (self.root / "bag-info.txt").read_text(encoding="utf-8")
        except OSError:
            return  # it need not be there
        told = next(
            (v for n, _, v in (s.partition(":") for s in said.splitlines()) if n == "Payload-Oxum"), ""
        )
        if not told.strip():
            return
        size = count = 0
        for path in (self.root / "data").rglob("*"):
            if path.is_file():
                size, count = size + path.stat().st_size, count + 1
        if told.strip() != f"{size}.{count}":
            msg = f"{self.root}: no valid bag: its payload has {size}.{count} bytes and files, not the "
            msg += f"{told.strip()} it says; get it anew"
            raise SettingsError(msg, name=str(self.root))

    def local(self, item: Item, folder: Path) -> Path:
        """Return the photograph's own path. Raises Damaged where it is not what the manifest says."""
        path = self.root / _DATA / item.name
        algorithm, _, digest = item.version.partition(":")
        with path.open("rb") as file:
            if hashlib.file_digest(file, algorithm).hexdigest() != digest:
                reason = "it is not the file that the bag's manifest names"
                raise Damaged(str(path), reason=reason, remedy="get the bag anew")
        return path

    def holds(self, path: Path) -> bool:
        """Whether a path is in the bag."""
        return path.resolve().is_relative_to(self.root.resolve())


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
