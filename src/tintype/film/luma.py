"""Y'CbCr as films store it: ranges, matrices, and the grey that is kept.

The luma Y' of a black-and-white film, stretched to its full range, is taken for sRGB-encoded grey, as
players show it. From there on it is a grey picture like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float

Plane = NDArray[np.uint8] | NDArray[np.uint16]

# Luma weights of red and blue. ITU-R BT.601-7, BT.709-6, BT.2020-2.
_WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
# ITU-T H.273, table 4 (matrix coefficients), as FFmpeg numbers them.
_MATRICES = {1: "bt709", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}
_CODES = {"bt709": 1, "bt601": 6, "bt2020": 9}
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_HD_LINES = 720  # players take an untagged film with fewer lines for BT.601


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the samples of a film mean light.

    Attributes
    ----------
    matrix : str
        bt601, bt709 or bt2020.
    full : bool
        Samples use the whole range; else 16-235 of 255 (ITU-R BT.601-7, 2.5.3).
    bits : int
        8 or 10 a sample.
    tagged : bool
        Whether the film says its matrix itself.
    """

    matrix: str
    full: bool
    bits: int = 8
    tagged: bool = True

    @property
    def code(self) -> int:
        """The matrix by its number in ITU-T H.273."""
        return _CODES[self.matrix]

    @property
    def span(self) -> tuple[float, float, float]:
        """Code of black, codes from black to white, and codes from neutral to the end of Cb and Cr."""
        scale = 2.0 ** (self.bits - 8)
        if self.full:
            return 0.0, 2.0**self.bits - 1, (2.0**self.bits - 1) / 2
        return 16 * scale, 219 * scale, 112 * scale


def encoding_of(color_range: int, colorspace: int, format_name: str, height: int) -> Encoding:
    """The encoding that a stream states, or that players assume where it states none.

    Of a film in R'G'B' it is the one that its luma is computed in: the usual one of its size.
    """
    bits = 10 if any(depth in format_name for depth in ("10", "12", "14", "16", "48", "64")) else 8
    assumed = "bt601" if height < _HD_LINES else "bt709"
    if is_rgb(format_name):
        return Encoding(assumed, full=False, bits=bits)
    full = color_range == _FULL_RANGE or format_name.startswith(("yuvj", "gray", "ya"))
    matrix = _MATRICES.get(colorspace)
    return Encoding(matrix or assumed, full and color_range != 1, bits, matrix is not None)


def is_rgb(format_name: str) -> bool:
    """Whether a pixel format of FFmpeg holds R'G'B', or a palette of it."""
    return format_name.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal", "mono", "x2"))


def luma_of(rgb: Plane, encoding: Encoding) -> Plane:
    """Luma samples of R'G'B' (h, w, 3), uint8 or uint16 in their full range."""
    kr, kb = _WEIGHTS[encoding.matrix]
    black, white, _ = encoding.span
    weights = np.array([kr, 1 - kr - kb, kb], np.float32) * np.float32(white / np.iinfo(rgb.dtype).max)
    made = np.rint(rgb.astype(np.float32) @ weights + np.float32(black))
    return cast(Plane, made.astype(np.uint16 if encoding.bits > 8 else np.uint8))


def grey_of(luma: Plane, encoding: Encoding) -> Float:
    """sRGB-encoded grey, float32 0-1, of luma samples."""
    black, white, _ = encoding.span
    grey = (luma.astype(np.float32) - np.float32(black)) * np.float32(1 / white)
    return np.clip(grey, 0, 1, out=grey)


def ycc_from_rgb(red: Float, green: Float, blue: Float, encoding: Encoding) -> tuple[Float, Float, Float]:
    """Y' 0-1, Cb and Cr -0.5 to 0.5 of R'G'B' 0-1 (ITU-R BT.709-6, 3.2 and 3.3)."""
    kr, kb = _WEIGHTS[encoding.matrix]
    luma = np.float32(kr) * red + np.float32(1 - kr - kb) * green + np.float32(kb) * blue
    return luma, (blue - luma) * np.float32(0.5 / (1 - kb)), (red - luma) * np.float32(0.5 / (1 - kr))


def plane_of(frame: Any, index: int, bits: int) -> Plane:
    """Samples of one plane of an `av.VideoFrame`, without the padding at the end of its rows."""
    plane = frame.planes[index]
    dtype = np.uint16 if bits > 8 else np.uint8
    rows = np.frombuffer(plane, dtype).reshape(-1, plane.line_size // dtype().itemsize)
    return cast(Plane, rows[: plane.height, : plane.width])


def negative(luma: Plane, encoding: Encoding) -> Plane:
    """Luma of a negative as that of its positive: black and white change places, within the film's range."""
    black, white, _ = encoding.span
    turned = 2 * black + white - luma.astype(np.int32)
    return cast(Plane, np.clip(turned, 0, 2**encoding.bits - 1).astype(luma.dtype))


def rgb_from_ycc(luma: Float, cb: Float, cr: Float, encoding: Encoding) -> tuple[Float, Float, Float]:
    """R'G'B', not clipped, of Y' 0-1, Cb and Cr -0.5 to 0.5: what players show."""
    kr, kb = _WEIGHTS[encoding.matrix]
    red = luma + np.float32(2 * (1 - kr)) * cr
    blue = luma + np.float32(2 * (1 - kb)) * cb
    green = (luma - np.float32(kr) * red - np.float32(kb) * blue) * np.float32(1 / (1 - kr - kb))
    return red, np.asarray(green, dtype=np.float32), blue
