"""What has been done in an archive: a database of one row a photograph, which survives being killed.

A row is on the disk before the finished file is moved to its place, and names the file's hash. So a result
without a row never exists, and a row without its result only means that the photograph is coloured again.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from tintype.archive import database, lines
from tintype.archive.entry import Entry, encoded, text
from tintype.archive.known import Known, age
from tintype.archive.plan import Shard, claims, folded
from tintype.archive.walk import STATE
from tintype.errors import PhotoError
from tintype.files import lock

STAGE = "half-made-"
"""How folders of half-made files are called: then comes their shard."""
_STALE = 24 * 3600.0  # s: where nothing can be locked, only a stage this old is surely nobody's


class Manifest(Known):
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
        super().__init__()
        self._home = folder / STATE
        self._shard = shard or Shard()
        self._stack = ExitStack()
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
            later = [e for e, known in here if known is None or age(known) < age(e)]
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


def _remove_tree(folder: Path) -> None:
    # Only ever our own stage: flat folders of files, no links followed.
    shutil.rmtree(folder, ignore_errors=True)
