"""What has been done in an archive: a database of one row a photograph, which survives being killed.

A row is on the disk before the finished file is moved to its place, and names the file's hash. So a result
without a row never exists, and a row without its result only means that the photograph is coloured again.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from tintype.archive import database, lines
from tintype.archive.entry import COLUMNS, Entry, decoded, encoded, text
from tintype.archive.plan import Shard, claims, folded
from tintype.archive.walk import STATE
from tintype.errors import PhotoError
from tintype.files import lock

STAGE = "half-made-"
"""How folders of half-made files are called: then comes their shard."""
_STALE = 24 * 3600.0  # s: where nothing can be locked, only a stage this old is surely nobody's


class Manifest:
    """The manifest of an archive; several shards each write a database of their own, and read all.

    Use it as a context manager: while it is open, no second run of the same shard can write there. One object
    may be used by several threads.

    Parameters
    ----------
    folder : Path
        The output folder, or the folder for the state of an archive that lies elsewhere.
    shard : Shard, optional
    stage : Path, optional
        Where half-made files go instead of the state's own folder.
    """

    def __init__(self, folder: Path, shard: Shard | None = None, *, stage: Path | None = None) -> None:
        self._home = folder / STATE
        self._shard = shard or Shard()
        self._stack = ExitStack()
        self._lock = threading.RLock()
        self._others: list[sqlite3.Connection] = []
        self.locked = True
        """False where the disk knows no locks: nothing then keeps a second run from writing there too."""
        # A name of its own: workers that outlive a killed run must not meet the files of the next one.
        self.stage = (stage or self._home) / f"{STAGE}{self._shard}-{secrets.token_hex(4)}"
        """Where this run's half-made files are; removed when the manifest closes."""

    @property
    def shard(self) -> Shard:
        """The part of the archive that it is of."""
        return self._shard

    @property
    def of_shard(self) -> str:
        """What is put behind the name of a file that each shard has; empty where there is one alone."""
        return f"-{self._shard}" if self._shard.count > 1 else ""

    @property
    def path(self) -> Path:
        """The database."""
        return self._home / f"manifest-{self._shard}.db"

    def __enter__(self) -> Self:
        folder = self._home.parent
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            name = f"manifest-{self._shard}"
            self.locked = self._stack.enter_context(lock(self._home / f"{name}.lock"))
            alone = self.locked and self._shard.count == 1
            self._db = self._stack.enter_context(database.opened(self.path, alone=alone, locked=self.locked))
            self._sweep()
            self.stage.mkdir(parents=True)
            self._take_over()
        except BlockingIOError as error:
            self._stack.close()
            msg = f"{folder}: another run is writing there; wait for it, or share the work with --shard i/n"
            raise PhotoError(msg) from error
        except OSError as error:
            self._stack.close()
            msg = f"{folder}: can't write there: {error.strerror}; choose another folder with -o"
            raise PhotoError(msg) from error
        except sqlite3.Error as error:
            self._stack.close()
            msg = f"{self.path}: can't be read as a manifest ({error}); take it away to begin anew"
            raise PhotoError(msg, name=str(self.path)) from error
        return self

    def __exit__(self, *_: object) -> None:
        try:
            _remove_tree(self.stage)
        finally:
            # Once more, in case a Ctrl-C came in the middle of it.
            _remove_tree(self.stage)
            self._stack.close()

    def _take_over(self) -> None:
        """Take over what earlier versions left, and open what other shards write."""
        for part in sorted(self._home.glob("manifest-*.jsonl")):
            self._import(part)
        self._turn = self._one("SELECT max(turn) FROM photographs") or 0
        self.first_turn = self._turn
        for other in sorted(self._home.glob("manifest-*.db")):
            if other != self.path:
                # One that can't be read now only tells nothing: at worst a photograph is coloured again.
                with suppress(sqlite3.Error):
                    db = self._stack.enter_context(database.reading(other))
                    db.execute("SELECT 1 FROM photographs LIMIT 1")
                    self._others.append(db)

    def _import(self, part: Path) -> None:
        key, state = f"imported {part.name}", part.stat()
        stamp = f"{state.st_size} {state.st_mtime_ns}"
        if self._one("SELECT value FROM facts WHERE key = ?", key) == stamp:
            return
        entries = {e.source: e for e in lines.read(part)}  # the last line counts
        with self.writing():
            for entry in entries.values():
                if self._get(self._db, entry.source) is None:
                    self._keep(entry)
                    self.claim([(folded(entry.target), entry.source)])
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, stamp))

    # --- reading

    def get(self, source: str) -> Entry | None:
        """What is known of a photograph."""
        with self._lock:
            found = [e for e in (self._get(self._db, source),) if e is not None]
            for db in self._others:
                with suppress(sqlite3.Error):
                    found += [e for e in (self._get(db, source),) if e is not None]
        return max(found, key=_age, default=None)

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
                    if not self._others or entry == self.get(entry.source):
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

    def owners(self, folded: Sequence[str]) -> dict[str, str]:
        """Which photographs have taken names (as `tintype.archive.plan.folded` writes them)."""
        query = "SELECT folded, owner FROM claims WHERE folded IN ({})"
        found: dict[str, str] = {}
        with self._lock:
            for at in range(0, len(folded), 900):
                part = [text(f) for f in folded[at : at + 900]]
                rows = self._db.execute(query.format(", ".join("?" * len(part))), part)
                found |= {database.plain(f): database.plain(o) for f, o in rows}
        return found

    def repeated(self, sources: Sequence[str]) -> set[str]:
        """Which of these were planned in this run already."""
        query = "SELECT source FROM photographs WHERE turn > ? AND source IN ({})"
        found: set[str] = set()
        with self._lock:
            for at in range(0, len(sources), 900):
                part = [text(s) for s in sources[at : at + 900]]
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

    # --- writing

    @contextmanager
    def writing(self, *, safely: bool = True) -> Iterator[None]:
        """Join what is written inside into one transaction, by default on the disk at the end.

        Raises OSError.
        """
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            try:
                self._db.execute(f"PRAGMA synchronous = {'FULL' if safely else 'NORMAL'}")
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield
                except BaseException:
                    self._db.rollback()
                    raise
                self._db.commit()
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.rollback()
                raise OSError(None, f"the manifest can't be written: {error}", str(self.path)) from error

    def plan(self, rows: Iterable[tuple[str, str, str, str, Mapping[str, Any] | None]]) -> None:
        """Say what this run is to do: (source, target, place, version, options), in that order."""
        with self.writing(safely=False):  # what is lost of it is listed again
            values = []
            for source, target, place, version, options in rows:
                self._turn += 1
                own = json.dumps(dict(options)) if options else ""
                values.append((text(source), text(target), text(place), version, own, self._turn))
            self._db.executemany(database.PLAN, values)

    def planned(self, after: int, most: int) -> list[Entry]:
        """What was planned in this run, in its order, behind a turn."""
        query = f"SELECT {', '.join(COLUMNS)} FROM photographs WHERE turn > ? ORDER BY turn LIMIT ?"
        with self._lock:
            return [decoded(row) for row in self._db.execute(query, (after, most))]

    def claim(self, names: Iterable[tuple[str, str]]) -> None:
        """Say which photograph a name (folded) belongs to; one that is taken stays whose it is."""
        with self.writing():
            rows = [(text(f), text(o)) for f, o in names]
            self._db.executemany("INSERT OR IGNORE INTO claims VALUES (?, ?)", rows)

    def start(self, sources: Iterable[str]) -> None:
        """Say which photographs are in hand. Raises OSError."""
        with self.writing(safely=False):
            rows = [(text(s),) for s in sources]
            self._db.executemany("UPDATE photographs SET state = 'running' WHERE source = ?", rows)

    def add(self, entry: Entry) -> None:
        """Write what is known of a photograph and see it onto the disk. Raises OSError."""
        with self.writing():
            self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        self._db.execute(database.KEEP, encoded(entry))

    def take_over(self, entries: Sequence[Entry]) -> int:
        """Keep what is known elsewhere of photographs that nothing later is known of here; return how many.

        Raises OSError.
        """
        with self.writing():
            here = ((e, self._get(self._db, e.source)) for e in entries)
            later = [e for e, known in here if known is None or _age(known) < _age(e)]
            for entry in later:
                self._keep(replace(entry, turn=0))
                self.claim((name, entry.source) for name in claims(Path(entry.target), 1))
        return len(later)

    def failed(self, source: str, error: str, cause: str, *, state: str = "failed", retries: int = 0) -> None:
        """Write that a photograph failed; what was made of it earlier stays known. Raises OSError."""
        query = (
            "UPDATE photographs SET state = ?, error = ?, cause = ?, retries = ?, time = ? WHERE source = ?"
        )
        with self.writing():
            self._db.execute(query, (state, text(error), cause, retries, time.time(), text(source)))

    def tell(self, **facts: str) -> None:
        """Keep facts of the archive as a whole, by name. Raises OSError."""
        with self.writing():
            self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def fact(self, name: str) -> str:
        """Return a fact; empty: nothing was told."""
        with self._lock:
            return str(self._one("SELECT value FROM facts WHERE key = ?", name) or "")

    def reviewed(self, source: str, word: str) -> None:
        """Write what somebody said of a result. Raises OSError."""
        with self.writing():
            self._db.execute("UPDATE photographs SET review = ? WHERE source = ?", (word, text(source)))

    def release(self) -> None:
        """What was in hand when a run was broken off is planned again."""
        with self.writing():
            self._db.execute("UPDATE photographs SET state = 'planned' WHERE state = 'running'")

    def _sweep(self) -> None:
        """Remove what killed runs left half made."""
        young = time.time() - _STALE
        for left in self.stage.parent.glob(f"{STAGE}{self._shard}-*"):
            if self.locked or left.stat().st_mtime < young:
                _remove_tree(left)


def _age(entry: Entry) -> tuple[bool, float]:
    return bool(entry.status), entry.time


def _remove_tree(folder: Path) -> None:
    # Only ever our own stage: flat folders of files, no links followed.
    shutil.rmtree(folder, ignore_errors=True)
