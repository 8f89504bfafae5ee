"""The families of networks that Tintype runs; each is one file in here and one line below.

CONTRIBUTING.md says how to add one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tintype.network.families import ddcolor, deoldify, generic, siggraph17, tintype, zhang16
from tintype.network.families.family import Family, Published


def registry(*families: Family) -> Mapping[str, Family]:
    """Return families by name, in the order in which weights are offered to them.

    Raises ValueError if two claim the same name, published network, file, address or hash.
    """
    taken: dict[tuple[str, str], str] = {}
    for family in families:
        claims = [("family", family.name)]
        if family.pytorch:
            claims.append(("weights", family.pytorch.name))
        for one in family.published:
            claims += [("network", one.name), ("file", one.file), *(("address", url) for url in one.urls)]
            claims += [("hash", one.sha256)] if one.sha256 else []
        for claim in claims:
            if claim in taken:
                msg = f"{' '.join(claim)} is claimed by {taken[claim]} and by {family.name}"
                raise ValueError(msg)
            taken[claim] = family.name
    return MappingProxyType({family.name: family for family in families})


FAMILIES = registry(
    tintype.FAMILY,
    siggraph17.FAMILY,
    zhang16.FAMILY,
    ddcolor.FAMILY,
    deoldify.FAMILY,
    generic.FAMILY,
)


def published() -> dict[str, Published]:
    """Return the networks that can be pulled, by name."""
    return {one.name: one for family in FAMILIES.values() for one in family.published}


def family_of(network: Published) -> Family:
    """Return the family that a published network belongs to."""
    return next(f for f in FAMILIES.values() if network in f.published)
