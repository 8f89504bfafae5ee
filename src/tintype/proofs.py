"""Proofs: small pictures that show what was done. Before and after side by side, and the confidence map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyvips

from tintype.errors import NetworkError, PhotoError
from tintype.photo.write import replacing

if TYPE_CHECKING:
    from tintype.colorizer import Chroma, Colorizer, Sitting

LONGEST = 2000
"""Longest side of each half of a comparison, px: it is to be looked at, not to be kept."""


def comparison(
    colorizer: Colorizer, sitting: Sitting, chroma: Chroma, *, longest: int = LONGEST
) -> pyvips.Image:
    """The photograph as it was and as it is now, side by side.

    Parameters
    ----------
    colorizer, sitting, chroma
        As the pipeline made them.
    longest : int
        Longest side of each half, px; a smaller photograph keeps its size.

    Returns
    -------
    pyvips.Image
        8-bit sRGB, both halves of one size with a white gutter between them.
    """
    photo = sitting.photo
    scale = min(1.0, longest / max(photo.width, photo.height))
    height, width = max(1, round(photo.height * scale)), max(1, round(photo.width * scale))
    before = _rgb8(photo.open() if scale == 1 else photo.thumbnail(width, height))
    painted = colorizer.paint(sitting, chroma, shape=(height, width))
    after = painted.encode(lambda image: _rgb8(image).copy_memory())
    gutter = max(2, width // 100)
    return before.join(after, "horizontal", shim=gutter, background=[255, 255, 255])


def confidence_map(sitting: Sitting, chroma: Chroma) -> pyvips.Image:
    """How sure the network is of each colour: 8-bit grey at the photograph's size, black 0 to white 1.

    Raises NetworkError when the network gives colours without a distribution.
    """
    if chroma.confidence is None:
        msg = f"{sitting.photo.name}: this network gives no confidence; use one that does, such as tintype"
        raise NetworkError(msg)
    codes = np.rint(np.clip(chroma.confidence, 0, 1) * 255).astype(np.uint8)
    small = pyvips.Image.new_from_array(np.ascontiguousarray(codes))
    across, down = sitting.photo.width / small.width, sitting.photo.height / small.height
    grown = small.resize(across, vscale=down, kernel="linear")
    return grown.copy(interpretation="b-w")


def check_name(target: Path) -> None:
    """Raise PhotoError when the name's suffix is none that a proof can be written in."""
    suffix = target.suffix.lower()
    if suffix not in (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"):
        msg = f"{target}: {suffix or 'no suffix'!r} names no picture; use .png or .jpg"
        raise PhotoError(msg)


def save_picture(image: pyvips.Image, target: Path, *, overwrite: bool = False) -> None:
    """Write a proof; the format follows the name, and the file is whole or not there. Raises PhotoError."""
    check_name(target)
    with replacing(target, overwrite=overwrite) as temporary:
        named = temporary.with_suffix(target.suffix.lower())
        try:
            image.write_to_file(str(named))
            named.replace(temporary)
        finally:
            named.unlink(missing_ok=True)


def _rgb8(image: pyvips.Image) -> pyvips.Image:
    if image.format == "ushort":
        image = (image >> 8).cast("uchar")
    image = image.copy(interpretation="b-w" if image.bands == 1 else "srgb")
    return image if image.bands == 3 else image.colourspace("srgb")
