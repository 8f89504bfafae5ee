"""Photographs are looked at first in a process of its own, with a hard limit on memory and time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tintype.errors import OutOfMemory, TintypeError, TooLarge
from tintype.limited import Ended, Servant
from tintype.photo.decoder import forget_operations
from tintype.studio.survey import survey

Pages = list[dict[str, Any]]


class Inspector(Servant):
    """Says what is known of each page of a file: see `survey`. Safe to use from several threads.

    Parameters
    ----------
    memory_bytes : int
        What one photograph may take, as in `Servant`.
    seconds : float
        How long one may take.
    """

    def look(self, path: Path, name: str, max_pixels: int) -> Pages:
        """Return the pages of a file: values for `PhotoModel` each.

        Raises
        ------
        TooLarge
            When it takes more memory or time than it may.
        TintypeError
            What reading it raises.
        """
        try:
            return self.call(_looked, path, name, max_pixels, max(1, self.memory_bytes // 1_000_000))
        except (Ended, MemoryError, OutOfMemory):
            gigabytes = self.memory_bytes / 1e9
            reason = f"it takes more than the {gigabytes:.1f} GB or {self.seconds:.0f} s that one may take"
            raise TooLarge(name, 0, limit=self.memory_bytes, unit="bytes", reason=reason) from None
        except (TintypeError, OSError):
            raise
        except Exception as error:
            msg = f"{type(error).__name__}: {error}"
            raise RuntimeError(msg) from error


def _looked(path: Path, name: str, max_pixels: int, max_memory: int) -> Pages:
    forget_operations()
    return survey(path, name, max_pixels, max_memory)
