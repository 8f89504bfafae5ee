"""The directory structure of TIFF, which EXIF blocks share: read entries, append directories.

Layout: TIFF 6.0 (section 2) and BigTIFF. Only entries are touched, never pixels.
"""

from __future__ import annotations

import io
import shutil
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

# Bytes a value of each field type takes (TIFF 6.0, section 2; EXIF adds 129 UTF-8; BigTIFF 16-18).
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8,
          18: 8, 129: 1}  # fmt: skip
_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
# What one number of each type is made of, for turning the byte order around.
_WORDS = {3: 2, 4: 4, 5: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005
_STRIP_OFFSETS = 273
SUB_IFDS = (EXIF_IFD, GPS_IFD, INTEROP_IFD)


LIMIT = 16 << 20
"""Bytes of one entry that are read unless more is asked for: makers' notes and XMP may be large."""


class TiffError(ValueError):
    """The bytes are no TIFF structure, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Value:
    """One entry: its field type, how many, its bytes in the file's order, and where they lie."""

    type: int
    count: int
    data: bytes
    position: int = 0


# Camera RAW that is TIFF but for its number: Panasonic, Olympus (twice).
_FOREIGN = (0x55, 0x4F52, 0x5352)


class Tiff:
    """A TIFF structure in a seekable binary file; with `foreign` also one of a maker's own number."""

    def __init__(self, file: BinaryIO, *, foreign: bool = False) -> None:
        self.file = file
        self.size = file.seek(0, io.SEEK_END)
        head = self._at(0, 4)
        self.order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        version = struct.unpack(self.order + "H", head[2:4])[0] if self.order else 0
        if version not in (42, 43, *(_FOREIGN if foreign else ())):
            msg = "it doesn't start as a TIFF structure"
            raise TiffError(msg)
        self.big = version == 43
        self._pointer = "Q" if self.big else "I"
        self._first = 8 if self.big else 4
        self._inline = 8 if self.big else 4
        self._head = 16 if self.big else 8

    def directories(self) -> list[int]:
        """The offsets of the chained directories (one a page), in order."""
        offsets: dict[int, None] = {}
        following = self._number(self._first, self._pointer)
        while following:
            if following in offsets or len(offsets) >= 100_000:
                msg = "its directories run in a circle"
                raise TiffError(msg)
            offsets[following] = None
            following = self.next_of(following)
        return list(offsets)

    def next_of(self, offset: int) -> int:
        """The offset of the directory after this one, or 0."""
        return self._number(self._end(offset), self._pointer)

    def entries(
        self, offset: int, limit: int = LIMIT, only: frozenset[int] | None = None
    ) -> dict[int, Value]:
        """The entries of one directory, by tag; those outside the file or over `limit` bytes are left out.

        Overlapping entries could make a small file fill the memory: all together have four times the limit.
        """
        room = 4 * limit
        count, start, width = self._table(offset)
        table = self._at(start, count * width)
        found: dict[int, Value] = {}
        for i in range(count):
            tag, kind = struct.unpack_from(self.order + "HH", table, i * width)
            if only is not None and tag not in only:
                continue
            number = struct.unpack_from(self.order + self._pointer, table, i * width + 4)[0]
            length = _SIZES.get(kind, 0) * number
            position = start + i * width + width - self._inline
            if length > self._inline:
                position = self._number(position, self._pointer)
            # What claims to lie in the header would break it when it is put right in place.
            inside = self._head <= position and position + length <= self.size
            if kind in _SIZES and length <= min(limit, room) and inside:
                room -= length
                found[tag] = Value(kind, number, self._at(position, length), position)
        return found

    def numbers(self, value: Value | None) -> tuple[int, ...]:
        """An entry's whole numbers; none if it is missing or of another kind."""
        if value is None or value.type not in _INTEGERS:
            return ()
        return struct.unpack(f"{self.order}{value.count}{_INTEGERS[value.type]}", value.data)

    def number(self, value: Value | None, default: int = 0) -> int:
        """An entry's first whole number."""
        return (self.numbers(value) or (default,))[0]

    def overwrite(self, value: Value, number: int) -> None:
        """Put another whole number where a single-valued entry has its own."""
        if value.count == 1 and value.type in _INTEGERS:
            self.file.seek(value.position)
            limit = 256 ** _SIZES[value.type] - 1
            self.file.write(struct.pack(self.order + _INTEGERS[value.type], min(number, limit)))

    def reread(self, value: Value) -> Value:
        """The entry as it is in the file now."""
        return Value(value.type, value.count, self._at(value.position, len(value.data)), value.position)

    def remove_entries(self, offset: int, tags: frozenset[int]) -> None:
        """Take entries out of a directory; everything else stays where it is."""
        count, start, width = self._table(offset)
        table = self._at(start, count * width)
        rows = [table[i : i + width] for i in range(0, len(table), width)]
        kept = [row for row in rows if struct.unpack_from(self.order + "H", row)[0] not in tags]
        following = struct.pack(self.order + self._pointer, self.next_of(offset))
        self.file.seek(offset)
        self.file.write(struct.pack(self.order + ("Q" if self.big else "H"), len(kept)))
        self.file.write(b"".join(kept) + following)

    def truncate(self, size: int) -> None:
        """Cut the file off."""
        self.file.truncate(size)
        self.size = size

    def append(self, values: dict[int, Value], following: int = 0) -> int:
        """Write a directory at the end of the file; give its offset. Nothing points to it yet."""
        tags = sorted(values)
        pack = self.order + self._pointer
        body = bytearray()
        self.size = self.file.seek(0, io.SEEK_END)
        start = self.size + self.size % 2
        counting = struct.pack(self.order + ("Q" if self.big else "H"), len(tags))
        behind = start + len(counting) + len(tags) * (20 if self.big else 12) + self._inline
        table = bytearray(counting)
        for tag in tags:
            value = values[tag]
            if len(value.data) <= self._inline:
                inline = value.data.ljust(self._inline, b"\0")
            else:
                inline = struct.pack(pack, behind + len(body))
                body += value.data + bytes(len(value.data) % 2)
            table += struct.pack(self.order + "HH", tag, value.type) + struct.pack(pack, value.count) + inline
        table += struct.pack(pack, following)
        self.file.write(bytes(start - self.size) + bytes(table) + bytes(body))
        self.size = self.file.tell()
        return start

    def replace_directory(self, old: int, new: int) -> None:
        """Let whatever points to the directory `old` (header or predecessor) point to `new`."""
        chain = self.directories()
        at = chain.index(old)
        self.file.seek(self._end(chain[at - 1]) if at else self._first)
        self.file.write(struct.pack(self.order + self._pointer, new))

    def link_last(self, new: int) -> None:
        """Let the last directory of the chain point to one more."""
        self.file.seek(self._end(self.directories()[-1]))
        self.file.write(struct.pack(self.order + self._pointer, new))

    def _table(self, offset: int) -> tuple[int, int, int]:
        """How many entries a directory has, where they start, and how wide one is."""
        wide = 8 if self.big else 2
        if offset < self._head:
            msg = "a directory lies in its header"
            raise TiffError(msg)
        count = self._number(offset, "Q" if self.big else "H")
        if count > 65535:
            msg = "a directory has too many entries"
            raise TiffError(msg)
        return count, offset + wide, 20 if self.big else 12

    def _end(self, offset: int) -> int:
        count, start, width = self._table(offset)
        return start + count * width

    def _number(self, offset: int, kind: str) -> int:
        number: int = struct.unpack(self.order + kind, self._at(offset, struct.calcsize(kind)))[0]
        return number

    def _at(self, offset: int, length: int) -> bytes:
        if offset + length > self.size:
            msg = "it points outside the file"
            raise TiffError(msg)
        self.file.seek(offset)
        return self.file.read(length)


def reordered(value: Value, source: str, target: str) -> Value:
    """The same entry in another byte order ("<" or ">")."""
    word = _WORDS.get(value.type, 1)
    if source == target or word == 1:
        return Value(value.type, value.count, value.data)
    data = b"".join(value.data[i : i + word][::-1] for i in range(0, len(value.data), word))
    return Value(value.type, value.count, data)


def copy_directory(
    source: Tiff, offset: int, target: Tiff, without: frozenset[int] = frozenset(), depth: int = 0
) -> dict[int, Value]:
    """A directory's entries ready for `target`; directories inside it are appended there at once."""
    nested = (frozenset({EXIF_IFD, GPS_IFD}), frozenset({INTEROP_IFD}), frozenset[int]())[depth]
    values: dict[int, Value] = {}
    for tag, value in source.entries(offset).items():
        if tag in without or (value.type in (16, 17, 18) and not target.big):
            continue
        if tag not in SUB_IFDS:
            values[tag] = reordered(value, source.order, target.order)
        elif tag in nested:
            with suppress(TiffError):  # a pointer to nowhere is not carried on
                inner = copy_directory(source, source.number(value), target, without, depth + 1)
                values[tag] = Value(LONG, 1, struct.pack(target.order + "I", target.append(inner)))
    return values


def empty_block(order: str = "<") -> Tiff:
    """A classic TIFF structure in memory, without a directory yet."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 0)
    return Tiff(io.BytesIO(head))


def finish_block(block: Tiff, values: dict[int, Value]) -> bytes:
    """Append the first directory to a block of `empty_block`, and give its bytes."""
    first = block.append(values)
    block.file.seek(4)
    block.file.write(struct.pack(block.order + "I", first))
    block.file.seek(0)
    return block.file.read()


def append_page(target: BinaryIO, page: BinaryIO) -> None:
    """Put the one page of a TIFF file (as libvips writes it: in strips) behind the pages of another.

    Both have the same byte order and are both BigTIFF or both not. Nothing is held in memory.
    """
    into = Tiff(target)
    target.seek(0, io.SEEK_END)
    target.write(bytes(into.size % 2))
    base = into.size + into.size % 2
    page.seek(0)
    shutil.copyfileobj(page, target, 1 << 20)
    source = Tiff(page)
    values = source.entries(source.directories()[0], limit=source.size)
    offsets = values[_STRIP_OFFSETS]
    moved = [base + n for n in source.numbers(offsets)]
    packed = struct.pack(f"{source.order}{offsets.count}{_INTEGERS[offsets.type]}", *moved)
    values[_STRIP_OFFSETS] = Value(offsets.type, offsets.count, packed)
    into.link_last(into.append(values))
