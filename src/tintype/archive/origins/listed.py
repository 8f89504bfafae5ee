"""Photographs that a list names: CSV, JSON lines, Parquet; each may have a name and settings of its own.

A row needs ``photo``, a path or an address, seen from the list. ``name`` is what the archive calls it.
Columns that are called like settings are settings of that photograph; of JSON lines also an object
``settings``.
"""

from __future__ import annotations

import csv
import dataclasses
import difflib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from tintype.archive import beside, stores
from tintype.archive.model import Item
from tintype.archive.named import name_of, stray
from tintype.errors import MissingExtra, SettingsError
from tintype.photo.folders import kind_of
from tintype.settings import Settings

_DEFAULTS: dict[str, Any] = {f.name: f.default for f in dataclasses.fields(Settings)}
_PHOTO, _NAME, _SETTINGS = "photo", "name", "settings"
_BATCH = 10_000  # rows of Parquet
_TRUE = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of photographs; see `tintype.archive.model.PhotoSource`."""

    place: str
    mark: str = ""

    @property
    def title(self) -> str:
        """The list."""
        return self.place

    def items(self) -> Iterator[Item]:
        """Read the list, row by row. Raises SettingsError, MissingExtra."""
        base = stores.parent(self.place)
        try:
            for number, row in _rows(self.place):
                if any(v not in (None, "", []) for v in row.values()):  # spreadsheets end in empty rows
                    yield self._item(base, number, row)
        except OSError as error:
            why = f"{self.place}: can't read the list: {error.strerror or error}"
            raise SettingsError(why, name=self.place) from error
        except UnicodeDecodeError as error:
            why = f"{self.place}: can't read the list: it isn't UTF-8; save it as that"
            raise SettingsError(why, name=self.place) from error
        except csv.Error as error:
            raise SettingsError(f"{self.place}: can't read the list: {error}", name=self.place) from error

    def _item(self, base: str, number: int, row: Mapping[str, Any]) -> Item:
        photo = row.get(_PHOTO)
        if not isinstance(photo, str) or not photo:
            msg = f"{self.place}: row {number} has no {_PHOTO}: every row needs a column of that name, "
            msg += "with a path or an address"
            raise SettingsError(msg, name=self.place)
        given = row.get(_NAME) or photo
        name = name_of(str(given))
        if name and kind_of(name) != "photograph" and kind_of(photo) == "photograph":
            name += PurePosixPath(
                photo
            ).suffix  # an inventory number, say: what it becomes goes by its suffix
        place = stores.join(base, photo)
        if not name:
            return stray(str(given), place)
        size, version = stores.state(place)
        return Item(name, place, size, version, self._options(number, row))

    def _options(self, number: int, row: Mapping[str, Any]) -> dict[str, Any] | None:
        own = row.get(_SETTINGS) or {}
        if not isinstance(own, dict):
            msg = f"{self.place}: row {number}: {_SETTINGS} is no object of settings"
            raise SettingsError(msg, name=self.place)
        options = {}
        for key, value in (*row.items(), *own.items()):
            if key in _DEFAULTS:
                if value not in (None, "") and value == value:
                    options[key] = self._value(number, key, value)
            elif key not in (_PHOTO, _NAME, _SETTINGS) and (near := _near(key)):
                msg = f"{self.place}: a column is called {key!r:.60}; if {near} is meant, call it that"
                raise SettingsError(msg, setting=near, name=self.place)
        return options or None

    def _value(self, number: int, key: str, value: Any) -> Any:
        """Return a setting of the type that it has; a CSV has texts alone."""
        kind: Any = type(_DEFAULTS[key])
        if kind is int and isinstance(value, float) and value.is_integer():
            return int(value)  # a column of numbers in which some are missing
        if not isinstance(value, str) or kind is str:
            return value
        try:
            if kind is bool:
                return _TRUE[value.strip().lower()]
            if kind is tuple:
                return json.loads(value) if value.lstrip().startswith("[") else value.split(";")
            return kind(value)
        except (ValueError, KeyError):
            msg = f"{self.place}: row {number}: {key} is {value!r:.60}, not of its kind"
            raise SettingsError(msg, setting=key, name=self.place) from None

    def local(self, item: Item, folder: Path) -> Path:
        """Return the photograph's own path, or a copy with its sidecars beside it. Raises OSError."""
        return beside.copied(item.place, folder, PurePosixPath(item.name).name)

    def holds(self, path: Path) -> bool:
        """Only results of Tintype are replaced there, and a list is too long to look through each time."""
        return False


def _near(key: object) -> str:
    return next(iter(difflib.get_close_matches(str(key), _DEFAULTS, 1, 0.85)), "")


def _rows(place: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    match PurePosixPath(place).suffix.lower():
        case ".csv":
            with io.TextIOWrapper(stores.open_binary(place), "utf-8-sig", newline="") as text:
                head = text.readline()
                cut = max(",;\t", key=head.count)  # spreadsheets of some countries write other signs
                yield from enumerate(csv.DictReader(chain([head], text), delimiter=cut), 2)
        case ".jsonl" | ".ndjson":
            with stores.open_binary(place) as file:
                yield from _json(place, file)
        case _:
            yield from enumerate(_parquet(place), 1)


def _json(place: str, file: Iterable[bytes]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            msg = f'{place}: line {number} is no object of JSON, like {{"photo": "a.jpg", "vividness": 0.7}}'
            raise SettingsError(msg, name=place)
        yield number, row


def _parquet(place: str) -> Iterator[Mapping[str, Any]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtra("archive", package="pyarrow", purpose="a list in Parquet", name=place) from error
    try:
        with stores.open_binary(place) as file, pyarrow.parquet.ParquetFile(file) as table:
            for batch in table.iter_batches(_BATCH):
                yield from batch.to_pylist()
    except pyarrow.ArrowInvalid as error:
        raise SettingsError(f"{place}: can't read the list: {error}", name=place) from error


def opened(text: str) -> Listed | None:
    """Return the list that a text names, by its suffix."""
    known = (".csv", ".jsonl", ".ndjson", ".parquet")
    return Listed(text) if PurePosixPath(text).suffix.lower() in known else None
