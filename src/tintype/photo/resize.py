"""Pictures at another size, to the pixel, and with what is in the middle left in the middle."""

from __future__ import annotations

from typing import Literal

import pyvips

_ENLARGED_BY = {"lanczos3": "bicubic", "linear": "bilinear"}
"""What libvips' own resizing enlarges with, where it shrinks with these."""


def resize_exactly(
    image: pyvips.Image,
    width: int,
    height: int,
    extent: tuple[float, float] | None = None,
    kernel: Literal["lanczos3", "linear"] = "lanczos3",
) -> pyvips.Image:
    """Return the image at exactly `width` × `height`, its edges still at the edges.

    Pixel x of the result, between x and x + 1, shows the place (x + ½) / scale - ½ of the image, as with
    scikit-image, Pillow and torch's ``align_corners=False``. (`pyvips.Image.resize` keeps to that where it
    shrinks; what it enlarges lies half a pixel of the result too far to the right and below.)

    Parameters
    ----------
    image : pyvips.Image
    width, height : int
    extent : (float, float), optional
        How many pixels of `image` fill the result; may end inside its last one. A JPEG shrunk by 8 rounds its
        size up: its last column is partly padding, which must not squeeze the rest.
    kernel : {"lanczos3", "linear"}
        What shrinks; what it enlarges is cubic (Catmull-Rom) or linear.
    """
    extent = extent or (image.width, image.height)
    across, down = width / extent[0], height / extent[1]
    if across < 1 or down < 1:
        image = image.resize(min(across, 1), vscale=min(down, 1), kernel=kernel)
    if across > 1 or down > 1:
        return _enlarged(image, width, height, max(across, 1), max(down, 1), _ENLARGED_BY[kernel])
    if (image.width, image.height) == (width, height):
        return image
    if image.width > width or image.height > height:
        image = image.crop(0, 0, min(width, image.width), min(height, image.height))
    return image.embed(0, 0, width, height, extend="copy")


def _enlarged(
    image: pyvips.Image, width: int, height: int, across: float, down: float, how: str
) -> pyvips.Image:
    # In whole numbers libvips rounds the kernel's weights too.
    exact = image.cast("float")
    made = exact.affine(
        [across, 0, 0, down],
        interpolate=pyvips.Interpolate.new(how),
        odx=(across - 1) / 2,
        ody=(down - 1) / 2,
        oarea=[0, 0, width, height],
        extend="copy",
    )
    return made if image.format in ("float", "double") else made.rint().cast(image.format)
