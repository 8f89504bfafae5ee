"""Names in an archive: what a source says becomes a name that stays inside the destination."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tintype.archive.model import Item

_ROOT = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+:/+|[A-Za-z]:/|/+)?")


def name_of(place: str) -> str:
    r"""Return the name of what a list or a tar calls so; empty: it would lead out of the archive.

    >>> name_of("s3://bucket/a/b.jpg"), name_of("/srv/a.jpg"), name_of("./a//b.jpg"), name_of("C:\\a\\b.jpg")
    ('bucket/a/b.jpg', 'srv/a.jpg', 'a/b.jpg', 'a/b.jpg')
    >>> name_of("a/../../b.jpg"), name_of("")
    ('', '')
    """
    if re.match(r"[A-Za-z]:\\|\\", place):
        place = place.replace("\\", "/")
    path = PurePosixPath(place[len(found[0]) if (found := _ROOT.match(place)) else 0 :])
    return "" if ".." in path.parts or not path.name or "\0" in place else str(path)


def stray(name: str, place: str) -> Item:
    """Return the problem of a name that leads out of the archive."""
    why = f"its name {name!r:.80} leads out of the archive; give it a name below it"
    return Item(place, place, kind="problem", why=why)
