"""One photograph in the manifest, and how it lies in a row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

STATES = ("planned", "running", "done", "failed", "quarantined")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one photograph.

    Attributes
    ----------
    source, target : str
        Its name in the source and the destination, with forward slashes.
    input : str
        SHA-256 of the photograph.
    settings : str
        Digest of settings and weights (`settings_digest`).
    status : str
        ``coloured``, or ``colour`` for one that is in colour already and was left; empty: neither yet.
    outputs : mapping of str to str
        Each file written, by its name in the destination, and its SHA-256.
    sizes : tuple of int
        Bytes of each of `outputs`, in their order; empty: not known.
    program : str
        Version of Tintype.
    state : str
        Of `STATES`: what happened last. What was made earlier stays known when a later try fails.
    networks : str
        SHA-256 of the weights, with commas between several.
    place, version, options
        As in `tintype.archive.model.Item`.
    seconds, time : float
        What it took; when it was done (seconds since 1970).
    confidence : float
        How sure the network was, mean, 0-1; -1 where it doesn't say.
    notes : tuple of str
    error, cause : str
        Why it failed; the class of the error.
    retries : int
        How often it was tried again.
    review : str
        What somebody said of the result who has seen it: ``accepted``, or ``redone`` with the options that
        are its own now.
    turn : int
        Its place in the order of the last run that planned it.
    """

    source: str
    target: str
    input: str = ""
    settings: str = ""
    status: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    program: str = ""
    state: str = "done"
    networks: str = ""
    place: str = ""
    version: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    time: float = 0.0
    confidence: float = -1.0
    notes: tuple[str, ...] = ()
    error: str = ""
    cause: str = ""
    retries: int = 0
    review: str = ""
    turn: int = 0
    sizes: tuple[int, ...] = ()


_NUMBERS = {
    "seconds": "REAL NOT NULL DEFAULT 0",
    "time": "REAL NOT NULL DEFAULT 0",
    "confidence": "REAL NOT NULL DEFAULT -1",
    "retries": "INTEGER NOT NULL DEFAULT 0",
    "turn": "INTEGER NOT NULL DEFAULT 0",
}
# No type: a name that is no Unicode is kept as bytes.
COLUMNS = {f.name: _NUMBERS.get(f.name, "NOT NULL DEFAULT ''") for f in fields(Entry)}
COLUMNS["source"] = "PRIMARY KEY NOT NULL"
"""Columns of the manifest's table and their declarations, in the order of the fields of `Entry`."""

_JSON = {"outputs": dict, "options": dict, "notes": tuple, "sizes": tuple}


def text(value: str) -> str | bytes:
    """Return a text as it is kept: one that is no Unicode (names on Linux may be so) as bytes."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")
    return value


def encoded(entry: Entry) -> list[Any]:
    """Return the row of an entry."""
    return [_plain(name, getattr(entry, name)) for name in COLUMNS]


def _plain(name: str, value: Any) -> Any:
    if name in _JSON:
        return json.dumps(dict(value) if _JSON[name] is dict else value) if value else ""
    return text(value) if isinstance(value, str) else value


def decoded(row: Sequence[Any]) -> Entry:
    """Return the entry of a row."""
    values = {}
    for name, value in zip(COLUMNS, row, strict=True):
        if isinstance(value, bytes):
            value = value.decode("utf-8", "surrogatepass")
        if name in _JSON:
            value = _JSON[name](json.loads(value) if value else ())
        values[name] = value
    return Entry(**values)
