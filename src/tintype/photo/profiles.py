"""From the colours of a file to sRGB, so that values which are sRGB already come through untouched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyvips

from tintype.errors import PhotoError


@dataclass(frozen=True, slots=True)
class Plan:
    """How the colour bands of a page become sRGB-encoded ones: one or three, 8 or 16 bits."""

    bits: int
    apply: Callable[[pyvips.Image], pyvips.Image]
    notes: tuple[str, ...] = ()


def plan(header: pyvips.Image, icc: bytes | None, name: str) -> Plan:
    """Decide, from a page's header and profile, how its colours are read.

    Raises PhotoError when the samples are of a kind that has no clear meaning as a photograph.
    """
    if header.format not in ("uchar", "ushort"):
        msg = f"{name}: its samples are of the kind {header.format!r}; save it with 8 or 16 bits a channel"
        raise PhotoError(msg)
    bits = 8 if header.format == "uchar" else 16
    return Plan(bits, _relabel)


def _relabel(image: pyvips.Image) -> pyvips.Image:
    grey, rgb = ("b-w", "srgb") if image.format == "uchar" else ("grey16", "rgb16")
    return image.copy(interpretation=grey if image.bands == 1 else rgb)
