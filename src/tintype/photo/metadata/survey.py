"""Everything a file says beside its pixels, whatever its format: one door to all containers."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tintype.notes import Note
from tintype.photo import formats
from tintype.photo.metadata import xmp_truth
from tintype.photo.metadata.found import Found
from tintype.photo.metadata.xmp import TIFF, Packet, XmpError

_SAID = {
    "motion": "the film of this motion photo is left out",
    "gain map": "its gain map (for HDR screens) is left out",
    "depth": "its depth map and mattes are left out",
    "credentials": "its Content Credentials hold for the old pixels, and are left out",
}


def survey(data: str | bytes, kind: str) -> Found:
    """What the file says, and notes on what is left out. A damaged structure is said, never raised.

    Parameters
    ----------
    data
        A path, or the bytes of a file.
    kind
        As `tintype.photo.formats.sniff` gives it; TIFF, whose pages speak for themselves, has its own way.

    Raises
    ------
    OSError
        What the system says.
    """
    reader = formats.FORMATS[kind].survey if kind in formats.FORMATS else None
    if reader is None:
        return Found()
    with mapped(data) as content:
        try:
            found = reader(content)
        except (struct.error, IndexError, ValueError, OverflowError, RecursionError) as error:
            told = f"its metadata is damaged ({error}) and is left out"
            return Found(notes=[Note(told, "damaged", names=["EXIF", "XMP"])])
    if kind != "raw":  # what is claimed in it is claimed of the camera's own JPEG
        claims(found)
    return found


def claims(found: Found) -> None:
    """Say which parts beside the picture are left out: those that were met, and those that XMP claims."""
    told = found.second | (xmp_truth.claims(_packet(found.xmp)) if found.xmp else set())
    found.notes += [Note(_SAID[what], what.replace(" ", "_")) for what in sorted(told) if what in _SAID]


def xmp_orientation(packet: bytes | None) -> int | None:
    """How XMP says that the picture lies; None where it doesn't."""
    if not packet or (b"O\0" not in packet and b"Orientation" not in packet and b"\0O" not in packet):
        return None
    text = (_packet(packet).get(TIFF, "Orientation") or "").strip()
    return int(text) if text in tuple("12345678") else None


def _packet(packet: bytes | None) -> Packet:
    try:
        return Packet(packet)
    except XmpError:
        return Packet()  # said when it is written


@contextmanager
def mapped(data: str | bytes) -> Iterator[Any]:
    """The content of a file as something like bytes, without reading it all."""
    if isinstance(data, bytes):
        yield data
        return
    with Path(data).open("rb") as file:
        try:
            content: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (ValueError, OSError):  # a pipe, or a file system without maps
            yield file.read()
            return
        with content:
            yield content
