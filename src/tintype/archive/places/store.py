"""Results in a bucket, or wherever else fsspec reaches."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from tintype.archive import listings, stores
from tintype.archive.walk import STATE
from tintype.photo.metadata import sidecar

_ATOMIC = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"}
"""Stores whose objects appear whole or not at all; elsewhere a file is written beside, then renamed."""


@dataclass(frozen=True, slots=True)
class StorePlace:
    """What lies below an address; see `tintype.archive.model.Destination`."""

    address: str

    @property
    def title(self) -> str:
        """The address."""
        return self.address

    @property
    def by_worker(self) -> bool:
        """Each worker sends its own results."""
        return True

    def show(self, name: str) -> str:
        """Return the address of a result."""
        return stores.join(self.address, name)

    def local(self, name: str, folder: Path) -> Path:
        """Return a copy of a result. Raises OSError."""
        return stores.fetch(self.show(name), folder, PurePosixPath(name).name)

    def exists(self, name: str) -> bool:
        """Whether something is there. Raises OSError."""
        return stores.exists(self.show(name))

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a result, which is read for it. Raises OSError."""
        return stores.digest(self.show(name))

    def put(self, staged: Path, name: str) -> None:
        """Send a file. Raises OSError."""
        system, path = stores.filesystem(self.show(name))
        self._whole(system, path, lambda there: system.put_file(str(staged), there))

    def write(self, name: str, data: bytes) -> None:
        """Write an object. Raises OSError."""
        system, path = stores.filesystem(self.show(name))
        self._whole(system, path, lambda there: system.pipe_file(there, data))

    def _whole(self, system: Any, path: str, send: Any) -> None:
        if self.address.partition("://")[0].lower() in _ATOMIC:
            stores.tried(lambda: send(path))
            return
        folder = path.rpartition("/")[0]
        stores.tried(lambda: system.makedirs(folder, exist_ok=True))
        beside = f"{folder}/.tintype-{secrets.token_hex(4)}.tmp"
        stores.tried(lambda: send(beside))
        stores.tried(lambda: system.mv(beside, path))

    def put_sidecars(self, stage: Path, name: str, *, overwrite: bool) -> tuple[str, ...]:
        """Send XMP files that lie in the stage; only one of ours is replaced, by force. Raises OSError."""
        notes = []
        for staged in sorted(stage.glob("*.xmp")):
            beside = str(PurePosixPath(name).with_name(staged.name))
            if self.exists(beside) and not (overwrite and self._is_ours(beside, stage / "there")):
                notes.append(sidecar.kept(staged))
            else:
                self.put(staged, beside)
        return tuple(notes)

    def _is_ours(self, name: str, folder: Path) -> bool:
        return sidecar.is_ours(self.local(name, folder))

    def files(self) -> Iterator[tuple[str, int]]:
        """Yield name and size of all objects below the address but the archive's own. Raises OSError."""
        with suppress(FileNotFoundError):  # nothing was put there yet
            for one in listings.below(self.address):
                if not one.name.startswith(f"{STATE}/"):
                    yield one.name, one.size

    def own(self, folder: str) -> list[str]:
        """Return the names of objects in a folder. Raises OSError."""
        system, path = stores.filesystem(self.show(folder))
        try:
            found = stores.tried(lambda: system.ls(path, detail=False))
        except FileNotFoundError:
            return []
        return sorted(f"{folder}/{PurePosixPath(f).name}" for f in found)

    def remove(self, name: str) -> None:
        """Delete an object. Raises OSError."""
        system, path = stores.filesystem(self.show(name))
        with suppress(FileNotFoundError):
            stores.tried(lambda: system.rm_file(path))

    def finish(self, outputs: Iterable[tuple[str, str]]) -> None:
        """Nothing is left to do."""


def opened(text: str) -> StorePlace | None:
    """Return what lies below an address."""
    return StorePlace(text.rstrip("/")) if stores.is_remote(text) else None
