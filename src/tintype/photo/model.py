"""A photograph on its way in: what is known of it, and how to draw its pixels as often as needed."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyvips

from tintype.color.resample import fit_longest
from tintype.errors import Damaged
from tintype.notes import Note
from tintype.photo.depth import eight_bit
from tintype.photo.errors import translate
from tintype.photo.resize import resize_exactly

_OVERVIEW = 2048
"""Long side, px, of the view kept of a photograph whose format doesn't shrink while it is decoded."""

_SMALL = 1 << 20
"""Photographs up to this many pixels are decoded whole: streaming would gain nothing."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a PNG: tEXt, zTXt or iTXt.

    Attributes
    ----------
    keyword
        ``Title``, ``Author``, ``Description`` … (PNG 3rd edition, 11.3.3.1), or any other.
    language, translated
        Of an iTXt: RFC 3066, and the keyword in that language.
    """

    keyword: str
    text: str
    language: str = ""
    translated: str = ""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """An XMP file beside a photograph.

    Attributes
    ----------
    packet
        Its content.
    whole
        Named ``photo.jpg.xmp``; else ``photo.xmp``.
    path
        Where it lies.
    """

    packet: bytes
    whole: bool
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What travels beside the pixels, as the bytes found in the file (None where there were none).

    Attributes
    ----------
    exif
        A TIFF-structured EXIF block, without the ``Exif\\0\\0`` that precedes it in a JPEG.
    xmp
        An XMP packet; UTF-8 but for what can't be read. An extended one is put together.
    iptc
        IPTC-IIM records (starting with 0x1c), without any Photoshop wrapping.
    icc
        The ICC profile of the pixels as stored.
    dpi
        Pixels an inch, across and down the upright photograph.
    photoshop
        Photoshop's image resources besides IPTC, one after the other (8BIM …).
    comments
        Comments of a JPEG or GIF.
    texts
        Texts of a PNG.
    modified
        Year, month, day, hour, minute and second of a PNG's last change (UTC), seven bytes.
    sidecars
        XMP files beside the photograph; `xmp` has what they say.
    orientation
        How the picture lay (EXIF, 1-8) for which the metadata gives places, as of faces.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    icc: bytes | None = None
    dpi: tuple[float, float] | None = None
    photoshop: bytes | None = None
    comments: tuple[str, ...] = ()
    texts: tuple[Text, ...] = ()
    modified: bytes | None = None
    sidecars: tuple[Sidecar, ...] = ()
    orientation: int = 1

    def replace(self, **changes: Any) -> Metadata:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)


class Decoder(Protocol):
    """Draws the stored pixels of one page; every call starts anew."""

    @property
    def shrinks(self) -> bool:
        """Whether a smaller view takes less time than the whole."""

    def image(self, *, sequential: bool) -> pyvips.Image:
        """The page as stored: not turned, colours as they are, alpha as the last band."""

    def shrunk(self, factor: float) -> tuple[pyvips.Image, float]:
        """The page made smaller while decoding, by at most `factor`, and by how much (1 if not at all)."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One page of a photograph file.

    Attributes
    ----------
    name
        For messages: the path, or ``<bytes>``.
    width, height
        Pixels, upright (the EXIF orientation applied).
    bits
        8 or 16 a channel, as `open` gives them.
    format
        A key of `tintype.photo.formats.FORMATS`, or array.
    page, pages
        From 1.
    has_alpha
        Whether `open_alpha` gives a picture.
    notes
        What the user should know ("GIF: the first of 12 frames").
    """

    name: str
    width: int
    height: int
    bits: int
    format: str
    page: int
    pages: int
    has_alpha: bool
    metadata: Metadata
    notes: tuple[Note, ...]
    decoder: Decoder = field(repr=False)
    orientation: int = field(default=1, repr=False)
    to_srgb: Callable[[pyvips.Image], pyvips.Image] = field(default=lambda image: image, repr=False)
    _overview: list[pyvips.Image] = field(default_factory=list, init=False, repr=False)

    @property
    def raw_bytes(self) -> int:
        """What its pixels take in colour, without compression."""
        return self.width * self.height * (3 + self.has_alpha) * self.bits // 8

    def open(self) -> pyvips.Image:
        """The pixels, drawn anew: upright, without alpha, sRGB-encoded; 1 or 3 bands of uchar or ushort.

        Draw it from top to bottom, once: it streams from the file. Failures of decoding come while pixels
        are drawn; wrap that in `tintype.photo.errors.translate`. Raises PhotoError.
        """
        with translate(self.name):
            image = self.to_srgb(split_alpha(self._stored())[0])
            return upright(image, self.orientation)

    def open_alpha(self) -> pyvips.Image | None:
        """The alpha channel, drawn anew: upright, one band, as deep as the pixels; None if there is none."""
        if not self.has_alpha:
            return None
        with translate(self.name):
            alpha = split_alpha(self._stored())[1]
            assert alpha is not None, "has_alpha was taken from the same header"
            return upright(deepen(alpha, self.bits), self.orientation)

    def part(self, width: int, height: int, down: float) -> pyvips.Image:
        """A part at full size, as stored (not turned), without alpha, sRGB-encoded.

        It lies in the middle of the columns, and its middle `down` (0-1) of the rows from the top, or as near
        as the picture allows; at most `width` × `height` px. What lies below it is not decoded, where a
        format comes from top to bottom. Raises PhotoError.
        """
        with translate(self.name):
            whole = self._checked(self.decoder.image(sequential=True))
            width, height = min(width, whole.width), min(height, whole.height)
            top = min(max(round(whole.height * down) - height // 2, 0), whole.height - height)
            cut = whole.crop((whole.width - width) // 2, top, width, height)
            return held(self.to_srgb(split_alpha(cut)[0]))

    def thumbnail(self, width: int, height: int, bits: int = 0) -> pyvips.Image:
        """The same picture as `open`, resized to exactly `width` × `height`, decoded and held in memory.

        A JPEG is shrunk while it is decoded, so this is much quicker than `open`. Other formats are decoded
        whole, once, for all smaller views. Raises PhotoError.

        `bits` is 8 or 16 a channel, the photograph's own unless given. With 16, shrinking rounds nothing
        away: 8 bits, 16 bits and floats of one photograph look the same to a network.
        """
        bits = bits or self.bits
        longest, room = max(self.width, self.height), _OVERVIEW / 1.5
        if not self.decoder.shrinks and longest > 1.5 * _OVERVIEW and max(width, height) <= room:
            if not self._overview:
                high, wide = fit_longest(self.height, self.width, _OVERVIEW)
                self._overview.append(self._resized(wide, high, self.bits))
            view = deepen(self._overview[0], bits)
            return held(resize_exactly(view, width, height))
        return self._resized(width, height, bits)

    def _resized(self, width: int, height: int, bits: int) -> pyvips.Image:
        with translate(self.name):
            turned = self.orientation >= 5
            factor = min(self.width / width, self.height / height)
            image, shrink = self.decoder.shrunk(factor) if factor > 1 else (self._stored(), 1.0)
            image = self._checked(image) if shrink == 1 else image
            image = deepen(self.to_srgb(split_alpha(image)[0]), bits)
            across, down = (height, width) if turned else (width, height)
            stored = (self.height, self.width) if turned else (self.width, self.height)
            image = resize_exactly(image, across, down, (stored[0] / shrink, stored[1] / shrink))
            return held(upright(held(image), self.orientation))

    def _stored(self) -> pyvips.Image:
        # A turned picture needs its last rows first; a mirrored one (2) still comes row by row.
        streams = self.orientation <= 2 and self.width * self.height > _SMALL
        return self._checked(self.decoder.image(sequential=streams))

    def _checked(self, image: pyvips.Image) -> pyvips.Image:
        """What a decoder gives, if it has the size that the header promised (some files say two)."""
        turned = self.orientation >= 5
        expected = (self.height, self.width) if turned else (self.width, self.height)
        if (image.width, image.height) != expected:
            found, told = f"{image.width} × {image.height}", f"{expected[0]} × {expected[1]}"
            raise Damaged(self.name, f"its pixels are {found}, its header says {told}")
        return image


def held(image: pyvips.Image) -> pyvips.Image:
    """The image drawn and held in memory."""
    drawn = image.copy_memory()
    # Of pixels that lie in an array already no copy is made, and pyvips forgets that it borrows them.
    drawn._references.append(image)
    return drawn


def split_alpha(image: pyvips.Image) -> tuple[pyvips.Image, pyvips.Image | None]:
    """The colour bands (1, 3 or 4 for CMYK) and the alpha band, if any; further bands are dropped."""
    bands = color_bands(image)
    if image.bands == bands:
        return image, None
    return image.extract_band(0, n=bands), image.extract_band(bands)


def color_bands(image: pyvips.Image) -> int:
    """How many of the bands are colour: 1, 3, or 4 for CMYK."""
    if image.interpretation == "cmyk" and image.bands >= 4:
        return 4
    return 1 if image.bands < 3 else 3


def upright(image: pyvips.Image, orientation: int) -> pyvips.Image:
    """Apply an EXIF orientation (1-8) and drop the tag."""
    image = image.copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return image.autorot()


def deepen(image: pyvips.Image, bits: int) -> pyvips.Image:
    """Integer samples of any depth, rescaled to 8 or 16 bits."""
    if image.format == "uchar":
        return image if bits == 8 else (image.cast("ushort") * 257).cast("ushort")
    if image.format == "ushort":
        return image if bits == 16 else eight_bit(image)
    # Float alpha runs from 0 to 1.
    full = 255.0 if bits == 8 else 65535.0
    return (image * full).rint().cast("uchar" if bits == 8 else "ushort")


def dots_per_inch(image: pyvips.Image) -> tuple[float, float] | None:
    """The resolution that a file states, or None; libvips fills in a default that means nothing."""
    across, down = image.xres * 25.4, image.yres * 25.4
    if not image.get_typeof("resolution-unit"):
        # A PNG says it without a unit of its own, and without one libvips gives 72 as 2834 pixels a metre.
        is_png = image.get_typeof("vips-loader") and "png" in image.get("vips-loader")
        if not is_png or round(image.xres * 1000) == 2834:
            return None
    if not (math.isfinite(across) and math.isfinite(down) and across > 0 and down > 0):
        return None
    return round(across, 3), round(down, 3)
