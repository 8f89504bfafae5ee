"""Networks into the user's folder and out again: whole or not at all, never over another one unasked."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tintype._version import __version__
from tintype.errors import NetworkError
from tintype.files import sha256
from tintype.network.descriptor import NetworkDescriptor, view_size
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import (
    FILE,
    RECORD,
    Record,
    embedded,
    find,
    installed,
    networks_folder,
    record_of,
    speed_class,
)

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
# Device names of Windows: a folder called so can't be made there.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?\Z")


@dataclass(frozen=True, slots=True)
class Installed:
    """A network that can be used from now on.

    Attributes
    ----------
    name : str
    file : Path
    descriptor : NetworkDescriptor
    record : Record
    """

    name: str
    file: Path
    descriptor: NetworkDescriptor
    record: Record


def install(
    name: str,
    write: Callable[[Path], object],
    *,
    source: str,
    source_sha256: str = "",
    notes: tuple[str, ...] = (),
    force: bool = False,
) -> Installed:
    """Put a network into the user's folder, after it has run once.

    Parameters
    ----------
    name : str
    write : callable
        Given a path, writes the ONNX file there.
    source, source_sha256, notes, force
        As in `Record` and `tintype.network.importing.import_files`.

    Raises
    ------
    NetworkError
        If the name is taken or unusable, or the network doesn't run; nothing is left behind then.
    """
    check_name(name, force=force)
    root = networks_folder()
    stage = root / f".{name}.{secrets.token_hex(4)}"
    try:
        stage.mkdir(parents=True)
        file = stage / FILE
        write(file)
        descriptor = descriptor_of(file)
        record = Record(
            sha256=sha256(file),
            bytes=file.stat().st_size,
            source=source,
            source_sha256=source_sha256,
            license=descriptor.license,
            installed=datetime.now(UTC).isoformat(timespec="seconds"),
            tintype=__version__,
            seconds=round(try_out(file), 3),
            notes=notes,
        )
        (stage / RECORD).write_text(record.to_json(), encoding="utf-8")
        _swap(stage, root / name)
    except OSError as error:
        msg = f"{root}: can't install {name} there: {error}; set TINTYPE_HOME to a folder that can be written"
        raise NetworkError(msg) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Installed(name, root / name / FILE, descriptor, record)


def _swap(stage: Path, target: Path) -> None:
    """Rename a finished folder to its place; the one that was there before goes only when that is done."""
    old = stage.with_name(stage.name + ".old")
    if target.exists():
        target.rename(old)
    try:
        stage.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def check_name(name: str, *, force: bool = False) -> None:
    """NetworkError if a network can't be installed under this name."""
    if not _NAME.match(name) or _RESERVED.match(name):
        msg = f"{name!r} can't be the name of a network: use small letters, digits, '.', '_' and '-' (--name)"
        raise NetworkError(msg)
    if name in embedded():
        msg = f"{name!r} is the name of a network that comes with Tintype; choose another one with --name"
        raise NetworkError(msg)
    if not force and (networks_folder() / name).exists():
        msg = f"a network named {name!r} is installed already; replace it with --force, or choose a --name"
        raise NetworkError(msg)


def remove(name: str) -> Path:
    """Delete an installed network, and nothing else; gives the folder that was removed.

    Raises
    ------
    NetworkError
        If no network of that name was installed.
    """
    file = installed().get(name)
    if file is None:
        have = ", ".join(installed()) or "none"
        why = "comes with Tintype and stays" if name in embedded() else "is not installed"
        msg = f"network {name!r} {why}; installed networks: {have}"
        raise NetworkError(msg)
    folder = file.parent
    gone = folder.with_name(f".{name}.{secrets.token_hex(4)}.old")
    try:
        folder.rename(gone)  # at once, so that a half-deleted network is never found
        shutil.rmtree(gone)
    except OSError as error:
        msg = f"{folder}: can't be removed: {error}"
        raise NetworkError(msg) from error
    return folder


def verify(name: str) -> str:
    """Check a network: its size and hash against the record, its descriptor, and one run.

    Returns
    -------
    str : what was checked, for the user.

    Raises
    ------
    NetworkError
        If anything is not as it was when it was installed.
    """
    file = find(name)
    record = record_of(file)
    if record is not None:
        size, seen = file.stat().st_size, sha256(file)
        if (size, seen) != (record.bytes, record.sha256):
            msg = (
                f"{file}: changed since it was installed ({size} bytes, sha256 {seen}; it was {record.bytes} "
            )
            msg += f"bytes, {record.sha256}); don't use it, import or pull it again with --force"
            raise NetworkError(msg)
    elif name in installed():
        msg = f"{file}: its record {RECORD} is missing; import or pull the network again with --force"
        raise NetworkError(msg)
    descriptor_of(file)
    seconds = try_out(file)
    hashed = "size and sha256 as installed, " if record else "no record to compare with, "
    return f"{hashed}runs ({seconds * 1000:.0f} ms a view)"


def try_out(file: Path) -> float:
    """Run a network on a view of its default size; gives the seconds that took.

    The first run also sets things up, so that a fast network gets a second one.

    Raises
    ------
    NetworkError
        If it can't be opened, fails, or gives anything but finite numbers.
    """
    from tintype.network.runtime import load

    network = load(file)
    rule = network.descriptor.size
    height, width = view_size(rule, rule.default, rule.default)
    L = np.linspace(5, 95, height * width, dtype=np.float32).reshape(height, width)
    seconds = float("inf")
    for _ in range(2):
        begun = time.perf_counter()
        network.predict(L)
        seconds = min(seconds, time.perf_counter() - begun)
        if speed_class(seconds / 2) == "slow":  # whatever the set-up took
            break
    return seconds
