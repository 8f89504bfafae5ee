"""Groups of photographs: the folders they lie in, how many each gives, and what their sources state."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tintype.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a group's photographs may be used.

    Attributes
    ----------
    source : str
        Where they come from: a name, an address.
    terms : str
        What the source states, in its own words or as a licence's name; empty if nothing.
    commercial : bool or None
        Whether the source allows commercial use; None where it says neither, or nobody has looked (then
        `source` and `terms` are empty, too).
    """

    source: str = ""
    terms: str = ""
    commercial: bool | None = None

    @property
    def permission(self) -> str:
        """Commercial use, in words for reports and cards."""
        if self.commercial is None:
            return "says nothing" if self.source or self.terms else "not known to be allowed"
        return "allowed" if self.commercial else "forbidden"


_KINDS = {"source": str, "terms": str, "commercial": bool}


def read_terms(path: Path) -> dict[str, Terms]:
    """Read a TOML file with a table a group: ``source``, ``terms``, ``commercial``.

    Raises
    ------
    DatasetError
        If it can't be read, or holds something else.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: can't be read as TOML ({error})"
        raise DatasetError(msg) from None
    found = {}
    for group, values in table.items():
        given: dict[str, Any] = values if isinstance(values, dict) else {"": values}
        wrong = [k for k, v in given.items() if k not in _KINDS or type(v) is not _KINDS[k]]
        if wrong:
            msg = f"{path}: [{group}] {wrong[0] or given['']!r}: a group has the texts source and terms, and "
            raise DatasetError(f"{msg}commercial = true or false")
        found[group] = Terms(**given)
    return found


def forbidden(groups: Iterable[str], terms: Mapping[str, Terms], *, unstated: bool = False) -> set[str]:
    """Groups that may not be used commercially; those that say neither are among them unless `unstated`."""
    known = {group: terms.get(group, Terms()).commercial for group in groups}
    return {group for group, allowed in known.items() if not (allowed or (unstated and allowed is None))}


def cap(sizes: Mapping[str, int], share: float) -> int:
    """How many photographs of a group are taken at the most, so that none is over this share of all.

    0 when that can't be reached: with fewer than 1 / share groups the largest is always over it.

    >>> cap({"a": 100, **{f"b{i}": 10 for i in range(9)}}, 0.1)
    10
    >>> cap({"a": 100, "b": 10}, 0.1)
    0
    """
    if not sizes or len(sizes) * share < 1:
        return 0
    limit = max(sizes.values())
    while limit and limit > share * sum(min(n, limit) for n in sizes.values()):
        limit -= 1
    return limit


def surplus(members: Mapping[str, str], share: float) -> set[str]:
    """Photographs to leave out, so that no group is over a share of all.

    Parameters
    ----------
    members : mapping of str to str
        Group of each photograph, by the hash of its bytes: which are left out depends on that alone.
    share : float
        1 leaves nothing out.

    Returns
    -------
    set of str
        Hashes.
    """
    limit = cap(Counter(members.values()), share) if share < 1 else 0
    if not limit:
        return set()
    taken: Counter[str] = Counter()
    over = set()
    for digest in sorted(members):
        taken[members[digest]] += 1
        if taken[members[digest]] > limit:
            over.add(digest)
    return over
