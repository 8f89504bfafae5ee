"""The second decoder of TIFF: tifffile and imagecodecs unpack, and the samples are turned into colour here.

For layouts that libvips refuses, or reads as garbage without a word.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.errors import Damaged, UnsupportedFormat
from tintype.photo import wary
from tintype.photo.decoder import spread
from tintype.photo.depth import eight_bit_array
from tintype.photo.formats import _tiff_layout as tags
from tintype.photo.formats._tiff_layout import FLOAT, INT, UINT, Layout
from tintype.photo.pages import failing, need
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

# tifffile warns of damage that is said in our own words.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

_NAMES = {tags.MASK: "a transparency mask", 32803: "a camera's mosaic", 32844: "LogL", 32845: "LogLuv",
          10: "ITU Lab", 34892: "linear raw"}  # fmt: skip
_BT601 = (0.299, 0.587, 0.114)


def check(page: Layout, name: str) -> None:
    """Refuse what this decoder can't read either. Raises UnsupportedFormat."""
    if not (page.width and page.height):
        raise Damaged(name, f"its size is {page.width} × {page.height}")
    why = ""
    form = {UINT: "unsigned", INT: "signed", FLOAT: "floating-point"}.get(page.form, "mixed or complex")
    if page.photometric not in tags.COLORS:
        why = (
            f"a TIFF of {_NAMES.get(page.photometric or 0, f'photometric interpretation {page.photometric}')}"
        )
    elif not page.form or not 1 <= page.bits <= 64:
        why = f"a TIFF with samples of {form} kind"
    elif page.samples < page.colors:
        why = f"a TIFF of {page.samples} samples, too few for its colours"
    elif page.associated and page.photometric not in (tags.BLACK_IS_ZERO, tags.RGB, tags.SEPARATED):
        why = "a TIFF with premultiplied transparency in this colour space"
    elif page.photometric in (tags.PALETTE, tags.CIELAB, tags.ICCLAB, tags.YCBCR) and (
        page.form != UINT or page.bits > 16 or (page.bits < 8 and page.photometric != tags.PALETTE)
    ):
        why = f"a TIFF with {page.bits}-bit {form} samples in this colour space"
    elif page.photometric == tags.YCBCR and page.planes and page.compression in (tags.JPEG, tags.OLD_JPEG):
        why = "a TIFF of YCbCr whose planes are JPEG pictures"
    elif _subsampled(page) and (page.planes or page.bits != 8):
        why = "a TIFF whose colours are coarser than its lightness, in planes"
    if why:
        raise UnsupportedFormat(name, why)


def _subsampled(page: Layout) -> bool:
    return page.photometric == tags.YCBCR and page.compression not in (tags.JPEG, tags.OLD_JPEG) and (
        page.subsampling not in (None, (1, 1)))  # fmt: skip


def header(page: Layout) -> pyvips.Image:
    """A picture of the kind that `decode` gives, without pixels; for samples of 8 or 16 bits."""
    bands = (page.colors if page.photometric != tags.PALETTE else 3) + (page.alpha is not None)
    lab = page.photometric in (tags.CIELAB, tags.ICCLAB)
    few = (page.bits <= 8 and page.form == UINT) or page.photometric == tags.PALETTE
    kind = "float" if lab else "uchar" if few else "ushort"
    image = pyvips.Image.black(page.width, page.height, bands=bands).cast(kind)
    return image.copy(interpretation=_interpretation(page, kind))


def wide(page: Layout) -> bool:
    """Whether white has to be told from the values."""
    if page.photometric not in (tags.WHITE_IS_ZERO, tags.BLACK_IS_ZERO, tags.RGB):
        return False
    return page.form != UINT or page.bits > 24


def decode(source: PhotoFile, number: int, page: Layout, settings: Settings) -> pyvips.Image:
    """The pixels of a page (`number` from 0). Raises PhotoError."""

    def apart() -> tuple[NDArray[Any], str]:
        return wary.call(settings, source.name, _drawn, source, number, page)

    array, interpretation = failing(source.name, "TIFF", apart)
    return pyvips.Image.new_from_array(array).copy(interpretation=interpretation)


def _drawn(source: PhotoFile, number: int, page: Layout) -> tuple[NDArray[Any], str]:
    """The pixels of a page as they travel between processes: an array, and what it shows."""
    image = failing(source.name, "TIFF", lambda: _decode(source, number, page))
    array = image.numpy()
    return array.reshape(image.height, image.width, image.bands), image.interpretation


def _decode(source: PhotoFile, number: int, page: Layout) -> pyvips.Image:
    name = source.name
    tifffile = need("tifffile", "tiff", "this kind of TIFF", name)
    need("imagecodecs", "tiff", "this kind of TIFF", name)

    with source.open() as file, tifffile.TiffFile(file) as opened:
        found = opened.pages[number]
        if page.photometric == tags.YCBCR and page.compression not in (tags.JPEG, tags.OLD_JPEG):
            array: NDArray[Any] = _ycbcr_segments(tifffile, found, page)
        else:
            array = found.asarray()
    if page.planes and array.ndim == 3 and array.shape[0] == page.samples:
        array = np.moveaxis(array, 0, -1)
    array = array.reshape(array.shape[0], array.shape[1], -1)
    if array.shape != (page.height, page.width, page.samples):
        raise Damaged(name, f"{array.shape} samples instead of {(page.height, page.width, page.samples)}")
    return _colored(array, page, source, number)


def _colored(array: NDArray[Any], page: Layout, source: PhotoFile, number: int) -> pyvips.Image:
    colors = array[..., : page.colors]
    alpha = None if page.alpha is None else array[..., page.alpha : page.alpha + 1]
    if wide(page):
        colors = _narrowed(colors)
        # Transparency is no photograph's white: its full is its type's.
        planes = [colors] if alpha is None else [colors, _narrowed(alpha)]
        joined = np.concatenate(planes, axis=-1)
        if page.associated:
            joined = _divided(joined, page)
        return _image(joined, page)
    if page.photometric == tags.PALETTE:
        return _image(_palette(colors[..., 0], source, number), page)
    scaled = [_scaled(plane, page) for plane in ([colors] if alpha is None else [colors, alpha])]
    if page.photometric in (tags.CIELAB, tags.ICCLAB):
        lab = _lab(array[..., :3], page)
        full = 255.0 if page.bits <= 8 else 65535.0
        planes = [lab, *(a.astype(np.float32) / full for a in scaled[1:])]
        return _image(np.concatenate(planes, axis=-1), page)
    if page.photometric == tags.WHITE_IS_ZERO:
        scaled[0] = np.iinfo(scaled[0].dtype).max - scaled[0]
    if page.photometric == tags.YCBCR and page.compression not in (tags.JPEG, tags.OLD_JPEG):
        scaled[0] = _rgb_of_ycbcr(scaled[0], page)
    joined = np.concatenate(scaled, axis=-1)
    return _image(_divided(joined, page) if page.associated else joined, page)


def _interpretation(page: Layout, kind: str) -> str:
    if page.photometric in (tags.CIELAB, tags.ICCLAB):
        return "lab"
    if page.photometric == tags.SEPARATED:
        return "cmyk"
    one = page.colors == 1 and page.photometric != tags.PALETTE
    if kind == "ushort":
        return "grey16" if one else "rgb16"
    return "b-w" if one else "srgb"


def _image(array: NDArray[Any], page: Layout) -> pyvips.Image:
    image = pyvips.Image.new_from_array(np.ascontiguousarray(array))
    return image.copy(interpretation=_interpretation(page, image.format))


def _narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """Wide samples as a type that libvips has."""
    kind = array.dtype.newbyteorder("=")
    if kind == np.float16:
        return array.astype(np.float32)
    if kind == np.uint64:
        return (array >> 32).astype(np.uint32) if array.max() > 0xFFFFFFFF else array.astype(np.uint32)
    if kind == np.int64:
        return (array >> 32).astype(np.int32) if array.max() > 0x7FFFFFFF else array.astype(np.int32)
    return array.astype(kind)


def _scaled(array: NDArray[Any], page: Layout) -> NDArray[Any]:
    """Samples as 8 or 16 bits with white at the top."""
    if page.form == FLOAT:
        return np.rint(np.clip(array.astype(np.float64), 0, 1) * 65535).astype(np.uint16)
    if page.form == INT:
        full = (1 << (page.bits - 1)) - 1
        return np.rint(np.clip(array.astype(np.float64) / full, 0, 1) * 65535).astype(np.uint16)
    if page.bits > 16:
        return (array >> (page.bits - 16)).astype(np.uint16)
    return spread(array.astype(np.uint8 if page.bits <= 8 else np.uint16), page.bits)


def _divided(array: NDArray[Any], page: Layout) -> NDArray[Any]:
    """Colours that were multiplied by the transparency, as they were before."""
    full = 1.0 if array.dtype.kind == "f" else float(np.iinfo(array.dtype).max)
    alpha = array[..., -1:].astype(np.float64) / full
    colors = array[..., :-1] / np.maximum(alpha, 1e-9)
    colors = np.where(alpha > 0, np.minimum(colors, full), 0)
    if array.dtype.kind != "f":
        colors = np.rint(colors)
    return np.concatenate([colors.astype(array.dtype), array[..., -1:]], axis=-1)


def _palette(index: NDArray[Any], source: PhotoFile, number: int) -> NDArray[np.uint8]:
    tifffile = need("tifffile", "tiff", "this kind of TIFF", source.name)

    with source.open() as file, tifffile.TiffFile(file) as opened:
        colors = np.asarray(opened.pages[number].colormap)
    if int(index.max()) >= colors.shape[1]:
        raise Damaged(source.name, "a pixel has a colour outside the palette")
    return eight_bit_array(colors.T[index])


def _lab(array: NDArray[Any], page: Layout) -> NDArray[np.float32]:
    """TIFF 6.0, section 23, and Adobe's ICC L*a*b*: L from 0, a and b signed, or from -128."""
    values = array.astype(np.float32)
    scale = float(1 << (page.bits - 8))
    if page.photometric == tags.ICCLAB:
        L = values[..., :1] * (100 / (255.0 if page.bits == 8 else 65280.0))
        return np.concatenate([L, values[..., 1:] / scale - 128], axis=-1)
    L = values[..., :1] * (100 / (256 * scale - 1))
    ab = values[..., 1:] / scale
    return np.concatenate([L, np.where(ab >= 128, ab - 256, ab)], axis=-1)


def _ycbcr_segments(tifffile: Any, found: Any, page: Layout) -> NDArray[np.uint8]:
    """YCbCr that no JPEG packs: units of across × down lightnesses and two colours (TIFF 6.0, section 21).

    Many writers forget to say that their colours are as fine as their lightness; the bytes of a segment tell.
    """
    across, down = page.subsampling or (2, 2)
    if (across, down) == (1, 1) or page.planes or page.bits != 8:
        whole: NDArray[np.uint8] = found.asarray()
        return whole
    unpack = tifffile.TIFF.DECOMPRESSORS[page.compression] if page.compression != 1 else bytes
    width, height = page.tile
    columns = -(-page.width // width)
    made = np.zeros((-(-page.height // height) * height, columns * width, page.samples), np.uint8)
    for n, (offset, size) in enumerate(zip(found.dataoffsets, found.databytecounts, strict=True)):
        top, left = n // columns * height, n % columns * width
        rows = height if page.tiled else min(height, page.height - top)
        found.parent.filehandle.seek(offset)
        data = np.frombuffer(bytes(unpack(found.parent.filehandle.read(size))), np.uint8)
        made[top : top + rows, left : left + width, :3] = _units(data, rows, width, across, down, page)
    return made[: page.height, : page.width]


def _units(
    data: NDArray[np.uint8], rows: int, width: int, across: int, down: int, page: Layout
) -> NDArray[np.uint8]:
    plain = rows * width * 3
    units = -(-rows // down), -(-width // across)
    packed = units[0] * units[1] * (across * down + 2)
    if page.subsampling is None and data.size == plain:
        return data.reshape(rows, width, 3)
    if data.size < packed:
        msg = f"a segment has {data.size} bytes instead of {packed}"
        raise ValueError(msg)
    block = data[:packed].reshape(*units, across * down + 2)
    Y = block[..., :-2].reshape(*units, down, across).swapaxes(1, 2)
    Y = Y.reshape(units[0] * down, units[1] * across)[:rows, :width]
    C = block[..., -2:].repeat(down, axis=0).repeat(across, axis=1)[:rows, :width]
    return np.concatenate([Y[..., None], C], axis=-1)


def _rgb_of_ycbcr(array: NDArray[Any], page: Layout) -> NDArray[Any]:
    """TIFF 6.0, section 21: scaled by the reference black and white, then by the luma coefficients."""
    full = float(np.iinfo(array.dtype).max)
    middle = (full + 1) / 2
    told: tuple[float, ...] = (
        page.reference if len(page.reference) == 6 else (0.0, full, middle, full, middle, full)
    )
    if full > 255 and max(told) <= 255:
        told = tuple(n * 257 for n in told)  # some writers give those of 8 bits
    black, white = np.array(told[::2]), np.array(told[1::2])
    scaled = (array - black) / np.maximum(white - black, 1e-9) * np.array([full, middle - 1, middle - 1])
    red, green, blue = page.coefficients if len(page.coefficients) == 3 else _BT601
    R = scaled[..., 2] * (2 - 2 * red) + scaled[..., 0]
    B = scaled[..., 1] * (2 - 2 * blue) + scaled[..., 0]
    G = (scaled[..., 0] - blue * B - red * R) / max(green, 1e-9)
    return np.rint(np.clip(np.stack([R, G, B], axis=-1), 0, full)).astype(array.dtype)
