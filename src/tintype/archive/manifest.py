"""What has been done in an output folder: a file of one line a photograph, which survives being killed.

A line is appended before the finished file is moved to its place, and names the file's hash. So a result
without a line never exists, and a line without its result only means that the photograph is coloured again.
A line torn by a crash is passed over.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self

from tintype.archive.plan import Shard
from tintype.archive.walk import STATE
from tintype.errors import PhotoError
from tintype.files import lock

_VERSION = 1
_STALE = 24 * 3600.0  # s: where nothing can be locked, only a stage this old is surely nobody's


@dataclass(frozen=True, slots=True)
class Entry:
    """One photograph done.

    Attributes
    ----------
    source, target : str
        Relative to the input and the output folder, with forward slashes.
    input : str
        SHA-256 of the photograph.
    settings : str
        Digest of settings and weights (`settings_digest`).
    status : str
        ``coloured``, or ``colour`` for one that is in colour already and was left as it is.
    outputs : mapping of str to str
        Each file written, relative to the output folder, and its SHA-256.
    program : str
        Version of Tintype.
    """

    source: str
    target: str
    input: str
    settings: str
    status: str
    outputs: dict[str, str]
    program: str


class Manifest:
    """The manifest of an output folder; several shards each append to a file of their own, and read all.

    Use it as a context manager: while it is open, no second run of the same shard can write there.
    """

    def __init__(self, folder: Path, shard: Shard | None = None) -> None:
        self._home = folder / STATE
        self._shard = shard or Shard()
        self._entries: dict[str, Entry] = {}
        self._file: IO[bytes] | None = None
        self._stack = ExitStack()
        self.locked = True
        """False where the disk knows no locks: nothing then keeps a second run from writing there too."""
        # A name of its own: workers that outlive a killed run must not meet the files of the next one.
        self.stage = self._home / f"half-made-{self._shard}-{secrets.token_hex(4)}"
        """Where this run's half-made files are; removed when the manifest closes."""

    def __enter__(self) -> Self:
        folder = self._home.parent
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            name = f"manifest-{self._shard}"
            self.locked = self._stack.enter_context(lock(self._home / f"{name}.lock"))
            self._file = self._stack.enter_context((self._home / f"{name}.jsonl").open("ab+", buffering=0))
            _end_line(self._file)
            self._sweep()
            self.stage.mkdir()
        except BlockingIOError as error:
            self._stack.close()
            msg = f"{folder}: another run is writing there; wait for it, or share the work with --shard i/n"
            raise PhotoError(msg) from error
        except OSError as error:
            self._stack.close()
            msg = f"{folder}: can't write there: {error.strerror}; choose another folder with -o"
            raise PhotoError(msg) from error
        for part in sorted(self._home.glob("manifest-*.jsonl")):
            for entry in _read(part):
                self._entries[entry.source] = entry
        return self

    def __exit__(self, *_: object) -> None:
        try:
            _remove_tree(self.stage)
        finally:
            # Once more, in case a Ctrl-C came in the middle of it.
            _remove_tree(self.stage)
            self._stack.close()

    def get(self, source: Path) -> Entry | None:
        """What was last done with a photograph (path relative to the input folder)."""
        return self._entries.get(source.as_posix())

    def names(self) -> dict[Path, Path]:
        """Which target each photograph was given."""
        return {Path(e.source): Path(e.target) for e in self._entries.values()}

    def add(self, entry: Entry) -> None:
        """Append a line and see it onto the disk. Raises OSError."""
        assert self._file is not None
        line = json.dumps({"v": _VERSION, **asdict(entry)}, ensure_ascii=True) + "\n"
        end = self._file.seek(0, os.SEEK_END)
        try:
            written = self._file.write(line.encode("ascii"))
            if written != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._file.name)
            os.fsync(self._file.fileno())
        except OSError:
            # Half a line would be joined to the next one.
            self._file.truncate(end)
            raise
        self._entries[entry.source] = entry

    def _sweep(self) -> None:
        """Remove what killed runs left half made."""
        young = time.time() - _STALE
        for left in self._home.glob(f"half-made-{self._shard}-*"):
            if self.locked or left.stat().st_mtime < young:
                _remove_tree(left)


def _read(path: Path) -> Iterator[Entry]:
    for line in path.read_bytes().splitlines():
        try:
            values: Any = json.loads(line)
            if values.pop("v") == _VERSION:
                yield Entry(**values)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # torn by a crash, or of another version: that photograph is not known to be done


def _end_line(file: IO[bytes]) -> None:
    # After a torn line, the next one must begin on a line of its own.
    if file.seek(0, os.SEEK_END):
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")


def _remove_tree(folder: Path) -> None:
    # Only ever our own stage: flat folders of files, no links followed.
    shutil.rmtree(folder, ignore_errors=True)
