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
from tintype.archive.places.packed import Packed, in_tar, tars
from tintype.archive.walk import STATE

MOST = 1000
"""Files a tar file holds."""


@dataclass(frozen=True, slots=True)
class TarPlace(LocalFolder):
    """A folder of tar files; see `tintype.archive.model.Destination`.

    Until the end results lie as files in its folder of state: so whatever is killed, no tar file is half
    written. What was packed is written again only where a result of it is made anew: then its tar file is
    replaced, whole, at the end.
    """

    folder: Path = Path()
    _packed: Packed = field(default_factory=lambda: Packed(Path()), compare=False, repr=False)

    @property
    def title(self) -> str:
        """The folder."""
        return str(self.home)

    def show(self, name: str) -> str:
        """Return the path of a result, in its tar file if it is packed."""
        if not LocalFolder.exists(self, name) and (found := self._packed.find(name)):
            return f"{found.tar}#{name}"
        return str(self._path(name))

    def exists(self, name: str) -> bool:
        """Whether a result is there, packed or not."""
        return LocalFolder.exists(self, name) or self._packed.find(name) is not None

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a result. Raises OSError."""
        if LocalFolder.exists(self, name):
            return LocalFolder.sha256(self, name)
        return hashlib.sha256(self._bytes(name)).hexdigest()

    def local(self, name: str, folder: Path) -> Path:
        """Return a result as a file of its own. Raises OSError."""
        if LocalFolder.exists(self, name) or self._packed.find(name) is None:
            return self._path(name)
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / Path(name).name
        copy.write_bytes(self._bytes(name))
        return copy

    def files(self) -> Iterator[tuple[str, int]]:
        """Yield name and size of all results, packed or not."""
        yield from LocalFolder.files(self)
        yield from ((m.name, m.size) for m in self._packed.members())

    def _bytes(self, name: str) -> bytes:
        found = self._packed.find(name)
        if found is None:
            raise FileNotFoundError(2, "there is no such result", self.show(name))
        return found.read()

    @property
    def home(self) -> Path:
        """The folder that the user named."""
        return self.folder

    def finish(self, outputs: Iterable[tuple[str, str]]) -> None:
        """Pack what isn't packed yet, and renew what was made anew. Raises OSError."""
        if not self.root.is_dir():
            return
        self._packed.changed()
        self._renew()
        earlier = tars(self.home)
        number = int(earlier[-1].stem) + 1 if earlier else 0
        left = chain(self._with_sidecars(n for n, _ in outputs), self._others())
        while some := list(dict.fromkeys(islice(left, MOST))):
            some = [n for n in some if (self.root / n).is_file()]
            if some:
                with files.replacing(self.home / f"{number:06}.tar", overwrite=False) as temporary:
                    self._write(temporary, ((n, self._open(n)) for n in some))
                self._clear(some)
                number += 1
        self._packed.changed()

    def _renew(self) -> None:
        """Put what lies open and was packed before into its tar file, in place of what is there."""
        changed: dict[Path, list[str]] = {}
        for name in self._others():
            if found := self._packed.find(name):
                changed.setdefault(found.tar, []).append(name)
        for path, names in changed.items():
            # The same already where a run was killed between packing and clearing away.
            if any(self._open(n)[0] != self._bytes(n) for n in names):
                try:
                    with files.replacing(path, overwrite=True) as temporary:
                        self._write(temporary, self._renewed(path, set(names)))
                except tarfile.TarError:  # damaged: it stays as it is, and they are packed into another
                    continue
            self._clear(names)
        self._packed.changed()

    def _renewed(self, path: Path, anew: set[str]) -> Iterator[tuple[str, tuple[bytes, float]]]:
        for member in in_tar(path):
            here = self._bytes(member.name), member.mtime
            yield member.name, self._open(member.name) if member.name in anew else here

    def _open(self, name: str) -> tuple[bytes, float]:
        """Return a result that isn't packed, and its date."""
        path = self.root / name
        return path.read_bytes(), path.stat().st_mtime

    def _with_sidecars(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            path = Path(name)
            for one in (path, path.with_suffix(".xmp"), path.with_name(f"{path.name}.xmp")):
                if (self.root / one).is_file():
                    yield one.as_posix()

    def _others(self) -> Iterator[str]:
        yield from (name for name, _ in LocalFolder.files(self))

    def _write(self, path: Path, members: Iterable[tuple[str, tuple[bytes, float]]]) -> None:
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
            for name, (data, date) in members:
                info = tarfile.TarInfo(name)
                info.size, info.mode, info.mtime = len(data), 0o644, int(date)
                tar.addfile(info, io.BytesIO(data))

    def _clear(self, names: Iterable[str]) -> None:
        for name in names:
            (self.root / name).unlink(missing_ok=True)


def opened(text: str) -> TarPlace | None:
    """Return the folder of tar files that ``tar:FOLDER`` names."""
    if not text.startswith("tar:"):
        return None
    home = Path(text.removeprefix("tar:"))
    return TarPlace(home / STATE / "open", home, Packed(home))
