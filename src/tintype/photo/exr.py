"""The structure of OpenEXR files: what a header says, and headers and pixels written.

Layout: OpenEXR File Layout (openexr.com, 3.4), which names the C++ library as the yardstick.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"v/1\x01"
_TILED, _DEEP, _MULTIPART = 0x200, 0x800, 0x1000
_MOST = 16 << 20  # bytes of a header: more is no picture's
_ZIP, _ROWS = 3, 16  # compression by zlib, and how many rows it packs at once
_KINDS = {0: "uint", 1: "half", 2: "float"}
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
"""x and y of red, green, blue and white (ITU-R BT.709), which hold where a file names none."""


class ExrError(Exception):
    """The structure is damaged."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of samples: `kind` is uint, half or float; `sampling` its distance across and down, px."""

    name: str
    kind: str
    sampling: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Exr:
    """What the header of a file's first part says.

    Attributes
    ----------
    data, display
        Left, top, right and bottom px, both ends included: of the samples there are, and of the picture.
    chromaticities
        As `REC709`.
    attributes
        Name → type and value, as they are stored.
    end
        Where the header ends: behind its closing null byte.
    """

    channels: tuple[Channel, ...]
    data: tuple[int, int, int, int]
    display: tuple[int, int, int, int]
    chromaticities: tuple[float, ...]
    aspect: float
    dpi: float | None
    deep: bool
    parts: int
    end: int
    attributes: dict[str, tuple[str, bytes]] = field(repr=False)


def parse(data: Any) -> Exr:
    """Read the headers. `data` is bytes or a memory map, as far as the headers reach. Raises ExrError."""
    if bytes(data[:4]) != MAGIC:
        msg = "it doesn't begin as OpenEXR does"
        raise ExrError(msg)
    head = bytes(data[:_MOST])
    try:
        flags = struct.unpack_from("<I", head, 4)[0]
        attributes, end = _attributes(head, 8)
        parts = 1
        at = end
        while flags & _MULTIPART and head[at] != 0:
            _, at = _attributes(head, at)
            parts += 1
        return _exr(attributes, end, flags, parts)
    except (struct.error, IndexError, ValueError, KeyError) as error:
        msg = f"its header is damaged ({error})"
        raise ExrError(msg) from error


def _attributes(head: bytes, at: int) -> tuple[dict[str, tuple[str, bytes]], int]:
    found = {}
    while head[at]:
        name, at = _text(head, at)
        kind, at = _text(head, at)
        size = struct.unpack_from("<I", head, at)[0]
        at += 4
        if at + size > len(head):
            msg = "cut short"
            raise ValueError(msg)
        found[name] = kind, head[at : at + size]
        at += size
    return found, at + 1


def _text(head: bytes, at: int) -> tuple[str, int]:
    end = head.index(b"\0", at, at + 256)
    return head[at:end].decode("utf-8", "replace"), end + 1


def _exr(attributes: dict[str, tuple[str, bytes]], end: int, flags: int, parts: int) -> Exr:
    def numbers(name: str, form: str) -> tuple[Any, ...]:
        return struct.unpack(form, attributes[name][1])

    told = "chromaticities" in attributes
    kind = attributes.get("type", ("", b""))[1].rstrip(b"\0")
    return Exr(
        channels=tuple(_channels(attributes["channels"][1])),
        data=numbers("dataWindow", "<4i"),
        display=numbers("displayWindow", "<4i"),
        chromaticities=numbers("chromaticities", "<8f") if told else REC709,
        aspect=numbers("pixelAspectRatio", "<f")[0],
        dpi=numbers("xDensity", "<f")[0] if "xDensity" in attributes else None,
        deep=bool(flags & _DEEP) or kind.startswith(b"deep"),
        parts=parts,
        end=end,
        attributes=attributes,
    )


def _channels(data: bytes) -> Iterator[Channel]:
    at = 0
    while data[at]:
        name, at = _text(data, at)
        kind, across, down = struct.unpack_from("<I4xii", data, at)
        yield Channel(name, _KINDS[kind], (across, down))
        at += 16


def attribute(name: str, kind: str, value: bytes) -> bytes:
    """One attribute of a header, as it is stored."""
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<I", len(value)) + value


def header(width: int, height: int, names: str, kind: type[np.floating[Any]]) -> bytes:
    """The head of a picture of scan lines with those channels, in alphabetical order; `body` fits it."""
    code = 1 if kind is np.float16 else 2
    channels = b"".join(struct.pack("<2sI4xii", n.encode() + b"\0", code, 1, 1) for n in names) + b"\0"
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    told = [
        attribute("channels", "chlist", channels),
        attribute("chromaticities", "chromaticities", struct.pack("<8f", *REC709)),
        attribute("compression", "compression", bytes([_ZIP])),
        attribute("dataWindow", "box2i", window),
        attribute("displayWindow", "box2i", window),
        attribute("lineOrder", "lineOrder", b"\0"),
        attribute("pixelAspectRatio", "float", struct.pack("<f", 1)),
        attribute("screenWindowCenter", "v2f", struct.pack("<2f", 0, 0)),
        attribute("screenWindowWidth", "float", struct.pack("<f", 1)),
    ]
    return MAGIC + struct.pack("<I", 2) + b"".join(told) + b"\0"


def chunks(height: int) -> int:
    """How many pieces `body` makes of so many rows."""
    return -(-height // _ROWS)


def body(strips: Iterable[NDArray[Any]]) -> Iterator[bytes]:
    """The pieces of a picture, packed; `strips` are arrays (rows, channels, width), from top to bottom."""
    top = 0
    for rows in _sixteen(strips):
        plain = np.ascontiguousarray(rows).astype(rows.dtype.newbyteorder("<")).tobytes()
        packed = _packed(plain)
        # What doesn't become smaller is stored as it is.
        data = packed if len(packed) < len(plain) else plain
        yield struct.pack("<iI", top, len(data)) + data
        top += len(rows)


def _sixteen(strips: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    kept: list[NDArray[Any]] = []
    for strip in strips:
        kept.append(strip)
        if sum(map(len, kept)) >= _ROWS:
            rows = np.concatenate(kept)
            whole = len(rows) // _ROWS * _ROWS
            for at in range(0, whole, _ROWS):
                yield rows[at : at + _ROWS]
            kept = [rows[whole:]]
    rest = np.concatenate(kept)
    if len(rest):
        yield rest


def _packed(plain: bytes) -> bytes:
    """zlib over the differences of the bytes, those of even places before those of odd ones."""
    data = np.frombuffer(plain, np.uint8)
    parted = np.concatenate([data[::2], data[1::2]])
    parted[1:] = parted[1:] - parted[:-1] + np.uint8(128)
    return zlib.compress(parted.tobytes(), 4)


def with_attributes(data: bytes, changes: dict[str, tuple[str, bytes]]) -> tuple[bytes, int]:
    """The head of a file of one part with some attributes set; and by how much it has grown."""
    found = parse(data)
    kept = found.attributes | changes
    made = MAGIC + data[4:8] + b"".join(attribute(n, *kept[n]) for n in sorted(kept)) + b"\0"
    return made, len(made) - found.end
