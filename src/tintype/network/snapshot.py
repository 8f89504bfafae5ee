"""A file as it was when it was read: its hash is that of what was read, or an error."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from tintype import files
from tintype.errors import NetworkError


class Snapshot:
    """Made before a file is read; afterwards it tells whether the file is still the same.

    Parameters
    ----------
    path : Path

    Raises
    ------
    NetworkError
        If there is no such file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state = self._now()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of what was read, hexadecimal.

        Raises NetworkError if the file was replaced or changed meanwhile.
        """
        try:
            found = files.sha256(self.path)
        except OSError as error:
            msg = f"{self.path}: can't be read: {error.strerror or error}"
            raise NetworkError(msg) from error
        self.check()
        return found

    def check(self) -> None:
        """Raise NetworkError if the file was replaced or changed since this was made."""
        if self._now() != self._state:
            msg = f"{self.path}: was changed while it was in use; wait until whatever writes it is done, and "
            msg += "begin again"
            raise NetworkError(msg)

    def _now(self) -> tuple[int, int, int]:
        try:
            found = self.path.stat()
        except OSError as error:
            msg = f"{self.path}: can't be read: {error.strerror or error}"
            raise NetworkError(msg) from error
        return found.st_ino, found.st_size, found.st_mtime_ns
