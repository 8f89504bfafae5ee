"""The reading half of a manifest: what is known of photographs, in all shards' databases."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from tintype.archive import database
from tintype.archive.entry import COLUMNS, Entry, decoded, text

Value = TypeVar("Value")


class Known:
    """What a manifest knows; `tintype.archive.manifest.Manifest` opens and writes it."""

    _db: sqlite3.Connection

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._others: list[sqlite3.Connection] = []
        self.first_turn = 0

    def get(self, source: str) -> Entry | None:
        """What is known of a photograph."""
        return self._last(source)[1]

    def _last(self, source: str) -> tuple[sqlite3.Connection, Entry | None]:
        """Return the last that is known of a photograph, and whose database says it."""
        with self._lock:
            last = self._db, self._get(self._db, source)
            for db in self._others:
                with suppress(sqlite3.Error):
                    found = self._get(db, source)
                    if found is not None and (last[1] is None or age(found) > age(last[1])):
                        last = db, found
        return last

    def _get(self, db: sqlite3.Connection, source: str) -> Entry | None:
        row = db.execute(f"SELECT {', '.join(COLUMNS)} FROM photographs WHERE source = ?", (text(source),))
        found = row.fetchone()
        return decoded(found) if found else None

    def entries(self, where: str = "1", *, order: str = "source", most: int = -1) -> Iterator[Entry]:
        """Every photograph, or those of a condition on the columns, a few at a time; other shards' too.

        Each shard's are in their order by themselves, and at `most` so many of each.
        """
        query = f"SELECT {', '.join(COLUMNS)} FROM photographs WHERE {where} ORDER BY {order} LIMIT ?"
        for db in (self._db, *self._others):
            cursor = db.execute(query, (most,))
            while rows := cursor.fetchmany(500):
                for entry in map(decoded, rows):
                    # With other shards a photograph may have been another's; the last word counts.
                    if not self._others or self._last(entry.source)[0] is db:
                        yield entry

    def count(self, where: str) -> int:
        """How many photographs there are of a condition on the columns."""
        if self._others:
            return sum(1 for _ in self.entries(where))
        with self._lock:
            return int(self._one(f"SELECT count(*) FROM photographs WHERE {where}"))

    def outputs(self) -> Iterator[tuple[str, str]]:
        """Every file that was made, with its SHA-256."""
        for entry in self.entries("outputs != ''"):
            yield from entry.outputs.items()

    def counts(self) -> dict[str, int]:
        """How many photographs there are of each state."""
        if self._others:
            return dict(Counter(entry.state for entry in self.entries()))
        with self._lock:
            return dict(self._db.execute("SELECT state, count(*) FROM photographs GROUP BY state"))

    def owners(self, names: Sequence[str]) -> dict[str, str]:
        """Which photographs have taken names (as `tintype.archive.plan.folded` writes them)."""
        query = "SELECT folded, owner FROM claims WHERE folded IN ({})"
        found: dict[str, str] = {}
        with self._lock:
            for part in _cut([text(f) for f in names]):
                rows = self._db.execute(query.format(", ".join("?" * len(part))), part)
                found |= {database.plain(f): database.plain(o) for f, o in rows}
        return found

    def repeated(self, sources: Sequence[str]) -> set[str]:
        """Which of these were planned in this run already."""
        query = "SELECT source FROM photographs WHERE turn > ? AND source IN ({})"
        found: set[str] = set()
        with self._lock:
            for part in _cut([text(s) for s in sources]):
                rows = self._db.execute(query.format(", ".join("?" * len(part))), (self.first_turn, *part))
                found |= {database.plain(s) for (s,) in rows}
        return found

    def is_empty(self, *, alone: bool = False) -> bool:
        """Whether nothing is known yet; `alone`: whatever other shards know."""
        with self._lock:
            return (alone or not self._others) and self._one("SELECT 1 FROM photographs LIMIT 1") is None

    def _one(self, query: str, *values: Any) -> Any:
        row = self._db.execute(query, values).fetchone()
        return row[0] if row else None

    def planned(self, after: int, most: int) -> list[Entry]:
        """What was planned in this run, in its order, behind a turn."""
        query = f"SELECT {', '.join(COLUMNS)} FROM photographs WHERE turn > ? ORDER BY turn LIMIT ?"
        with self._lock:
            return [decoded(row) for row in self._db.execute(query, (after, most))]

    def fact(self, name: str) -> str:
        """Return a fact; empty: nothing was told."""
        with self._lock:
            return str(self._one("SELECT value FROM facts WHERE key = ?", name) or "")


def age(entry: Entry) -> tuple[bool, float]:
    """By what one of several entries of a photograph is the last."""
    return bool(entry.status), entry.time


def _cut(values: list[Value]) -> Iterator[list[Value]]:
    """Cut a list into as many as SQLite takes in one question."""
    yield from (values[at : at + 900] for at in range(0, len(values), 900))
