"""EXIF blocks: carried byte for byte where they can be, with only what is no longer true put right.

A block's own offsets (and those that makers' notes keep) stay valid because values are changed in place and
new directories are appended. Tags: EXIF 3.0 (CIPA DC-008).
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

from tintype.photo.metadata import iptc
from tintype.photo.model import Metadata
from tintype.photo.tiff import (
    ASCII,
    BYTE,
    EXIF_IFD,
    RATIONAL,
    SHORT,
    UNDEFINED,
    Tiff,
    TiffError,
    Value,
    copy_directory,
    empty_block,
    finish_block,
)

_ORIENTATION, _SOFTWARE, _XMP, _IPTC, _PHOTOSHOP = 0x112, 0x131, 700, 33723, 34377
_MAKERS_NOTE = 0x927C
_PHOTOMETRIC, _DNG_VERSION = 262, 50706
# DNG 1.7: how a camera's raw is developed, which is done; its version makes any TIFF a raw. What it says of
# the camera, the lens and the first file's name stays true.
_DNG = frozenset(range(50706, 52600)) - {50708, 50709, 50735, 50736, 50827}
# How the pixels of a TIFF are stored: true of that file only, so never copied to another.
_STRUCTURE = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 288, 289,
     290, 291, 292, 293, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328, 330, 332,
     333, 334, 336, 337, 338, 339, 340, 341, 342, 343, 344, 345, 346, 347, 400, 512, 513, 514, 515, 517,
     518, 519, 520, 521, 529, 530, 531, 532, 559, 32781, 33421, 33422, 34675, 37724, _XMP, _IPTC, _PHOTOSHOP}
) | _DNG  # fmt: skip
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
    iptc
        IPTC-IIM records; libtiff takes them for numbers and may turn their bytes around.
    xmp
        An XMP packet.
    """

    exif: bytes | None
    reduced: bool
    lab8: int | None
    iptc: bytes | None
    xmp: bytes | None


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
        iptc=_records(entries),
        xmp=entries[_XMP].data if _XMP in entries else None,
    )


def _records(entries: dict[int, Value]) -> bytes | None:
    for tag in (_IPTC, _PHOTOSHOP):
        if tag in entries and (found := iptc.unwrap(entries[tag].data)):
            return found
    return None


def resolution(exif: bytes | None) -> tuple[float, float] | None:
    """The pixels an inch, across and down, that a block states."""
    try:
        block = Tiff(io.BytesIO(exif or b""))
        values = block.entries(next(iter(block.directories()), 0))
    except TiffError:
        return None
    found = [values.get(tag) for tag in (282, 283)]
    ratios = [
        struct.unpack(block.order + "II", v.data) for v in found if v and (v.type, v.count) == (RATIONAL, 1)
    ]
    unit = {2: 1.0, 3: 2.54}.get(block.number(values.get(296), 2))
    if len(ratios) < 2 or unit is None or not all(n and d for n, d in ratios):
        return None
    across, down = (round(n / d * unit, 3) for n, d in ratios)
    return across, down


def renew(
    exif: bytes | None, size: tuple[int, int], dpi: tuple[float, float] | None, software: str | None
) -> bytes:
    """The block of an upright, newly written picture: what is no longer true is put right.

    Parameters
    ----------
    exif
        The photograph's own block; None begins an empty one.
    size
        Width and height of the picture.
    dpi
        Pixels an inch, across and down; None leaves what the block says.
    software
        For the Software tag, unless the block has one.

    Raises
    ------
    TiffError
        When the block is damaged.
    """
    block = Tiff(io.BytesIO(exif)) if exif is not None else empty_block()
    values: dict[int, Value] = {}
    if exif is not None:
        chain = block.directories()
        if not chain:
            msg = "it has no directory"
            raise TiffError(msg)
        values = block.entries(chain[0])
        if len(chain) > 1:
            _drop_thumbnail(block, chain[1])
    for tag, number in {_ORIENTATION: 1, 256: size[0], 257: size[1]}.items():
        if tag in values:
            block.overwrite(values[tag], number)
            values[tag] = block.reread(values[tag])
    if EXIF_IFD in values:
        inner = block.entries(block.number(values[EXIF_IFD]))
        for tag, number in {0xA002: size[0], 0xA003: size[1]}.items():
            if tag in inner:
                block.overwrite(inner[tag], number)
    if dpi is not None:
        for tag, inch in zip((282, 283), dpi, strict=True):
            ratio = Fraction(inch).limit_denominator(1000)
            numbers = struct.pack(block.order + "II", min(ratio.numerator, 2**32 - 1), ratio.denominator)
            values[tag] = Value(RATIONAL, 1, numbers)
        values[296] = Value(SHORT, 1, struct.pack(block.order + "H", 2))  # inches
    if software is not None and _SOFTWARE not in values:
        text = software.encode("ascii", "replace") + b"\0"
        values[_SOFTWARE] = Value(ASCII, len(text), text)
    # The second directory is the thumbnail, which is still grey: the new chain ends with the first.
    return finish_block(block, values)


def _drop_thumbnail(block: Tiff, offset: int) -> None:
    """Cut the thumbnail off where it lies at the end, so that what is new has room in a JPEG's 64 KB.

    It may itself have been cut: of EXIF in several segments libvips gives the first.
    """
    entries = block.entries(offset)
    start, length = block.number(entries.get(513)), block.number(entries.get(514))
    if offset < start < block.size <= start + length + 4:
        block.truncate(start)


def slimmed(exif: bytes) -> bytes:
    """The block of `renew` without its maker's note and the room that nothing uses any more."""
    source = Tiff(io.BytesIO(exif))
    block = empty_block(source.order)
    return finish_block(
        block, copy_directory(source, source.directories()[0], block, frozenset({_MAKERS_NOTE}))
    )


def into_tiff(file: BinaryIO, metadata: Metadata) -> None:
    """Give the first page of a TIFF file, open for reading and writing, the tags of an EXIF block, XMP, IPTC.

    Without a known resolution the one that libvips writes is taken out.
    """
    keep_resolution = metadata.dpi is not None
    target = Tiff(file)
    offset = target.directories()[0]
    values = target.entries(offset, limit=target.size)
    added: dict[int, Value] = {}
    if metadata.exif is not None:
        block = Tiff(io.BytesIO(metadata.exif))
        leave = _STRUCTURE | _RESOLUTION | {_ORIENTATION}
        added |= copy_directory(block, block.directories()[0], target, leave)
    if metadata.xmp is not None:
        added[_XMP] = Value(BYTE, len(metadata.xmp), metadata.xmp)
    if metadata.iptc is not None:
        added[_IPTC] = Value(UNDEFINED, len(metadata.iptc), metadata.iptc)
    if added or not keep_resolution:
        values = {t: v for t, v in values.items() if keep_resolution or t not in _RESOLUTION}
        following = target.next_of(offset)
        target.replace_directory(offset, target.append(values | added, following))
