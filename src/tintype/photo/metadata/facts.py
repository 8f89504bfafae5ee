"""What is true of the picture that is written, for all metadata that describes pixels."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """The new picture, which is upright.

    Attributes
    ----------
    width, height
        Pixels.
    kind
        The format it is written in.
    media
        Its media type.
    bits
        A channel.
    bands
        3, or 4 with transparency.
    dpi
        Pixels an inch, across and down; None where nobody knows.
    srgb
        Whether it is encoded in sRGB.
    profile
        The name of its profile.
    orientation
        How the photograph lay in its own file (EXIF, 1-8): it has been turned since.
    """

    width: int
    height: int
    kind: str = "jpeg"
    media: str = "image/jpeg"
    bits: int = 8
    bands: int = 3
    dpi: tuple[float, float] | None = None
    srgb: bool = True
    profile: str = "sRGB"
    orientation: int = 1

    @property
    def turned(self) -> bool:
        """Whether places given in the photograph's own file lie elsewhere now."""
        return self.orientation != 1

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the stored picture (0-1 across and down) lies in the upright one."""
        return {
            1: (x, y), 2: (1 - x, y), 3: (1 - x, 1 - y), 4: (x, 1 - y),
            5: (y, x), 6: (1 - y, x), 7: (1 - y, 1 - x), 8: (y, 1 - x),
        }[self.orientation]  # fmt: skip


def profile_name(icc: bytes | None) -> str:
    """What an ICC profile calls itself; empty where it doesn't say. Tag "desc": ICC.1:2022, 9.2.41."""
    try:
        count = struct.unpack_from(">I", icc or b"", 128)[0]
        for i in range(min(count, 200)):
            tag, offset, size = struct.unpack_from(">4sII", icc or b"", 132 + 12 * i)
            if tag == b"desc":
                return _description((icc or b"")[offset : offset + size])
    except struct.error:
        pass
    return ""


def _description(tag: bytes) -> str:
    if tag[:4] == b"desc":  # version 2
        length = struct.unpack_from(">I", tag, 8)[0]
        return tag[12 : 12 + length].split(b"\0")[0].decode("latin-1")
    if tag[:4] == b"mluc":  # version 4: in several languages; the first will do
        length, offset = struct.unpack_from(">II", tag, 20)
        return tag[offset : offset + length].decode("utf-16-be", "replace").rstrip("\0")
    return ""
