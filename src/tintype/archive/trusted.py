"""Whether the results that a manifest calls done are still there: one look at the whole destination.

Names and sizes are compared, not bytes; those are compared by `tintype.archive.verify`, and by a run that is
told to trust nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Self

from tintype.archive.database import plain
from tintype.archive.entry import Entry, text
from tintype.archive.model import Destination

_ROWS = 1000
_TABLE = "CREATE TABLE results (name PRIMARY KEY, source, place, size, found) WITHOUT ROWID"


class Trusted:
    """Results that are taken for done until the destination has been listed; a million take no memory.

    Use it as a context manager, from one thread. Methods raise OSError.
    """

    def __enter__(self) -> Self:
        self._db = sqlite3.connect(
            "", isolation_level=None
        )  # on the disk if need be, and gone when it closes
        self._db.execute(_TABLE)
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, known: Iterable[tuple[Entry, str]]) -> None:
        """Take entries for done; with each comes the place where its photograph lies now."""
        rows = [
            (text(name), text(entry.source), text(place), size, None)
            for entry, place in known
            for name, size in zip(entry.outputs, entry.sizes or [-1] * len(entry.outputs), strict=True)
        ]
        self._write("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)", rows)

    def see(self, files: Iterable[tuple[str, int]]) -> None:
        """Take in what lies at the destination: names and sizes."""
        rest = iter(files)
        while some := [(size, text(name)) for name, size in islice(rest, _ROWS)]:
            self._write("UPDATE results SET found = ? WHERE name = ?", some)

    def lost(self, destination: Destination) -> Iterator[tuple[str, str]]:
        """Yield photographs, by name and place, of whose results one wasn't seen or has another size."""
        query = "SELECT source, place, name, found FROM results "
        query += "WHERE found IS NULL OR (size >= 0 AND found >= 0 AND found != size) ORDER BY source"
        rows = self._db.execute(query)
        for (source, place), results in groupby(rows, lambda row: row[:2]):
            if any(found is not None or not _is_there(destination, plain(n)) for *_, n, found in results):
                yield plain(source), plain(place)

    def _write(self, query: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            self._db.execute("BEGIN")
            self._db.executemany(query, rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise OSError(None, f"there is no room to compare it with the manifest: {error}") from error


def _is_there(destination: Destination, name: str) -> bool:
    """Whether a file that wasn't listed is there all the same.

    Some disks list a name in another Unicode form than it was written in, and folders may be links. A store's
    names are what they are, and asking for each takes its time.
    """
    return not destination.by_worker and destination.exists(name)
