"""Where networks are found: those that come along, those that were installed, those that others published.

An installed network is a folder of its own under `networks_folder`: ``network.onnx`` and ``installed.json``.
"""

from __future__ import annotations

import difflib
import importlib.util
import json
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tintype.errors import NetworkError
from tintype.files import home

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
FILE, RECORD = "network.onnx", "installed.json"
_KNOWN = Path(__file__).resolve().with_name("known.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A network that somebody published.

    Attributes
    ----------
    name, title, family, takes, gives, speed, licence, citation : str
        For people; `speed` is ``fast``, ``medium`` or ``slow``, see `speed_class`.
    file : str
        Name of the published file.
    urls : tuple of str
        Where it lies; tried in this order.
    bytes : int
        Its exact size where it is published; else 0.
    sha256 : str
        Its hash where it is published; else empty.
    mb : int
        About how large it is, 10⁶ bytes; for display.
    needs : str
        The extra of Tintype that converts it.
    architecture : str
        What its converter calls the weights; empty where that is `name`.
    """

    name: str
    title: str
    family: str
    file: str
    urls: tuple[str, ...]
    takes: str
    gives: str
    speed: str
    needs: str
    licence: str
    citation: str
    bytes: int = 0
    sha256: str = ""
    mb: int = 0
    architecture: str = ""

    @property
    def weights(self) -> str:
        """What its converter calls the weights."""
        return self.architecture or self.name


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
    licence : str
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
    licence: str = ""
    installed: str = ""
    tintype: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Indented JSON; `record_of` reads it back."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)


def networks_folder() -> Path:
    """The folder of installed networks; it need not exist."""
    return home() / "networks"


def embedded() -> dict[str, Path]:
    """Networks that come with the package, by name."""
    return {file.stem.split("-")[0]: file for file in sorted(WEIGHTS.glob("*.onnx"))}


def installed() -> dict[str, Path]:
    """Networks that the user installed, by name."""
    files = sorted(networks_folder().glob(f"*/{FILE}"))
    return {f.parent.name: f for f in files if not f.parent.name.startswith(".")}


def available() -> dict[str, Path]:
    """All networks that can be used now, by name."""
    return installed() | embedded()


@cache
def known() -> dict[str, Known]:
    """Networks that can be pulled, by name; only of families that this version can run."""
    values = tomllib.loads(_KNOWN.read_text(encoding="utf-8"))
    every = [Known(name=name, **(v | {"urls": tuple(v["urls"])})) for name, v in values.items()]
    return {e.name: e for e in every if importlib.util.find_spec(f"tintype.network.{e.family}")}


def record_of(file: Path) -> Record | None:
    """What was kept when a network was installed; None for a network that was not.

    Raises NetworkError if the record is damaged.
    """
    path = file.with_name(RECORD)
    if file.name != FILE or not path.is_file():
        return None
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Record(**(values | {"notes": tuple(values.get("notes", ()))}))
    except (OSError, ValueError, TypeError) as error:
        msg = f"{path}: can't be read ({error}); import the network again with --force"
        raise NetworkError(msg) from None


def find(name: str) -> Path:
    """The ONNX file of a network.

    Parameters
    ----------
    name : str
        The name of an embedded or installed network, an ONNX file, or a training run's folder.

    Raises
    ------
    NetworkError
        If there is none; the message lists what there is, what is near, and what to do.
    """
    here = available()
    if name in here:
        return here[name]
    path = Path(name).expanduser()
    if name and path.is_dir():
        if (path / FILE).is_file():
            return path / FILE
        if name not in known():
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
    raise NetworkError(_unknown(name, here))


def _unknown(name: str, here: dict[str, Path]) -> str:
    if name in known():
        return f"network {name!r} is known but not installed; `tintype models pull {name}` fetches it"
    path = Path(name)
    if len(path.parts) > 1 or path.suffix.lower() == ".onnx":
        return f"{name}: no such file; give an ONNX file, a training run's folder, or one of {_list(here)}"
    every = sorted({*here, *known()})
    near = difflib.get_close_matches(name.lower(), [n.lower() for n in every], n=3, cutoff=0.5)
    guess = f" Did you mean {' or '.join(near)}?" if near else ""
    more = _list({n: 0 for n in known() if n not in here})
    return (
        f"no network named {name!r}.{guess} Here are {_list(here)}; `tintype models pull` can fetch {more}; "
        "or give the path of an ONNX file or of a training run"
    )


def _list(names: Any) -> str:
    return ", ".join(sorted(names))


def speed_class(seconds: float) -> str:
    """``fast``, ``medium`` or ``slow``: up to 0.15 s, up to 0.6 s, or more, for one view on a common CPU.

    >>> speed_class(0.04)
    'fast'
    """
    return "fast" if seconds <= 0.15 else "medium" if seconds <= 0.6 else "slow"
