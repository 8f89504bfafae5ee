"""How the pixels of a TIFF's page lie, by its own tags; and which layouts libvips reads right.

Tags: TIFF 6.0, and Adobe's technical notes. What is trusted is what `test_tiff_second_matrix.py` has shown
to come out right; everything else goes to the second decoder, `tintype.photo.formats._tiff_second`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from tintype.photo.tiff import RATIONAL, Tiff, TiffError, Value

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, SEPARATED, YCBCR, CIELAB, ICCLAB = 0, 1, 2, 3, 4, 5, 6, 8, 9
UINT, INT, FLOAT = 1, 2, 3
_VOID = 4
COLORS = {
    WHITE_IS_ZERO: 1,
    BLACK_IS_ZERO: 1,
    RGB: 3,
    PALETTE: 1,
    SEPARATED: 4,
    YCBCR: 3,
    CIELAB: 3,
    ICCLAB: 3,
}
"""Samples of colour, by photometric interpretation."""

JPEG, OLD_JPEG = 7, 6
_CODECS = frozenset({1, 2, 3, 4, 5, OLD_JPEG, JPEG, 8, 32773, 32946})
"""Compressions that libvips' wheel has; of some others it gives garbage without a word."""

_TAGS = frozenset({254, 255, 256, 257, 258, 259, 262, 277, 278, 282, 283, 284, 296, 320, 322, 323, 338, 339,
                   529, 530, 532, 34675})  # fmt: skip
_GREY_DEPTHS = {UINT: {1, 2, 4, 8, 16, 32}, INT: {8, 16, 32}, FLOAT: {16, 32}}
_RGB_DEPTHS = {UINT: {8, 16, 32}, INT: {8, 16, 32}, FLOAT: {16, 32}}
_LARGEST = 16 << 20  # bytes of one tag: a profile may be of megabytes


@dataclass(frozen=True, slots=True)
class Layout:
    """One page.

    Attributes
    ----------
    photometric
        None where the file doesn't say.
    form
        `UINT`, `INT` or `FLOAT`; 0 for another or for a mixture.
    bits
        A sample; 0 for a mixture.
    extra
        What each sample beyond the colours is: 0 unspecified, 1 associated, 2 unassociated alpha.
    role
        thumbnail (a reduced copy), mask, or empty for a photograph.
    tile
        Width and height of a tile, or of a strip.
    subsampling
        Of YCbCr, across and down; None where the file doesn't say.
    """

    width: int
    height: int
    photometric: int | None
    samples: int
    bits: int
    form: int
    extra: tuple[int, ...]
    planes: bool
    compression: int
    tiled: bool
    tile: tuple[int, int]
    role: str
    subsampling: tuple[int, int] | None
    coefficients: tuple[float, ...]
    reference: tuple[float, ...]
    icc: bytes | None
    dpi: tuple[float, float] | None

    @property
    def colors(self) -> int:
        """How many samples are colour."""
        return COLORS.get(-1 if self.photometric is None else self.photometric, min(self.samples, 3))

    @property
    def alpha(self) -> int | None:
        """Which sample is transparency, if any."""
        return next((self.colors + i for i, kind in enumerate(self.extra) if kind in (1, 2)), None)

    @property
    def associated(self) -> bool:
        """Whether colours have been multiplied by the transparency."""
        return self.alpha is not None and self.extra[self.alpha - self.colors] == 1

    @property
    def segment_bytes(self) -> int:
        """What one strip or tile takes when it is unpacked."""
        across, down = self.tile
        return across * down * max(1, self.bits or 8) * (1 if self.planes else self.samples) // 8


def layouts(file: BinaryIO) -> list[Layout]:
    """The layouts of a file's pages; none if its structure is damaged (libvips then says what is wrong)."""
    try:
        source = Tiff(file)
        return [_layout(source, offset) for offset in source.directories()]
    except (TiffError, struct.error):
        return []


def _layout(source: Tiff, offset: int) -> Layout:
    entries = source.entries(offset, limit=_LARGEST, only=_TAGS)

    def number(tag: int, default: int = 0) -> int:
        return source.number(entries.get(tag), default)

    samples = number(277, 1)
    depths = set(source.numbers(entries.get(258))[:samples]) or {1}
    forms = {UINT if f == _VOID else f for f in source.numbers(entries.get(339))[:samples]} or {UINT}
    photometric = number(262) if 262 in entries else None
    colors = COLORS.get(-1 if photometric is None else photometric, min(samples, 3))
    told = source.numbers(entries.get(338))
    extra = (*told, *(0,) * samples)[: max(0, samples - colors)]
    width, height = number(256), number(257)
    tiled = 322 in entries
    pair = source.numbers(entries.get(530))
    return Layout(
        width=width,
        height=height,
        photometric=photometric,
        samples=samples,
        bits=depths.pop() if len(depths) == 1 else 0,
        form=forms.pop() if len(forms) == 1 else 0,
        extra=extra,
        planes=number(284, 1) == 2 and samples > 1,
        compression=number(259, 1),
        tiled=tiled,
        tile=(number(322), number(323)) if tiled else (width, min(number(278, height) or height, height)),
        role=_role(number(254), number(255), photometric),
        subsampling=(pair[0], pair[1]) if len(pair) == 2 and min(pair) > 0 else None,
        coefficients=_ratios(source, entries.get(529)),
        reference=_ratios(source, entries.get(532)),
        icc=entries[34675].data if 34675 in entries else None,
        dpi=_resolution(source, entries),
    )


def _role(kind: int, old_kind: int, photometric: int | None) -> str:
    """NewSubfileType's bits, and the old SubfileType."""
    if kind & 4 or photometric == MASK:
        return "mask"
    return "thumbnail" if kind & 1 or old_kind == 2 else ""


def _ratios(source: Tiff, value: Value | None) -> tuple[float, ...]:
    if value is None or value.type != RATIONAL:
        return ()
    numbers = struct.unpack(f"{source.order}{2 * value.count}I", value.data)
    return tuple(n / d if d else 0.0 for n, d in zip(numbers[::2], numbers[1::2], strict=True))


def _resolution(source: Tiff, entries: dict[int, Value]) -> tuple[float, float] | None:
    across, down = (_ratios(source, entries.get(tag)) for tag in (282, 283))
    unit = {2: 1.0, 3: 2.54}.get(source.number(entries.get(296), 2))
    if not (across and down and unit and across[0] > 0 and down[0] > 0):
        return None
    return round(across[0] * unit, 3), round(down[0] * unit, 3)


def trusted(page: Layout) -> bool:
    """Whether libvips reads this layout right; of what it refuses itself it may be asked all the same."""
    if page.photometric is None:
        return True  # libtiff guesses, and libvips refuses what is left
    if page.compression not in _CODECS or page.samples < page.colors:
        return False
    if page.compression in (JPEG, OLD_JPEG):
        return not page.planes and page.photometric in (BLACK_IS_ZERO, WHITE_IS_ZERO, RGB, YCBCR, SEPARATED)
    if page.planes and (page.tiled or page.colors == 1):
        return False
    kind, plain = (page.form, page.bits), page.form == UINT and page.bits in (8, 16)
    match page.photometric:
        case 0 | 1:
            if page.associated and (page.form == INT or page.photometric == WHITE_IS_ZERO):
                return False
            return page.bits in _GREY_DEPTHS.get(page.form, ()) and (page.samples == 1 or page.bits >= 8)
        case 2:
            right = page.bits in _RGB_DEPTHS.get(page.form, ())
            return right and not (page.planes and kind == (FLOAT, 16)) and not (page.associated and not plain)
        case 3:
            return page.form == UINT and page.bits <= 16 and page.samples == 1
        case 5:
            return plain and not page.associated
        case 8:
            # Besides 8 and 16 bits those that libvips itself writes.
            right = plain or (kind in ((FLOAT, 32), (INT, 16)) and not page.planes)
            return right and not page.associated and not (page.planes and page.bits == 16)
    return False
