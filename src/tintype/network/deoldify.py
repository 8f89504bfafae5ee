"""DeOldify (Antic 2019): grey in, a colour picture out."""

from __future__ import annotations

from tintype.network import ddcolor


class Adapter(ddcolor.Adapter):
    """Input ``grey`` (n, 1, h, w), sRGB 0-1. Normalising, and undoing it on the output, is in the graph."""
