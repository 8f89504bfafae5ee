"""True photographs: read as the pipeline reads them, shrunk, and given to it as files."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tintype.dataset.sources import FoundPhoto
from tintype.errors import PhotoError
from tintype.photo.depth import eight_bit_array
from tintype.photo.errors import translate
from tintype.photo.read import read
from tintype.settings import Settings


def load(source: FoundPhoto, short: int) -> NDArray[np.uint8]:
    """The photograph, upright, sRGB, uint8 (h, w, 3), its short side shrunk to `short` px (0: as it is).

    Smaller photographs stay as they are.

    Raises
    ------
    PhotoError
        If it is damaged, or has no colour at all.
    """
    held = source.read()
    if isinstance(held, np.ndarray):
        held = encode(held)
    photo = read(held, Settings(page=1), name=source.name)[0]
    height, width = photo.height, photo.width
    if short and min(height, width) > short:
        scale = short / min(height, width)
        height, width = max(1, round(height * scale)), max(1, round(width * scale))
        image = photo.thumbnail(width, height)
    else:
        image = photo.open()
    if image.bands != 3:
        msg = f"{source.name}: a grey photograph; its true colours are not known"
        raise PhotoError(msg)
    with translate(source.name):
        return eight_bit_array(image.numpy())


def encode(rgb: NDArray[np.uint8]) -> bytes:
    """Pixels as the bytes of a file that the pipeline reads: an uncompressed TIFF."""
    import pyvips

    image = pyvips.Image.new_from_array(np.ascontiguousarray(rgb)).copy(interpretation="srgb")
    return bytes(image.write_to_buffer(".tif"))
