"""Where each result lies in the tar files of a folder: a database beside them, so that nobody holds them all.

It is made from the tar files, and follows them where they are others now; deleting it is safe.
"""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tintype import files
from tintype.archive.database import plain
from tintype.archive.entry import text
from tintype.archive.walk import STATE

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tars (tar PRIMARY KEY, stamp) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (name PRIMARY KEY, tar, offset, size) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_tar ON members (tar, offset);
"""
# Of two of one name the later counts: what was made anew where the first tar file is damaged.
_ADD = """
INSERT INTO members VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
tar = excluded.tar, offset = excluded.offset, size = excluded.size WHERE excluded.tar >= tar
"""
_WAIT = 60.0  # s


@dataclass(frozen=True, slots=True)
class Member:
    """A result in a tar file: its name, the file, and which bytes of it."""

    name: str
    tar: Path
    offset: int
    size: int

    def read(self) -> bytes:
        """Return its bytes. Raises OSError."""
        with self.tar.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size)


def tars(home: Path) -> list[Path]:
    """Return the tar files of a folder, in order."""
    return sorted(home.glob("[0-9]*.tar"))


def in_tar(path: Path) -> Iterator[tarfile.TarInfo]:
    """Yield the members of a tar file. Raises OSError, and TarError where it is cut off or none."""
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            yield member
            tar.members = []  # type: ignore[attr-defined]  # else it would remember them all


def _rows(path: Path) -> Iterator[tuple[str | bytes, str, int, int]]:
    """Yield the members of a tar file as far as it can be read; one that is cut off is as long as it is."""
    end = path.stat().st_size
    with suppress(tarfile.TarError):
        for m in in_tar(path):
            yield text(m.name), path.name, m.offset_data, max(0, min(m.size, end - m.offset_data))


class Packed:
    """What the tar files of a folder hold; picklable, and small however many there are.

    Parameters
    ----------
    home : Path
        The folder. Methods raise OSError.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._seen = -1  # when the folder had changed last
        self._locks: bool | None = None

    def find(self, name: str) -> Member | None:
        """Return a result."""
        if not self._current():
            return None
        with self._open() as db:
            row = db.execute("SELECT tar, offset, size FROM members WHERE name = ?", (text(name),)).fetchone()
        return Member(name, self._home / row[0], row[1], row[2]) if row else None

    def members(self) -> Iterator[Member]:
        """Yield all, tar file by tar file, in their order."""
        if not self._current():
            return
        with self._open() as db:
            rows = db.execute("SELECT name, tar, offset, size FROM members ORDER BY tar, offset")
            for name, tar, offset, size in rows:
                yield Member(plain(name), self._home / tar, offset, size)

    def changed(self) -> None:
        """Look at the tar files again when it is asked next."""
        self._seen = -1

    def _current(self) -> bool:
        """Follow the tar files where they are others now; say whether there are any."""
        try:
            now = self._home.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        if self._seen == now:
            return True
        there = {p.name: f"{p.stat().st_size} {p.stat().st_mtime_ns}" for p in tars(self._home)}
        if not there and not self._path.exists():
            return False
        with self._open() as db:
            known = dict(db.execute("SELECT tar, stamp FROM tars"))
            if known != there:
                self._follow(db, known, there)
        self._seen = now
        return True

    def _follow(self, db: sqlite3.Connection, known: dict[str, str], there: dict[str, str]) -> None:
        db.execute("BEGIN IMMEDIATE")
        for tar in known:
            if known[tar] != there.get(tar):
                db.execute("DELETE FROM members WHERE tar = ?", (tar,))
                db.execute("DELETE FROM tars WHERE tar = ?", (tar,))
        for tar in sorted(there):
            if known.get(tar) != there[tar]:
                db.executemany(_ADD, _rows(self._home / tar))
                db.execute("INSERT OR REPLACE INTO tars VALUES (?, ?)", (tar, there[tar]))
        db.execute("COMMIT")

    def _has_locks(self) -> bool:
        if self._locks is None:
            try:
                with files.lock(self._path.with_suffix(".lock")) as self._locks:
                    pass
            except BlockingIOError:  # somebody else asks the same
                self._locks = True
        return self._locks

    @property
    def _path(self) -> Path:
        return self._home / STATE / "packed.db"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(exist_ok=True)
        try:
            uri = f"{self._path.absolute().as_uri()}?nolock={0 if self._has_locks() else 1}"
            with closing(sqlite3.connect(uri, uri=True, timeout=_WAIT, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous = NORMAL")
                db.executescript(_SCHEMA)
                yield db
        except sqlite3.Error as error:
            raise OSError(
                None, f"the list of what is packed can't be kept: {error}", str(self._path)
            ) from error
