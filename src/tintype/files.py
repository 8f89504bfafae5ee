"""Files: written whole or not at all, hashed, locked, and where Tintype keeps its own.

The one definition of each; rooms turn the `OSError` that these functions raise into words of their own.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

_PREFIX, _SUFFIX = ".tintype-", ".tmp"

_NO_LOCKS = {
    getattr(errno, name) for name in ("ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP") if hasattr(errno, name)
}
"""What file systems without locks answer."""


def home() -> Path:
    """Return Tintype's folder for the user's data: ``$TINTYPE_HOME``, else the system's place for it."""
    if given := os.environ.get("TINTYPE_HOME"):
        return Path(given).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("tintype", appauthor=False))


def configuration() -> Path:
    """Return Tintype's folder for the user's configuration: ``$TINTYPE_HOME``, else the system's place."""
    if given := os.environ.get("TINTYPE_HOME"):
        return Path(given).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_config_dir("tintype", appauthor=False))


def sha256(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file, hexadecimal; it is read in pieces. Raises OSError."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder; one that can't even be asked (no permission, too long) is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


@contextmanager
def replacing(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary path beside `target` to write to; it becomes `target` only when all went well.

    What was written is flushed to the disk before it takes its name. Whatever happens inside, an existing
    file is untouched unless `overwrite`, and nothing is left over.

    Parameters
    ----------
    target : Path
        Its folder must exist.
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    FileExistsError
        If something is there and may not be replaced, even if it came while the file was being written.
    OSError
        What the system says.
    """
    if not overwrite and os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "the file exists already", str(target))
    temporary = temporary_beside(target.parent)
    try:
        yield temporary
        _flush(temporary)
        _publish(temporary, target, overwrite=overwrite)
        _flush_folder(target.parent)
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_bytes(target: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a file whole or not at all; see `replacing`."""
    with replacing(target, overwrite=overwrite) as temporary:
        temporary.write_bytes(data)


def write_text(target: Path, text: str, *, overwrite: bool) -> None:
    """Write UTF-8 text whole or not at all; see `replacing`.

    File names that are no valid Unicode (they occur on Linux) are written as escapes.
    """
    write_bytes(target, text.encode("utf-8", "backslashreplace"), overwrite=overwrite)


def temporary_beside(folder: Path) -> Path:
    """Return a new name for a temporary file in `folder`, short: the target's own may be as long as allowed.

    It says which process writes it, so that `sweep` knows what was left behind.
    """
    return folder / f"{_PREFIX}{_here()}-{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"


def sweep(folder: Path) -> int:
    """Delete temporaries, files and folders, that processes of this computer left in `folder` when killed.

    Returns
    -------
    int
        How many were deleted. Files of processes that live, or of other computers, stay.
    """
    deleted = 0
    with suppress(OSError):
        for path in list(folder.glob(f"{_PREFIX}{_here()}-*{_SUFFIX}")):
            pid = path.name.removeprefix(f"{_PREFIX}{_here()}-").partition("-")[0]
            if pid.isdecimal() and not _alive(int(pid)):
                with suppress(OSError):
                    discard(path)
                    deleted += 1
    return deleted


def discard(path: Path) -> None:
    """Delete a file or a folder with all that is in it; of a link, the link alone. Raises OSError."""
    junction = sys.platform == "win32" and sys.version_info >= (3, 12) and path.is_junction()
    if path.is_dir() and not path.is_symlink() and not junction:
        shutil.rmtree(path)
    else:
        path.unlink()


@contextmanager
def lock(path: Path) -> Iterator[bool]:
    """Hold a lock file while inside; the system lifts it when the process dies, however it dies.

    Yields
    ------
    bool
        True when locked; False where the disk knows no locks (some network shares): the caller says so.

    Raises
    ------
    BlockingIOError
        When another process holds it.
    OSError
        What the system says, as when the folder can't be written to.
    """
    import filelock  # here, as most of what imports this module locks nothing

    holder = filelock.FileLock(path)
    try:
        holder.acquire(blocking=False)
    except filelock.Timeout:
        raise BlockingIOError(errno.EAGAIN, "another process holds the lock", str(path)) from None
    except (NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LOCKS:
            raise
        yield False
        return
    try:
        yield True
    finally:
        holder.release()


@lru_cache(maxsize=1)
def _here() -> str:
    """Return a short name of this computer (and container): process numbers mean something only there."""
    place = platform.node()
    with suppress(OSError):
        place += os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - the link's text, which is no path
    return hashlib.sha256(place.encode()).hexdigest()[:6]


def _alive(pid: int) -> bool:
    if pid == os.getpid() or sys.platform == "win32":  # Windows deletes no file that is open
        return sys.platform != "win32"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    # The new name, too, must survive a power cut; not every system lets a folder be flushed.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _publish(temporary: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(target)
        return
    try:
        # A link, unlike a rename, fails when somebody made the target in the meantime.
        target.hardlink_to(temporary)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, "the file exists already", str(target)) from None
    except OSError:
        # FAT, as on memory cards, has no links: the name is taken first, then filled.
        target.open("xb").close()
        temporary.replace(target)
