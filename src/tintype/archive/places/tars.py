"""Results in tar files, as WebDataset reads them: packed when the run has ended."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from tintype import files
from tintype.archive.places.local import LocalFolder
from tintype.archive.walk import STATE

MOST = 1000
"""Files a tar file holds."""


@dataclass(frozen=True, slots=True)
class TarPlace(LocalFolder):
    """A folder of tar files; see `tintype.archive.model.Destination`.

    Until the end results lie as files in its folder of state: so whatever is killed, no tar file is half
    written, and what was packed is never written again.
    """

    folder: Path = Path()
    _index: dict[str, tuple[Path, int, int]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def title(self) -> str:
        """The folder."""
        return str(self.home)

    def show(self, name: str) -> str:
        """Return the path of a result, in its tar file if it is packed."""
        if found := self._packed(name):
            return f"{found[0]}#{name}"
        return str(self._path(name))

    def exists(self, name: str) -> bool:
        """Whether a result is there, packed or not."""
        return LocalFolder.exists(self, name) or self._packed(name) is not None

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a result. Raises OSError."""
        if LocalFolder.exists(self, name):
            return LocalFolder.sha256(self, name)
        return hashlib.sha256(self._bytes(name)).hexdigest()

    def local(self, name: str, folder: Path) -> Path:
        """Return a result as a file of its own. Raises OSError."""
        if LocalFolder.exists(self, name) or self._packed(name) is None:
            return self._path(name)
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / Path(name).name
        copy.write_bytes(self._bytes(name))
        return copy

    def put(self, staged: Path, name: str) -> None:
        """Rename a staged file. Raises OSError, also where its name is packed: tar files stay as they are."""
        if self._packed(name) is not None:
            raise FileExistsError(17, "it is packed already, and tar files are not changed", self.show(name))
        LocalFolder.put(self, staged, name)

    def _bytes(self, name: str) -> bytes:
        found = self._packed(name)
        if found is None:
            raise FileNotFoundError(2, "there is no such result", self.show(name))
        with found[0].open("rb") as tar:
            tar.seek(found[1])
            return tar.read(found[2])

    def _packed(self, name: str) -> tuple[Path, int, int] | None:
        if not self._index:
            for path in self._tars():
                self._index.update((m.name, (path, m.offset_data, m.size)) for m in _members(path))
        return self._index.get(name)

    def _tars(self) -> list[Path]:
        return sorted(self.home.glob("[0-9]*.tar"))

    @property
    def home(self) -> Path:
        """The folder that the user named."""
        return self.folder

    def finish(self, outputs: Iterable[tuple[str, str]]) -> None:
        """Pack what isn't packed yet. Raises OSError."""
        if not self.root.is_dir():
            return
        self._index.clear()
        tars = self._tars()
        if tars:  # a run that was killed may have packed without clearing away
            self._clear(m.name for m in _members(tars[-1]))
        number = int(tars[-1].stem) + 1 if tars else 0
        left = chain(self._with_sidecars(n for n, _ in outputs), self._others())
        while some := list(dict.fromkeys(islice(left, MOST))):
            some = [n for n in some if (self.root / n).is_file()]
            if some:
                with files.replacing(self.home / f"{number:06}.tar", overwrite=False) as temporary:
                    self._write(temporary, some)
                self._clear(some)
                number += 1

    def _with_sidecars(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            path = Path(name)
            for one in (path, path.with_suffix(".xmp"), path.with_name(f"{path.name}.xmp")):
                if (self.root / one).is_file():
                    yield one.as_posix()

    def _others(self) -> Iterator[str]:
        yield from sorted(p.relative_to(self.root).as_posix() for p in self.root.rglob("*") if p.is_file())

    def _write(self, path: Path, names: Iterable[str]) -> None:
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
            for name in names:
                data = (self.root / name).read_bytes()
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(data), 0o644
                info.mtime = int((self.root / name).stat().st_mtime)
                tar.addfile(info, io.BytesIO(data))

    def _clear(self, names: Iterable[str]) -> None:
        for name in names:
            (self.root / name).unlink(missing_ok=True)


def _members(path: Path) -> Iterator[tarfile.TarInfo]:
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            yield member
            tar.members = []  # type: ignore[attr-defined]  # else it would remember them all


def opened(text: str) -> TarPlace | None:
    """Return the folder of tar files that ``tar:FOLDER`` names."""
    if not text.startswith("tar:"):
        return None
    home = Path(text.removeprefix("tar:"))
    return TarPlace(home / STATE / "open", home)
