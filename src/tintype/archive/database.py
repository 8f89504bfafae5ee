"""The manifest's database: its tables, and how it is opened where disks differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tintype.archive.entry import COLUMNS

VERSION = 1
"""Of the tables; a later one is refused."""
_WAIT = 60.0  # s for another process's transaction

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS photographs ({", ".join(f"{n} {t}" for n, t in COLUMNS.items())});
CREATE INDEX IF NOT EXISTS by_turn ON photographs (turn);
CREATE TABLE IF NOT EXISTS claims (folded PRIMARY KEY, owner) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
"""
PLAN = """
INSERT INTO photographs (source, target, state, place, version, options, turn)
VALUES (?, ?, 'planned', ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET
target = excluded.target, state = 'planned', place = excluded.place, version = excluded.version,
options = excluded.options, turn = excluded.turn
"""
KEEP = f"""
INSERT INTO photographs ({", ".join(COLUMNS)}) VALUES ({", ".join("?" * len(COLUMNS))})
ON CONFLICT (source) DO UPDATE SET {", ".join(f"{n} = excluded.{n}" for n in COLUMNS if n != "source")}
"""


@contextmanager
def opened(path: Path, *, alone: bool, locked: bool) -> Iterator[sqlite3.Connection]:
    """Open a database for reading and writing as long as the context lasts; it is made if it isn't there.

    Parameters
    ----------
    path : Path
    alone : bool
        Whether nobody reads it from another machine: a write-ahead log, which is quicker, needs memory that
        is shared.
    locked : bool
        Whether the disk knows locks.

    Raises
    ------
    sqlite3.Error
        Also for one that a later version of Tintype has written.
    """
    db = _connect(path, mode="rwc", nolock=not locked)
    try:
        db.execute(f"PRAGMA journal_mode = {'WAL' if alone else 'TRUNCATE'}")
        if db.execute("PRAGMA user_version").fetchone()[0] > VERSION:
            msg = "it was written by a later version of Tintype"
            raise sqlite3.DatabaseError(msg)
        db.executescript(_SCHEMA)
        for name in COLUMNS.keys() - _columns(db):  # an earlier version has made it
            db.execute(f"ALTER TABLE photographs ADD COLUMN {name} {COLUMNS[name]}")
        yield db
    finally:
        db.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open another's database for reading as long as the context lasts. Raises sqlite3.Error."""
    db = _connect(path, mode="ro")
    try:
        if lacking := COLUMNS.keys() - _columns(db):  # an earlier version writes it
            blank = ", ".join(f"'' AS {name}" for name in sorted(lacking))
            db.execute(f"CREATE TEMP VIEW photographs AS SELECT *, {blank} FROM main.photographs")
        yield db
    finally:
        db.close()


def _columns(db: sqlite3.Connection) -> set[str]:
    return {row[1] for row in db.execute("PRAGMA main.table_info(photographs)")}


def plain(value: Any) -> str:
    """Return a text as it was before `tintype.archive.entry.text`."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def _connect(path: Path, *, mode: str, nolock: bool = False) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}" + ("&nolock=1" if nolock else "")
    return sqlite3.connect(uri, uri=True, timeout=_WAIT, isolation_level=None, check_same_thread=False)
