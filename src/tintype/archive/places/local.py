"""Results in a folder of this computer, or of a disk that all workers see."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tintype import files
from tintype.archive.walk import STATE
from tintype.photo.metadata import sidecar


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder on a disk; see `tintype.archive.model.Destination`."""

    root: Path

    @property
    def title(self) -> str:
        """The folder."""
        return str(self.root)

    @property
    def by_worker(self) -> bool:
        """Results are moved on the disk, after the manifest's row is on it."""
        return False

    @property
    def home(self) -> Path:
        """The folder that the user named, with the archive's state in it; results may lie deeper."""
        return self.root

    def _path(self, name: str) -> Path:
        return (self.home if name.startswith(f"{STATE}/") else self.root) / name

    def show(self, name: str) -> str:
        """Return the path of a result."""
        return str(self._path(name))

    def local(self, name: str, folder: Path) -> Path:
        """Return the path of a result."""
        return self._path(name)

    def exists(self, name: str) -> bool:
        """Whether something is there, a link to nowhere among it."""
        return os.path.lexists(self._path(name))

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a file. Raises OSError."""
        return files.sha256(self._path(name))

    def put(self, staged: Path, name: str) -> None:
        """Rename a staged file. Raises OSError."""
        final = self._path(name)
        final.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(final)

    def put_sidecars(self, stage: Path, name: str, *, overwrite: bool) -> tuple[str, ...]:
        """Move XMP files that lie in the stage. Raises OSError."""
        return sidecar.settle(stage, self._path(name).parent, overwrite=overwrite) if stage.is_dir() else ()

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all, in place of an earlier one. Raises OSError."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_bytes(path, data, overwrite=True)

    def files(self) -> Iterator[tuple[str, int]]:
        """Yield name and size of all files below the folder, hidden folders left out."""
        for folder, folders, names in os.walk(self.root):
            here = Path(folder).relative_to(self.root).as_posix()
            prefix = "" if here == "." else f"{here}/"
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in sorted(names):
                with suppress(OSError):  # gone by now, or a link to nowhere
                    yield f"{prefix}{name}", os.stat(f"{folder}/{name}").st_size  # noqa: PTH116 - as in stores

    def own(self, folder: str) -> list[str]:
        """Return the names of files in a folder."""
        found = self._path(folder).iterdir() if self._path(folder).is_dir() else ()
        return sorted(f"{folder}/{p.name}" for p in found)

    def remove(self, name: str) -> None:
        """Delete a file. Raises OSError."""
        self._path(name).unlink(missing_ok=True)

    def finish(self, outputs: Iterable[tuple[str, str]]) -> None:
        """Nothing is left to do."""


def opened(text: str) -> LocalFolder | None:
    """Return the folder that a text names, whether it is there yet or not."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        return None
    return LocalFolder(path)
