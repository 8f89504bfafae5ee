"""What there is to tell of networks, as plain values: for the command line and for programs."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from tintype.network.descriptor import SizeRule
from tintype.network.families import FAMILIES, family_of, published
from tintype.network.families.family import Family, Published
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import embedded, find, installed, record_of, speed_class

EMBEDDED, INSTALLED, PUBLISHED = "embedded", "installed", "known"


def catalog() -> list[dict[str, Any]]:
    """Return one row a network: those that come with Tintype, those installed, those that can be pulled.

    Returns
    -------
    list of dict : name, also (other names of the same file), where, size (bytes; 0: unknown), exact (whether
    it is), takes, gives, hints, speed, license, title, path.
    """
    rows = []
    names: dict[str, list[str]] = {}
    for name, file in sorted(embedded().items(), key=lambda one: (one[0] != "tintype", one[0])):
        names.setdefault(os.fspath(file), []).append(name)
    for path, also in names.items():
        rows.append(_row(also[0], Path(path), EMBEDDED) | {"also": also[1:]})
    rows += [_row(name, file, INSTALLED) for name, file in installed().items() if name not in embedded()]
    here = {row["name"] for row in rows}
    return rows + [_published_row(one) for name, one in published().items() if name not in here]


def details(name: str) -> dict[str, Any]:
    """Return everything known of one network: a name, ONNX file, run folder, or one that can be pulled.

    Raises NetworkError as `find` does.
    """
    entry = published().get(name)
    if entry is not None and name not in installed():
        family = family_of(entry)
        return _published_row(entry) | {
            "family": family.name,
            "citation": family.citation,
            "file": entry.file,
            "urls": list(entry.urls),
            "sha256": entry.sha256 or "not published: the hash of what comes is shown and kept",
            "needs": f"pip install 'tintype[{entry.needs}]' to convert it",
            "get_it": f"tintype models pull {name}, or by hand and tintype models import {entry.file}",
        }
    file = find(name)
    where = INSTALLED if name in installed() else EMBEDDED if name in embedded() else "file"
    descriptor, record = descriptor_of(file), record_of(file)
    values = _row(name, file, where) | {
        "family": descriptor.family,
        "views": _views(descriptor.size),
        "bins": len(descriptor.bins),
        "trained_on": descriptor.trained_on,
        "citation": descriptor.citation,
        "source": descriptor.source,
    }
    if record is not None:
        values |= {k: v for k, v in dataclasses.asdict(record).items() if k not in ("bytes", "license")}
        values["source"] = record.source
        values["notes"] = list(record.notes)
    return values


def _row(name: str, file: Path, where: str) -> dict[str, Any]:
    descriptor, record = descriptor_of(file), record_of(file)
    family = FAMILIES.get(descriptor.family)
    known = published().get(name)
    seconds = record.seconds if record else family.seconds if family else 0
    return {
        "name": name,
        "where": where,
        "size": file.stat().st_size,
        "exact": True,
        "takes": family.takes(descriptor) if family else "",
        "gives": family.gives(descriptor) if family else "",
        "hints": descriptor.hints,
        "speed": speed_class(seconds) if seconds else "",
        "license": descriptor.license,
        "title": known.title if known else descriptor.name,
        "path": str(file),
        "also": [],
    }


def _published_row(entry: Published) -> dict[str, Any]:
    family: Family = family_of(entry)
    return {
        "name": entry.name,
        "where": PUBLISHED,
        "size": entry.size,
        "exact": bool(entry.bytes),
        "takes": family.takes(),
        "gives": family.gives(),
        "hints": family.hints,
        "speed": speed_class(family.seconds),
        "license": family.license,
        "title": entry.title,
        "path": "",
        "also": [],
    }


def _views(rule: SizeRule) -> str:
    if rule.fixed:
        return f"{rule.default} px, square" if rule.square else f"{rule.default} px"
    shape = ", square" if rule.square else ""
    return f"{rule.default} px{shape}; {rule.minimum} to {rule.maximum} in steps of {rule.multiple}"
