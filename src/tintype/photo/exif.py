"""EXIF blocks: carried byte for byte where they can be, with only what is no longer true put right.

A block's own offsets (and those that makers' notes keep) stay valid because values are changed in place and
new directories are appended. Tags: EXIF 3.0 (CIPA DC-008).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from tintype.photo.tiff import (
    ASCII,
    EXIF_IFD,
    Tiff,
    TiffError,
    Value,
    copy_directory,
    empty_block,
    finish_block,
)

_ORIENTATION, _SOFTWARE, _XMP, _IPTC, _PHOTOSHOP = 0x112, 0x131, 700, 33723, 34377
_PHOTOMETRIC, _DNG_VERSION = 262, 50706
# How the pixels of a TIFF are stored: true of that file only, so never copied to another.
_STRUCTURE = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 288, 289,
     290, 291, 292, 293, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328, 330, 332,
     333, 334, 336, 337, 338, 339, 340, 341, 342, 343, 344, 345, 346, 347, 400, 512, 513, 514, 515, 517,
     518, 519, 520, 521, 529, 530, 531, 532, 559, 32781, 33421, 33422, 34675, 37724, 50784, _XMP, _IPTC,
     _PHOTOSHOP}
)  # fmt: skip
_RESOLUTION = frozenset({282, 283, 296})


@dataclass(frozen=True, slots=True)
class TiffPage:
    """What the directory of one page says beyond what libvips tells.

    Attributes
    ----------
    exif
        The descriptive tags, EXIF and GPS, as an EXIF block of their own.
    reduced
        A smaller copy of another page (a thumbnail, a step of a pyramid).
    lab8
        Where the photometric entry of an 8-bit CIE Lab page lies in the file, else None.
    """

    exif: bytes | None
    reduced: bool
    lab8: int | None


def survey(file: BinaryIO) -> tuple[list[TiffPage], bool]:
    """Look at the directories of a TIFF file: its pages, and whether it is a camera's raw (DNG).

    A damaged structure gives no pages: libvips then says what is wrong.
    """
    try:
        source = Tiff(file)
        offsets = source.directories()
        pages = [_page(source, offset) for offset in offsets]
        raw = bool(offsets) and _DNG_VERSION in source.entries(offsets[0])
    except TiffError:
        return [], False
    return pages, raw


def _page(source: Tiff, offset: int) -> TiffPage:
    entries = source.entries(offset)
    block = empty_block(source.order)
    values = copy_directory(source, offset, block, _STRUCTURE)
    worth = values.keys() - _RESOLUTION - {_ORIENTATION}
    photometric = entries.get(_PHOTOMETRIC)
    lab8 = source.number(photometric) == 8 and set(source.numbers(entries.get(258))) == {8}
    return TiffPage(
        exif=finish_block(block, values) if worth else None,
        reduced=bool(source.number(entries.get(254)) & 1),
        lab8=photometric.position if photometric and lab8 else None,
    )


def put_right(exif: bytes, width: int, height: int) -> bytes | None:
    """The block with orientation 1, the new size, and without the old thumbnail; None if it is damaged."""
    try:
        block = Tiff(io.BytesIO(exif))
        first = block.directories()[0]
        values = block.entries(first)
        block.end_chain(first)  # the second directory is the thumbnail, which is still grey
        truth = {_ORIENTATION: 1, 256: width, 257: height}
        for tag, number in truth.items():
            if tag in values:
                block.overwrite(values[tag], number)
        if EXIF_IFD in values:
            inner = block.entries(block.number(values[EXIF_IFD]))
            for tag, number in {0xA002: width, 0xA003: height}.items():
                if tag in inner:
                    block.overwrite(inner[tag], number)
    except (TiffError, IndexError):
        return None
    block.file.seek(0)
    return block.file.read()


def with_software(exif: bytes | None, software: str) -> bytes:
    """The block with a Software tag, unless it has one already; `exif` is None or has passed `put_right`."""
    text = software.encode("ascii", "replace") + b"\0"
    value = Value(ASCII, len(text), text)
    if exif is None:
        return finish_block(empty_block(), {_SOFTWARE: value})
    block = Tiff(io.BytesIO(exif))
    values = block.entries(block.directories()[0])
    if _SOFTWARE in values:
        return exif
    return finish_block(block, values | {_SOFTWARE: value})


def into_tiff(file: BinaryIO, page: int, exif: bytes | None, xmp: bytes | None, iptc: bytes | None) -> None:
    """Give one page of a TIFF file, open for reading and writing, the tags of an EXIF block, XMP and IPTC."""
    target = Tiff(file)
    offset = target.directories()[page]
    values = target.entries(offset, limit=target.size)
    added: dict[int, Value] = {}
    if exif is not None:
        block = Tiff(io.BytesIO(exif))
        leave = _STRUCTURE | _RESOLUTION | {_ORIENTATION}
        added |= copy_directory(block, block.directories()[0], target, leave)
    if xmp is not None:
        added[_XMP] = Value(1, len(xmp), xmp)
    if iptc is not None:
        added[_IPTC] = Value(7, len(iptc), iptc)
    if added:
        following = target.next_of(offset)
        target.replace_directory(offset, target.append(values | added, following))
