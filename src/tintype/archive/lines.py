"""Manifests as earlier versions wrote them: a file of one line of JSON a photograph. They are read, once.

A line torn by a crash is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tintype.archive.entry import Entry

_VERSION = 1
_KEYS = {"source", "target", "input", "settings", "status", "outputs", "program"}


def read(path: Path) -> Iterator[Entry]:
    """Yield what the whole lines of a file say, in their order. Raises OSError."""
    with path.open("rb") as file:
        for line in file:
            try:
                values: Any = json.loads(line)
                if values.pop("v") == _VERSION and values.keys() == _KEYS:
                    yield Entry(**values)
            except (ValueError, TypeError, KeyError, AttributeError):
                continue  # torn, or of another version: that photograph is not known to be done
