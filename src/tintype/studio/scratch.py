"""Temporary files of one running studio: a folder that goes with it, or is swept by the next one."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from tintype.files import lock

_STALE = 24 * 3600.0  # s: what nobody can be asked for is surely nobody's after a day


class Scratch:
    """A folder for the temporary files of one studio, locked as long as it runs, however it ends.

    Parameters
    ----------
    shared : Path
        The folder in which every studio with the same data makes its own.
    """

    def __init__(self, shared: Path) -> None:
        self.shared = shared
        self._stack = ExitStack()
        self.folder = shared / f"{os.getpid()}-{secrets.token_hex(4)}"
        # Locked first: a folder that isn't locked is taken for one that was left behind.
        self._stack.enter_context(lock(self._lock_of(self.folder)))
        self.folder.mkdir(mode=0o700)

    def close(self) -> None:
        """Remove the folder and what is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._stack.close()
        with suppress(OSError):
            self._lock_of(self.folder).unlink()

    def sweep_others(self) -> bool:
        """Remove folders that killed studios left behind; return whether no other studio is at work."""
        alone = True
        for path in list(self.shared.iterdir()):
            if path == self.folder or path.suffix == ".lock":
                continue
            if not path.is_dir() or path.suffix == ".gone":  # an older version's
                _remove_old(path, 0.0 if path.suffix == ".gone" else _STALE)
                continue
            try:
                with lock(self._lock_of(path)) as locked:
                    _remove_old(path, 0.0 if locked else _STALE)
                    alone &= not path.exists()
            except OSError:
                alone = False
                continue
            if not path.exists():
                with suppress(OSError):
                    self._lock_of(path).unlink()
        return alone

    @staticmethod
    def _lock_of(folder: Path) -> Path:
        return folder.with_name(f"{folder.name}.lock")


def _remove_old(path: Path, seconds: float) -> None:
    with suppress(OSError):
        if path.stat().st_mtime > time.time() - seconds:
            return
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
