"""Every layout that a TIFF may have, as small files with what is right: the cross product of its tags.

photometric × extra samples × planes × bits × sample format × compression × tiles × byte order, by tifffile.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass

import numpy as np
import pyvips
import tifffile

HEIGHT, WIDTH = 32, 48
_y, _x = np.mgrid[0:HEIGHT, 0:WIDTH]
GREY = 0.08 + 0.84 * (_x / (WIDTH - 1) * 0.7 + _y / (HEIGHT - 1) * 0.3)
COLOUR = np.stack([GREY, 0.1 + 0.8 * _y / (HEIGHT - 1), 0.9 - 0.7 * _x / (WIDTH - 1)], axis=-1)
FURTHER = 0.25 + 0.5 * ((_x + _y) % 16) / 16  # an extra sample: far from every colour

UNSIGNED, SIGNED, FLOATING = "uint", "int", "float"
DEPTHS = {
    UNSIGNED: (1, 2, 4, 6, 8, 10, 12, 14, 16, 24, 32, 64),
    SIGNED: (8, 16, 32, 64),
    FLOATING: (16, 24, 32, 64),
}
PHOTOMETRICS = ("miniswhite", "minisblack", "rgb", "palette", "separated", "ycbcr", "cielab", "icclab")
EXTRAS = {"none": None, "unspecified": 0, "associated": 1, "unassociated": 2}
COMPRESSIONS = ("none", "lzw", "deflate", "packbits", "zstd", "jpeg", "predictor")
_CODES = {"none": None, "deflate": "adobe_deflate", "predictor": "adobe_deflate"}


@dataclass(frozen=True)
class Cell:
    """One layout."""

    photometric: str
    extra: str
    separate: bool
    bits: int
    form: str
    compression: str
    tiled: bool
    order: str

    def __str__(self) -> str:
        planes, tiles = ("planes" if self.separate else "pixels"), ("tiles" if self.tiled else "strips")
        return (f"{self.photometric}+{self.extra} {planes} {self.form}{self.bits} {self.compression} {tiles} "
                f"{self.order}")  # fmt: skip


def cells():
    """Yield every combination that can be written at all."""
    for photometric, extra, separate, (form, bits), compression, tiled, order in itertools.product(
        PHOTOMETRICS,
        EXTRAS,
        (False, True),
        [(form, bits) for form, depths in DEPTHS.items() for bits in depths],
        COMPRESSIONS,
        (False, True),
        "<>",
    ):
        cell = Cell(photometric, extra, separate, bits, form, compression, tiled, order)
        if _sensible(cell):
            yield cell


def _sensible(cell: Cell) -> bool:
    grey = cell.photometric in ("miniswhite", "minisblack", "palette")
    if grey and cell.separate and cell.extra == "none":
        return False  # one plane is one plane
    if cell.photometric == "palette" and (cell.form != UNSIGNED or cell.bits not in (8, 16)):
        return False
    if cell.photometric == "palette" and cell.extra != "none":
        return False
    if cell.photometric in ("cielab", "icclab", "ycbcr") and (cell.form, cell.bits) not in (
        (UNSIGNED, 8), (UNSIGNED, 16)):  # fmt: skip
        return False
    if cell.compression == "jpeg":
        return (cell.form, cell.bits) == (UNSIGNED, 8) and cell.photometric in (
            "minisblack", "miniswhite", "rgb", "ycbcr", "separated") and cell.extra == "none"  # fmt: skip
    if cell.bits not in (8, 16, 32, 64) and (cell.compression != "none" or cell.form == FLOATING):
        return False  # tifffile doesn't pack what it compresses
    if cell.bits in (10, 12, 14) and cell.order == ">":
        return False  # and packs numbers whose bytes it has turned already
    if cell.bits < 8 and cell.extra == "associated":
        return False  # what is left of colours is too little to compare
    if cell.photometric == "ycbcr" and cell.compression == "predictor":
        return False
    # What differs in nothing but the codec is sampled, not multiplied.
    if cell.compression in ("packbits", "zstd", "predictor") and (cell.extra != "none" or cell.order == ">"):
        return False
    return not (cell.compression == "predictor" and cell.bits == 64 and cell.form != FLOATING)


def truth(cell: Cell) -> np.ndarray:
    """The sRGB-encoded picture (0-1) that must come out."""
    if cell.photometric in ("miniswhite", "minisblack"):
        rough = cell.bits < 8 and cell.extra != "associated"
        return np.rint(GREY * _white(cell)) / _white(cell) if rough else GREY
    if cell.photometric == "palette":
        return palette(cell)[:, _index(cell)].transpose(1, 2, 0) / 65535
    if cell.photometric == "separated":
        return _printed(min(cell.bits, 16))
    if cell.bits < 8 and cell.extra != "associated":
        return np.rint(COLOUR * _white(cell)) / _white(cell)
    return COLOUR


def _printed(bits: int) -> np.ndarray:
    """Ink on paper, as `paper` sees it."""
    steps = 2**bits - 1
    return np.rint(COLOUR * steps) / steps


def paper(image: pyvips.Image, icc: bytes | None, fallback: str, bits: int) -> pyvips.Image:
    """For the profile of coated paper, which takes much time: no ink is white, all of it is black."""
    assert fallback == "cmyk" and icc is None
    full = 255 if bits == 8 else 65535
    kind, label = ("uchar", "srgb") if bits == 8 else ("ushort", "rgb16")
    light = (full - image.extract_band(0, n=3)) * (full - image.extract_band(3)) / full
    return light.rint().cast(kind).copy(interpretation=label)


def _white(cell: Cell) -> float:
    if cell.form == FLOATING:
        return 1.0
    return float(2 ** (cell.bits - (cell.form == SIGNED)) - 1)


def _index(cell: Cell) -> np.ndarray:
    return ((_x // 3 + _y // 5) % min(2**cell.bits, 200)).astype(np.uint16)


def palette(cell: Cell) -> np.ndarray:
    """(3, 2**bits) of 16 bits."""
    n = 2**cell.bits
    ramp = np.linspace(0.1, 0.9, n)
    return (np.stack([ramp, ramp[::-1], 0.2 + 0.5 * ramp]) * 65535).astype(np.uint16)


def samples(cell: Cell) -> np.ndarray:
    """(height, width, samples) of numbers from 0 to `_white`, as the photometric wants them."""
    white = _white(cell)
    if cell.photometric == "palette":
        return _index(cell)[..., None].astype(float)
    planes = {
        "minisblack": lambda: GREY[..., None] * white,
        "miniswhite": lambda: (1 - GREY[..., None]) * white,
        "rgb": lambda: COLOUR * white,
        "separated": lambda: np.concatenate([(1 - COLOUR), np.zeros((HEIGHT, WIDTH, 1))], -1) * white,
        "ycbcr": lambda: _ycbcr(COLOUR, cell.bits),
        "cielab": lambda: _lab(COLOUR, cell.bits, icc=False),
        "icclab": lambda: _lab(COLOUR, cell.bits, icc=True),
    }[cell.photometric]()
    if cell.extra == "associated":
        planes = planes * FURTHER[..., None]
    if cell.extra != "none":
        planes = np.concatenate([planes, FURTHER[..., None] * white], axis=-1)
    return planes


def _ycbcr(rgb: np.ndarray, bits: int) -> np.ndarray:
    """ITU-R BT.601 at full range, as JFIF has it."""
    matrix = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
    white = 2.0**bits - 1
    return rgb @ matrix.T * white + np.array([0, 2.0 ** (bits - 1), 2.0 ** (bits - 1)])


def _lab(rgb: np.ndarray, bits: int, *, icc: bool) -> np.ndarray:
    from skimage.color import rgb2lab

    # TIFF's Lab is D50 where a profile says so, and D65 to libvips; only lightness is compared.
    lab = rgb2lab(rgb)
    scale = 2.0 ** (bits - 8)
    if icc:
        full = 255.0 if bits == 8 else 65280.0
        return np.stack([lab[..., 0] / 100 * full, *((lab[..., k] + 128) * scale for k in (1, 2))], -1)
    L = lab[..., 0] / 100 * (2.0**bits - 1)
    return np.stack([L, *(lab[..., k] * scale % 2**bits for k in (1, 2))], -1)


def write(cell: Cell) -> bytes | None:
    """The file's bytes, or None where tifffile can't write it."""
    values = samples(cell)
    kind = {UNSIGNED: "u", SIGNED: "i", FLOATING: "f"}[cell.form]
    size = next(n for n in (8, 16, 32, 64) if n >= cell.bits)
    if cell.form == FLOATING and cell.bits == 24:
        return None
    values = values if cell.form == FLOATING else np.floor(values + 0.5)
    if cell.form != FLOATING:
        values = np.minimum(values, np.nextafter(2.0**size, 0))
    array = values.astype(f"{kind}{size // 8}")
    array = array[..., 0] if array.shape[2] == 1 else array
    array = np.moveaxis(array, -1, 0) if cell.separate and array.ndim == 3 else array
    options = {}
    if cell.bits != size:
        options["bitspersample"] = cell.bits
    if cell.photometric == "palette":
        options["colormap"] = palette(cell)
    if cell.extra != "none":
        options["extrasamples"] = [EXTRAS[cell.extra]]
    if array.ndim == 3:
        options["planarconfig"] = "separate" if cell.separate else "contig"
    if cell.tiled:
        options["tile"] = (16, 16)
    elif cell.compression == "none":
        options["rowsperstrip"] = 9
    if cell.compression == "predictor":
        options["predictor"] = True
    held = io.BytesIO()
    try:
        tifffile.imwrite(held, array, photometric=cell.photometric, byteorder=cell.order, metadata=None,
                         compression=_CODES.get(cell.compression, cell.compression), **options)  # fmt: skip
    except (ValueError, NotImplementedError, TypeError, RuntimeError, KeyError):
        return None
    return held.getvalue()
