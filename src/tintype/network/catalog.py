"""What there is to tell of networks, as plain values: for the command line and for programs."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from tintype.network.descriptor import NetworkDescriptor, SizeRule
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import Known, embedded, find, installed, known, record_of, speed_class

EMBEDDED, INSTALLED, KNOWN = "embedded", "installed", "known"
# Seconds of one view of the default size on two cores of a server CPU, where none was measured here.
_MEASURED = {"tintype": 0.1, "zhang16": 0.2, "siggraph17": 0.4, "ddcolor": 0.9, "deoldify": 6.0}
_TAKES = {"ddcolor": "grey RGB", "deoldify": "grey RGB"}


def catalog() -> list[dict[str, Any]]:
    """One row a network: those that come along, those installed, those that can be pulled.

    Returns
    -------
    list of dict : name, also (other names of the same file), where, size (bytes; 0: unknown), exact (whether
    it is), takes, gives, hints, speed, licence, title, path.
    """
    rows = []
    names: dict[str, list[str]] = {}
    for name, file in sorted(embedded().items(), key=lambda one: (one[0] != "tintype", one[0])):
        names.setdefault(os.fspath(file), []).append(name)
    for path, also in names.items():
        rows.append(_row(also[0], Path(path), EMBEDDED) | {"also": also[1:]})
    rows += [_row(name, file, INSTALLED) for name, file in installed().items() if name not in embedded()]
    here = {row["name"] for row in rows}
    return rows + [_known_row(entry) for name, entry in known().items() if name not in here]


def details(name: str) -> dict[str, Any]:
    """Everything known of one network: name, ONNX file, run folder, or one that can be pulled.

    Raises NetworkError as `find` does.
    """
    entry = known().get(name)
    if entry is not None and name not in installed():
        return _known_row(entry) | {
            "family": entry.family,
            "citation": entry.citation,
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
        values |= {k: v for k, v in dataclasses.asdict(record).items() if k not in ("bytes", "licence")}
        values["source"] = record.source
        values["notes"] = list(record.notes)
    return values


def _row(name: str, file: Path, where: str) -> dict[str, Any]:
    descriptor, record = descriptor_of(file), record_of(file)
    seconds = record.seconds if record else _MEASURED.get(descriptor.family, 1.0)
    return {
        "name": name,
        "where": where,
        "size": file.stat().st_size,
        "exact": True,
        "takes": takes(descriptor),
        "gives": "distribution" if descriptor.output == "logits" else descriptor.output,
        "hints": descriptor.hints,
        "speed": speed_class(seconds),
        "licence": descriptor.licence,
        "title": known()[name].title if name in known() else descriptor.name,
        "path": str(file),
        "also": [],
    }


def _known_row(entry: Known) -> dict[str, Any]:
    return {
        "name": entry.name,
        "where": KNOWN,
        "size": entry.bytes or entry.mb * 1_000_000,
        "exact": bool(entry.bytes),
        "takes": entry.takes,
        "gives": entry.gives,
        "hints": "hints" in entry.takes,
        "speed": entry.speed,
        "licence": entry.licence,
        "title": entry.title,
        "path": "",
        "also": [],
    }


def takes(descriptor: NetworkDescriptor) -> str:
    """What the network is given, in a word or two."""
    generic = descriptor.family == "generic" and "input=L" not in descriptor.normalise
    base = "grey RGB" if generic else _TAKES.get(descriptor.family, "L")
    return f"{base}, hints" if descriptor.hints else base


def _views(rule: SizeRule) -> str:
    if rule.fixed:
        return f"{rule.default} px, square" if rule.square else f"{rule.default} px"
    shape = ", square" if rule.square else ""
    return f"{rule.default} px{shape}; {rule.minimum} to {rule.maximum} in steps of {rule.multiple}"
