"""Networks into the user's folder and out again: whole or not at all, never over another one unasked."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tintype import files
from tintype._version import __version__
from tintype.errors import NetworkError
from tintype.network import isolated
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import FILE, RECORD, Record, embedded, installed, networks_folder
from tintype.network.verify import try_out, verify

__all__ = ["Installed", "Removed", "check_name", "install", "remove", "staging", "verify"]

_OLD, _PATIENCE = ".old", 10.0  # s
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
    seconds: float = 0.0,
) -> Installed:
    """Put a network into the user's folder, after it has run once.

    Parameters
    ----------
    name : str
    write : callable
        Given a path, writes the ONNX file there.
    source, source_sha256, notes, force, seconds
        As in `Record` and `tintype.network.importing.import_files`.

    Raises
    ------
    NetworkError
        If the name is taken or unusable, or the network doesn't run; nothing is left behind then.
    """
    check_name(name, force=force)
    root = networks_folder()
    try:
        with staging() as stage:
            file = stage / FILE
            write(file)
            descriptor = descriptor_of(file)
            took = isolated.run(try_out, file, file=file, name=source, seconds=seconds)
            record = Record(
                sha256=files.sha256(file),
                bytes=file.stat().st_size,
                source=source,
                source_sha256=source_sha256,
                license=descriptor.license,
                installed=datetime.now(UTC).isoformat(timespec="seconds"),
                tintype=__version__,
                seconds=round(took, 3),
                notes=notes,
            )
            (stage / RECORD).write_text(record.to_json(), encoding="utf-8")
            with _alone(root):
                check_name(name, force=force)
                _swap(stage, root / name)
    except OSError as error:
        msg = f"{root}: can't install {name} there: {error}; set TINTYPE_HOME to a folder that can be written"
        raise NetworkError(msg) from error
    return Installed(name, root / name / FILE, descriptor, record)


@contextmanager
def staging() -> Iterator[Path]:
    """Give an empty folder beside the installed networks, which is gone afterwards; sweep what others left.

    Raises OSError.
    """
    root = networks_folder()
    root.mkdir(parents=True, exist_ok=True)
    files.sweep(root)
    stage = files.temporary_beside(root)
    try:
        stage.mkdir()
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        with suppress(OSError):  # nothing else is in it
            root.rmdir()


def _swap(stage: Path, target: Path) -> None:
    """Rename a finished folder to its place; the one that was there before goes only when that is done."""
    old = _set_aside(target)
    if target.exists() or target.is_symlink():
        target.rename(old)
    try:
        stage.rename(target)
    except OSError:
        _put_back(old)
        raise
    _put_back(old)


def _set_aside(target: Path) -> Path:
    """Return the name that a network has while it is being replaced or removed."""
    return target.with_name(f".{target.name}{_OLD}")


def _put_back(old: Path) -> None:
    """Undo what was broken off: a network that was set aside comes back if nothing has taken its place."""
    target = old.with_name(old.name.removeprefix(".").removesuffix(_OLD))
    if not (old.exists() or old.is_symlink()):
        return
    if target.exists() or target.is_symlink():
        with suppress(OSError):
            files.discard(old)
    else:
        old.rename(target)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep other processes from changing what is installed, and mend what one of them left half done."""
    lock, deadline = root.with_name("networks.lock"), time.monotonic() + _PATIENCE
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(files.lock(lock))
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    msg = f"{root}: another process is changing what is installed there; try again"
                    raise NetworkError(msg) from None
                time.sleep(0.1)
        try:
            for old in root.glob(f".*{_OLD}"):
                _put_back(old)
            yield
        finally:
            with suppress(OSError):  # Windows deletes no open file; an empty one does no harm
                lock.unlink()


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


@dataclass(frozen=True, slots=True)
class Removed:
    """A network that is no longer installed.

    Attributes
    ----------
    folder : Path
        What was deleted.
    linked_to : Path or None
        Where it led if it was only a link; what lies there stays.
    """

    folder: Path
    linked_to: Path | None = None


def remove(name: str) -> Removed:
    """Delete an installed network, and nothing else; of a link, the link alone.

    Raises
    ------
    NetworkError
        If no network of that name was installed, or it can't be deleted.
    """
    file = installed().get(name)
    if file is None:
        have = ", ".join(installed()) or "none"
        why = "comes with Tintype and stays" if name in embedded() else "is not installed"
        msg = f"network {name!r} {why}; installed networks: {have}"
        raise NetworkError(msg)
    folder = file.parent
    try:
        linked_to = folder.resolve() if folder.is_symlink() else None
        files.sweep(folder.parent)
        with _alone(folder.parent):
            gone = files.temporary_beside(folder.parent)
            folder.rename(gone)  # at once, so that a half-deleted network is never found
            files.discard(gone)
    except OSError as error:
        msg = f"{folder}: can't be removed: {error}"
        raise NetworkError(msg) from error
    return Removed(folder, linked_to)
