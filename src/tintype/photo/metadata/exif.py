"""EXIF blocks: carried byte for byte where they can be, with only what is no longer true put right.

A block's own offsets (and those that makers' notes keep) stay valid because values are changed in place and
new directories are appended. Tags: EXIF 3.0 (CIPA DC-008).
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from tintype.notes import Note
from tintype.photo.metadata import iptc, photoshop
from tintype.photo.metadata.found import Found
from tintype.photo.metadata.xmp import LARGEST
from tintype.photo.model import Metadata
from tintype.photo.tiff import (
    BYTE,
    RATIONAL,
    UNDEFINED,
    Tiff,
    TiffError,
    Value,
    copy_directory,
    empty_block,
    finish_block,
)

_ORIENTATION, _XMP, _IPTC, _PHOTOSHOP = 0x112, 700, 33723, 34377
_MAKERS_NOTE, _LAYERS = 0x927C, 37724
_PHOTOMETRIC, _DNG_VERSION = 262, 50706
# DNG 1.7: how a camera's raw is developed, which is done; its version makes any TIFF a raw. What it says of
# the camera, the lens and the first file's name stays true.
_DNG = frozenset(range(50706, 52600)) - {50708, 50709, 50735, 50736, 50827}
# How the pixels of a TIFF are stored: true of that file only, so never copied to another.
STRUCTURE = frozenset(
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
    photoshop
        Photoshop's image resources besides IPTC.
    layers
        Whether Photoshop keeps its layers here.
    """

    exif: bytes | None
    reduced: bool
    lab8: int | None
    iptc: bytes | None
    xmp: bytes | None
    photoshop: bytes | None = None
    layers: bool = False

    def found(self) -> Found:
        """What it says beside the pixels."""
        notes = [Note("TIFF: Photoshop's layers are left out", "layers")] if self.layers else []
        return Found(exif=self.exif, xmp=self.xmp, iptc=self.iptc, photoshop=self.photoshop, notes=notes)


def survey(file: BinaryIO) -> tuple[list[TiffPage], bool]:
    """Look at the directories of a TIFF file: its pages, and whether it is a camera's raw (DNG).

    A damaged structure gives no pages: libvips then says what is wrong.
    """
    try:
        source = Tiff(file)
        offsets = source.directories()
        pages = [page(source, offset) for offset in offsets]
        raw = bool(offsets) and _DNG_VERSION in source.entries(offsets[0])
    except TiffError:
        return [], False
    return pages, raw


def page(source: Tiff, offset: int) -> TiffPage:
    """What one directory says. Raises TiffError."""
    entries = source.entries(offset)
    entries |= source.entries(offset, limit=LARGEST, only=frozenset({_XMP}))
    block = empty_block(source.order)
    values = copy_directory(source, offset, block, STRUCTURE)
    # Where XMP may say otherwise, even the word that it lies upright counts.
    upright = source.number(entries.get(_ORIENTATION), 1) == 1 and _XMP not in entries
    worth = values.keys() - _RESOLUTION - ({_ORIENTATION} if upright else set())
    photometric = entries.get(_PHOTOMETRIC)
    lab8 = source.number(photometric) == 8 and set(source.numbers(entries.get(258))) == {8}
    records, others = photoshop.parted(entries[_PHOTOSHOP].data if _PHOTOSHOP in entries else None)
    return TiffPage(
        exif=finish_block(block, values) if worth else None,
        reduced=bool(source.number(entries.get(254)) & 1),
        lab8=photometric.position if photometric and lab8 else None,
        iptc=(_IPTC in entries and iptc.unwrap(entries[_IPTC].data)) or records,
        xmp=entries[_XMP].data or None if _XMP in entries else None,
        photoshop=others,
        layers=_LAYERS in entries,
    )


def orientation(exif: bytes | None) -> int | None:
    """How the picture lies (1-8), as a block says; None where it doesn't."""
    try:
        block = Tiff(io.BytesIO(exif or b""))
        value = block.entries(block.directories()[0], only=frozenset({_ORIENTATION})).get(_ORIENTATION)
    except (TiffError, IndexError):
        return None
    number = block.number(value)
    return number if 1 <= number <= 8 else None


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
        leave = STRUCTURE | _RESOLUTION | {_ORIENTATION}
        added |= copy_directory(block, block.directories()[0], target, leave)
    if metadata.xmp is not None:
        added[_XMP] = Value(BYTE, len(metadata.xmp), metadata.xmp)
    if metadata.iptc is not None:
        added[_IPTC] = Value(UNDEFINED, len(metadata.iptc), metadata.iptc)
    if metadata.photoshop is not None:
        added[_PHOTOSHOP] = Value(BYTE, len(metadata.photoshop), metadata.photoshop)
    if added or not keep_resolution:
        values = {t: v for t, v in values.items() if keep_resolution or t not in _RESOLUTION}
        following = target.next_of(offset)
        target.replace_directory(offset, target.append(values | added, following))
