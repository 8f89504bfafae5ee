"""The manifest of an archive in a store, as Parquet beside the results: it survives the machine.

On a cluster each worker writes parts of it while it works; at the end all is one file.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import islice
from typing import Any

import numpy as np

from tintype.archive.entry import COLUMNS, Entry, decoded, encoded
from tintype.archive.manifest import Manifest
from tintype.archive.model import Destination
from tintype.archive.walk import STATE
from tintype.errors import MissingExtra

FOLDER = f"{STATE}/parts"
_MOST = 200  # entries a part
_LONGEST = 30.0  # s
_ROWS = 2000
_BLANK = dict(zip(COLUMNS, encoded(Entry("", "")), strict=True))


@dataclass(slots=True)
class Parts:
    """What one worker has done, written to the destination now and then.

    Attributes
    ----------
    destination : Destination
    worker : str
        A name of its own, which begins with that of its shard: parts are called by it.
    """

    destination: Destination
    worker: str
    _entries: list[Entry] = field(default_factory=list)
    _number: int = 0
    _since: float = field(default_factory=time.monotonic)

    def add(self, entry: Entry) -> None:
        """Remember an entry; write a part when there are many, or the last is long ago. Raises OSError."""
        self._entries.append(entry)
        if len(self._entries) >= _MOST or time.monotonic() - self._since > _LONGEST:
            self.flush()

    def flush(self) -> None:
        """Write what is not written yet. Raises OSError."""
        if self._entries:
            self.destination.write(
                f"{FOLDER}/{self.worker}-{self._number:05}.parquet", _encoded(self._entries)
            )
            self._number += 1
            self._entries.clear()
        self._since = time.monotonic()


def restore(manifest: Manifest, destination: Destination) -> int:
    """Take over what the destination says was done, where the manifest doesn't know it; return how many.

    Raises OSError, MissingExtra.
    """
    count = 0
    # Parts come later than the whole.
    wholes = [name for name in destination.own(STATE) if fnmatch(name, f"{STATE}/manifest*.parquet")]
    for name in (*wholes, *destination.own(FOLDER)):
        rows = _decoded(destination, name, manifest)
        while some := list(islice(rows, _ROWS)):
            count += manifest.take_over(some)
    return count


def whole(manifest: Manifest) -> str:
    """Return what a manifest is called beside results; each shard's has a name of its own."""
    return f"{STATE}/manifest{manifest.of_shard}.parquet"


def compact(manifest: Manifest, destination: Destination) -> None:
    """Write the whole manifest to the destination, and take the parts away. Raises OSError, MissingExtra."""
    # Parts of other shards are theirs.
    names = [n for n in destination.own(FOLDER) if n.startswith(f"{FOLDER}/{manifest.shard}-")]
    path = manifest.stage / "whole.parquet"
    write(manifest.entries(), path)
    destination.put(path, whole(manifest))
    for name in names:
        destination.remove(name)


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtra("archive", package="pyarrow", purpose="an archive in a store") from error
    return pyarrow


def schema() -> Any:
    """Return the columns as Parquet has them: those of the manifest's table."""
    arrow = _pyarrow()
    kinds = {"REAL": arrow.float64(), "INTEGER": arrow.int64()}
    # Binary: a name may be no Unicode.
    return arrow.schema([(n, kinds.get(told.split()[0], arrow.binary())) for n, told in COLUMNS.items()])


def write(entries: Iterable[Entry], file: Any) -> None:
    """Write entries to an open file as Parquet, some at a time. Raises MissingExtra."""
    arrow, columns = _pyarrow(), schema()
    rest = iter(entries)
    with arrow.parquet.ParquetWriter(file, columns, compression="zstd") as writer:
        while some := [encoded(e) for e in islice(rest, _ROWS)]:
            arrays = [_array(arrow, f.type, v) for f, v in zip(columns, zip(*some, strict=True), strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=columns))


def _array(arrow: Any, kind: Any, values: Sequence[Any]) -> Any:
    """Return a column. `pyarrow.array` would load pandas where that is installed, which takes a second."""
    if kind != arrow.binary():
        plain = np.array(values, np.float64 if kind == arrow.float64() else np.int64)
        return arrow.Array.from_buffers(kind, len(values), [None, arrow.py_buffer(plain)])
    data = [v.encode() if isinstance(v, str) else v for v in values]
    ends = np.cumsum([0, *map(len, data)], dtype=np.int32)
    buffers = [None, arrow.py_buffer(ends), arrow.py_buffer(b"".join(data))]
    return arrow.Array.from_buffers(kind, len(data), buffers)


def _encoded(entries: Iterable[Entry]) -> bytes:
    held = io.BytesIO()
    write(entries, held)
    return held.getvalue()


def _decoded(destination: Destination, name: str, manifest: Manifest) -> Iterator[Entry]:
    arrow = _pyarrow()
    path = destination.local(name, manifest.stage / "parts")
    try:
        with arrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS):
                there = dict(zip(batch.schema.names, batch.columns, strict=True))
                # An earlier version has fewer columns, a later one more.
                columns = [
                    there[n].to_pylist() if n in there else [v] * len(batch) for n, v in _BLANK.items()
                ]
                for row in zip(*columns, strict=True):
                    yield decoded(row)
    finally:
        if path.is_relative_to(manifest.stage):
            path.unlink()
