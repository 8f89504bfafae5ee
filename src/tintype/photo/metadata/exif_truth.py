"""What an EXIF block says of pixels, put right for an upright, coloured, newly written picture.

Values are changed in place and new directories appended, so that the block's own offsets (and those that
makers' notes keep) stay valid. Tags: EXIF 3.0 (CIPA DC-008), 4.6.
"""

from __future__ import annotations

import io
import struct

from tintype.photo.metadata.exif import STRUCTURE
from tintype.photo.metadata.facts import Facts
from tintype.photo.tiff import (
    ASCII,
    BYTE,
    EXIF_IFD,
    INTEROP_IFD,
    RATIONAL,
    SHORT,
    UNDEFINED,
    Tiff,
    TiffError,
    Value,
    empty_block,
    finish_block,
)

_ORIENTATION, _SOFTWARE, _WIDTH, _HEIGHT = 0x112, 0x131, 256, 257
_BITS, _PHOTOMETRIC, _SAMPLES, _POSITIONING = 258, 262, 277, 531
_RESOLUTIONS, _UNIT = (282, 283), 296
# Of IFD0: how the samples of another file were stored.
GONE = STRUCTURE - {_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _SAMPLES, _POSITIONING}
"""Tags of the first directory that are taken out: nothing true can be put in their place."""

_PIXEL_WIDTH, _PIXEL_HEIGHT, _COLOR_SPACE, _COMPONENTS = 0xA002, 0xA003, 0xA001, 0x9101
_COMPRESSED_BITS, _GAMMA, _SUBJECT_AREA, _SUBJECT_LOCATION = 0x9102, 0xA500, 0x9214, 0xA214
_INNER_GONE = frozenset({_COMPRESSED_BITS, _GAMMA})
# What a decoder makes of the samples: Y, Cb, Cr, or R, G, B (EXIF 3.0, ComponentsConfiguration).
_YCBCR, _RGB = b"\1\2\3\0", b"\4\5\6\0"


def renew(exif: bytes | None, facts: Facts, software: str | None) -> bytes:
    """Return the block of the new picture.

    Parameters
    ----------
    exif
        The photograph's own block; None begins an empty one.
    facts
        What is true of the new picture; without a resolution what the block says of it stays.
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
        values = {tag: v for tag, v in block.entries(chain[0]).items() if tag not in GONE}
        if len(chain) > 1:
            _drop_thumbnail(block, chain[1])
    one = {_ORIENTATION: 1, _WIDTH: facts.width, _HEIGHT: facts.height, _PHOTOMETRIC: 2,
           _SAMPLES: facts.bands, _POSITIONING: 1}  # fmt: skip
    for tag, number in one.items():
        if tag in values:
            block.overwrite(values[tag], number)
            values[tag] = block.reread(values[tag])
    if _BITS in values:
        bits = struct.pack(f"{block.order}{facts.bands}H", *[facts.bits] * facts.bands)
        values[_BITS] = Value(SHORT, facts.bands, bits)
    if EXIF_IFD in values:
        _renew_inner(block, values, facts)
    if facts.dpi is not None:
        from fractions import Fraction  # with `decimal` behind it: only where there is a resolution

        for tag, inch in zip(_RESOLUTIONS, facts.dpi, strict=True):
            ratio = Fraction(inch).limit_denominator(1000)
            numbers = struct.pack(block.order + "II", min(ratio.numerator, 2**32 - 1), ratio.denominator)
            values[tag] = Value(RATIONAL, 1, numbers)
        values[_UNIT] = Value(SHORT, 1, struct.pack(block.order + "H", 2))  # inches
    if software is not None and _SOFTWARE not in values:
        text = software.encode("ascii", "replace") + b"\0"
        values[_SOFTWARE] = Value(ASCII, len(text), text)
    # The second directory is the thumbnail, which is still grey: the new chain ends with the first.
    return finish_block(block, values)


def _renew_inner(block: Tiff, values: dict[int, Value], facts: Facts) -> None:
    """The EXIF directory, in place: makers' notes know where they lie."""
    at = block.number(values[EXIF_IFD])
    try:
        inner = block.entries(at)
    except TiffError:  # a pointer to nowhere is not carried on
        del values[EXIF_IFD]
        return
    told = {_PIXEL_WIDTH: facts.width, _PIXEL_HEIGHT: facts.height, _COLOR_SPACE: 1 if facts.srgb else 0xFFFF}
    for tag, number in told.items():
        if tag in inner:
            block.overwrite(inner[tag], number)
    if INTEROP_IFD in inner and facts.srgb:
        _renew_interop(block, block.number(inner[INTEROP_IFD]))
    if facts.turned:
        _turn_subject(block, inner, facts)
    if _COMPONENTS in inner:
        order = _YCBCR if facts.kind in ("jpeg", "webp", "avif") else _RGB
        _overwrite_bytes(block, inner[_COMPONENTS], order)
    if inner.keys() & _INNER_GONE:
        block.remove_entries(at, _INNER_GONE)


def _renew_interop(block: Tiff, at: int) -> None:
    """R03 names Adobe RGB; R98 is sRGB."""
    try:
        index = block.entries(at).get(1)
    except TiffError:
        return
    if index is not None and index.data == b"R03\0":
        _overwrite_bytes(block, index, b"R98\0")


def _overwrite_bytes(block: Tiff, value: Value, data: bytes) -> None:
    if value.type in (BYTE, ASCII, UNDEFINED) and len(value.data) == len(data):
        block.file.seek(value.position)
        block.file.write(data)


def _turn_subject(block: Tiff, inner: dict[int, Value], facts: Facts) -> None:
    """Where the subject is, in pixels of the stored picture: a point, a circle or a rectangle around it."""
    wide, high = (facts.height, facts.width) if facts.orientation >= 5 else (facts.width, facts.height)
    for tag in (_SUBJECT_AREA, _SUBJECT_LOCATION):
        value = inner.get(tag)
        numbers = list(block.numbers(value))
        if value is None or value.type != SHORT or len(numbers) < 2:
            continue
        x, y = facts.place(numbers[0] / wide, numbers[1] / high)
        places = [round(x * facts.width), round(y * facts.height)]
        rest = numbers[2:][::-1] if facts.orientation >= 5 else numbers[2:]
        turned = [min(max(n, 0), 65535) for n in (*places, *rest)]
        block.file.seek(value.position)
        block.file.write(struct.pack(f"{block.order}{len(turned)}H", *turned))


def _drop_thumbnail(block: Tiff, offset: int) -> None:
    """Cut the thumbnail off where it lies at the end, so that what is new has room in a JPEG's 64 KB.

    It may itself have been cut: of EXIF in several segments libvips gives the first.
    """
    entries = block.entries(offset)
    start, length = block.number(entries.get(513)), block.number(entries.get(514))
    if offset < start < block.size <= start + length + 4:
        block.truncate(start)
