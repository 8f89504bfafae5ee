"""Check a finished archive against its manifest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from tintype.archive.entry import Entry, text
from tintype.archive.manifest import Manifest
from tintype.archive.model import Destination

_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one photograph of an archive.

    Attributes
    ----------
    source : str
        The photograph, as the manifest calls it.
    output : str
        The file that is wrong, as the destination shows it; empty where there is none.
    kind : str
        ``missing``; ``changed``, its hash is another now; ``unfinished``; ``failed``; ``quarantined``.
    why : str
    """

    source: str
    output: str
    kind: Literal["missing", "changed", "unfinished", "failed", "quarantined"]
    why: str = ""


def verify(
    manifest: Manifest, destination: Destination, *, threads: int = 4
) -> Iterator[tuple[Entry, list[Finding]]]:
    """Yield every photograph of the manifest with what is wrong with it: mostly nothing.

    Parameters
    ----------
    manifest : Manifest
        Open.
    destination : Destination
        Every file that the manifest names is read from it.
    threads : int
        Files read at once.

    Raises
    ------
    OSError
        When the destination itself can't be reached.
    """
    with ThreadPoolExecutor(threads) as pool:
        entries = manifest.entries()
        while some := list(islice(entries, _AT_ONCE)):
            yield from zip(some, pool.map(lambda e: _findings(e, destination), some), strict=True)


def _findings(entry: Entry, destination: Destination) -> list[Finding]:
    place = entry.place or entry.source
    found = [f for name, digest in entry.outputs.items() if (f := _file(place, name, digest, destination))]
    match entry.state:
        case "failed":
            found.append(Finding(place, "", "failed", entry.error))
        case "quarantined":
            found.append(Finding(place, "", "quarantined", entry.error))
        case "planned" | "running":
            found.append(Finding(place, "", "unfinished", "the run was broken off; run it again"))
    return found


def _file(place: str, name: str, digest: str, destination: Destination) -> Finding | None:
    shown = destination.show(name)
    if not destination.exists(name):
        return Finding(place, shown, "missing", "the result is gone; the next run makes it anew")
    if destination.sha256(name) != digest:
        why = "it is not the file that was written; compare it with a backup, or take it away and --recheck"
        return Finding(place, shown, "changed", why)
    return None


def strangers(manifest: Manifest, destination: Destination) -> Iterator[str]:
    """Yield the names of files in the destination that no photograph of the manifest has become.

    Hidden ones are left out, and XMP files are taken for those of the results beside which they lie. Raises
    OSError.
    """
    with closing(sqlite3.connect("")) as db:  # on the disk if need be, and gone with its connection
        db.execute("CREATE TABLE ours (name PRIMARY KEY) WITHOUT ROWID")
        db.executemany("INSERT OR IGNORE INTO ours VALUES (?)", ((text(n),) for n, _ in manifest.outputs()))
        for name, _ in destination.files():
            hidden = name.startswith(".") or "/." in name
            known = hidden or db.execute("SELECT 1 FROM ours WHERE name = ?", (text(name),)).fetchone()
            if not known and not name.lower().endswith(".xmp"):
                yield name
