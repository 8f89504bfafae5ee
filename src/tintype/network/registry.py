"""Where networks are found: those that come with Tintype, and those that were installed.

An installed network is a folder of its own under `networks_folder`: ``network.onnx`` and ``installed.json``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tintype.errors import DamagedNetwork, NetworkError, UnknownNetwork
from tintype.files import home

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
FILE, RECORD = "network.onnx", "installed.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is kept beside an installed network.

    Attributes
    ----------
    sha256 : str
        Of ``network.onnx``, when it was installed.
    bytes : int
    source, source_sha256 : str
        The file or address that it was made from, and that file's hash (empty for several files).
    license : str
    installed : str
        When: ISO 8601, UTC.
    tintype : str
        The version that converted it.
    seconds : float
        Time of one view of the default size on this computer, when it was installed.
    notes : tuple of str
        What the conversion found, assumed and used.
    """

    sha256: str
    bytes: int
    source: str
    source_sha256: str = ""
    license: str = ""
    installed: str = ""
    tintype: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Indented JSON; `record_of` reads it back."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)


def networks_folder() -> Path:
    """Return the folder of installed networks; it need not exist."""
    return home() / "networks"


def embedded() -> dict[str, Path]:
    """Return the networks that come with the package, by name."""
    return {file.stem.split("-")[0]: file for file in sorted(WEIGHTS.glob("*.onnx"))}


def installed() -> dict[str, Path]:
    """Return the networks that the user installed, by name."""
    files = sorted(networks_folder().glob(f"*/{FILE}"))
    return {f.parent.name: f for f in files if not f.parent.name.startswith(".")}


def available() -> dict[str, Path]:
    """Return all networks that can be used now, by name."""
    return installed() | embedded()


def distinct() -> list[str]:
    """Return the names of all networks that can be used now; a file with two names counts once."""
    chosen: dict[str, str] = {}
    for name, file in sorted(available().items(), key=lambda one: (one[0] != "tintype", one[0])):
        chosen.setdefault(os.fspath(file), name)
    return list(chosen.values())


def record_of(file: Path) -> Record | None:
    """Return what was kept when a network was installed; None for a network that was not.

    Raises DamagedNetwork if the record is damaged.
    """
    path = file.with_name(RECORD)
    if file.name != FILE or not path.is_file():
        return None
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return _record(values)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{path}: can't be read ({str(error)[:200]}); import the network again with --force"
        raise DamagedNetwork(msg, name=str(path)) from None


def _record(values: dict[str, Any]) -> Record:
    """Return a record from what was stored; TypeError or ValueError if it is not one."""
    values = {"license" if key == "licence" else key: value for key, value in values.items()}
    values["notes"] = tuple(values.get("notes", ()))
    record = Record(**values)
    texts = (
        record.sha256,
        record.source,
        record.source_sha256,
        record.license,
        record.installed,
        record.tintype,
    )
    if not all(isinstance(text, str) for text in (*texts, *record.notes)):
        msg = "a text is expected in each field but bytes and seconds"
        raise TypeError(msg)
    if not isinstance(record.bytes, int) or not 0 <= float(record.seconds) < float("inf"):
        msg = "bytes and seconds are numbers"
        raise TypeError(msg)
    return record


def find(name: str) -> Path:
    """Return the ONNX file of a network.

    Parameters
    ----------
    name : str
        The name of an embedded or installed network, an ONNX file, or a training run's folder.

    Raises
    ------
    UnknownNetwork
        If there is none; the message lists what there is, what is near, and what to do.
    NetworkError
        If it is there, but no network.
    """
    here = available()
    if name in here:
        return here[name]
    path = Path(name).expanduser()
    if name and path.is_dir():
        if (path / FILE).is_file():
            return path / FILE
        if name not in _published():
            msg = f"{path}: no {FILE} in this folder; a finished training run has one "
            msg += f"(`tintype train --export {path}` writes it)"
            raise NetworkError(msg)
    if name and path.is_file():
        if path.suffix.lower() != ".onnx":
            msg = (
                f"{path}: weights of another program; `tintype models import {path}` makes a network of them"
            )
            raise NetworkError(msg)
        return path
    raise _unknown(name, here)


def _published() -> Collection[str]:
    # Families bring what converts their weights; what is here is found without them.
    from tintype.network.families import published

    return published()


def _unknown(name: str, here: dict[str, Path]) -> UnknownNetwork:
    if name in _published():
        msg = f"network {name!r} is known but not installed; `tintype models pull {name}` fetches it"
        return UnknownNetwork(msg, name=name, installable=True)
    path = Path(name)
    if len(path.parts) > 1 or path.suffix.lower() == ".onnx":
        msg = f"{name}: no such file; give an ONNX file, a training run's folder, or one of {_list(here)}"
        return UnknownNetwork(msg, name=name)
    every = sorted({*here, *_published()})
    import difflib

    near = difflib.get_close_matches(name.lower(), [n.lower() for n in every], n=3, cutoff=0.5)
    guess = f" Did you mean {' or '.join(near)}?" if near else ""
    more = _list(n for n in _published() if n not in here)
    msg = (
        f"no network named {name!r}.{guess} Here are {_list(here)}; `tintype models pull` can fetch {more}; "
    )
    msg += "or give the path of an ONNX file or of a training run"
    return UnknownNetwork(msg, name=name, near=near)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def speed_class(seconds: float) -> str:
    """Return ``fast``, ``medium`` or ``slow``: up to 0.15 s, 0.6 s, or more, for a view on a common CPU.

    >>> speed_class(0.04)
    'fast'
    """
    return "fast" if seconds <= 0.15 else "medium" if seconds <= 0.6 else "slow"
