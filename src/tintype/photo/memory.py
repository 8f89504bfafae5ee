"""How much memory a photograph will take, told from its header before anything is decoded.

A few hundred bytes may say that they stand for gigabytes, and most of what libraries take depends on the
length of a row rather than on the number of pixels.
"""

from __future__ import annotations

from tintype.errors import TooLarge

_ROWS = 256
"""Rows that are on their way at once where a photograph streams: strips of several threads, and caches."""

_FLOATS = 24
"""Bytes that a pixel of such a row takes while it is painted: L, ab and the colour, as floating point."""

MB = 1_000_000


def estimate(width: int, height: int, sample_bytes: int, *, whole: bool) -> int:
    """Return about how many bytes a photograph takes at once.

    Parameters
    ----------
    width, height
        Pixels, as stored.
    sample_bytes
        Of one pixel: bands times bytes a sample.
    whole
        Whether it is decoded as a whole, because its format or its orientation asks for it.
    """
    rows = width * min(height, _ROWS) * (2 * sample_bytes + _FLOATS)
    # What decodes a whole picture holds it twice for a while: its own planes, and what it hands over.
    return rows + (2 * width * height * sample_bytes if whole else 0)


def check(needed: int, name: str, max_memory: int) -> None:
    """Raise TooLarge if a photograph would take more than `max_memory` MB."""
    limit = max_memory * MB
    if needed > limit:
        reason = f"it would take about {needed // MB:,} MB of memory, more than the {max_memory:,} allowed"
        remedy = "raise max_memory if that is meant, or use a smaller copy"
        raise TooLarge(name, needed, limit=limit, unit="bytes", reason=reason, remedy=remedy)
