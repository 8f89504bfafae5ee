"""What the parts of a file say, gathered while its structure is walked; and bounds for files that lie."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from tintype.notes import Note
from tintype.photo.model import Text

MOST = 96 << 20
"""Bytes of metadata taken from one file: a few bytes may stand for gigabytes."""


@dataclass(slots=True)
class Found:
    """Everything of one picture but its pixels: see `tintype.photo.model.Metadata`.

    Attributes
    ----------
    notes
        What is left out, for the user.
    turned
        Whether the container says how the picture lies, so that decoders turn it.
    second
        A structure beside the picture: "motion" (a film), "gain map", "pictures".
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    photoshop: bytes | None = None
    icc: bytes | None = None
    modified: bytes | None = None
    comments: list[str] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    turned: bool = False
    second: set[str] = field(default_factory=set)
    room: int = MOST

    def fits(self, size: int) -> bool:
        """Whether there is room for `size` more bytes; says so once when there isn't."""
        if size > self.room:
            note = Note(f"its metadata beyond {MOST >> 20} MB is left out", "metadata_large", size=MOST >> 20)
            if note not in self.notes:
                self.notes.append(note)
            return False
        self.room -= size
        return True


def inflated(data: bytes, most: int = MOST) -> bytes:
    """What a zlib stream holds. Raises ValueError when it is damaged or holds more than `most` bytes."""
    engine = zlib.decompressobj()
    try:
        plain = engine.decompress(data, most)
    except zlib.error as error:
        msg = f"it can't be unpacked ({error})"
        raise ValueError(msg) from None
    if engine.unconsumed_tail:
        msg = f"it unpacks to more than {most:,} bytes"
        raise ValueError(msg)
    if not engine.eof:
        msg = "it is cut short"
        raise ValueError(msg)
    return plain


def readable(data: bytes) -> str:
    """Text of unknown encoding: UTF-8 if it is that, else Latin-1 (Windows' variety)."""
    data = data.rstrip(b"\0")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
