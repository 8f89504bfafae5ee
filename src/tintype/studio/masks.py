"""Masks of what stays grey, as a page paints them: any size, stretched over the photograph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyvips

from tintype.color.resample import fit_longest
from tintype.errors import PhotoError
from tintype.files import write_bytes
from tintype.photo.depth import eight_bit
from tintype.photo.errors import translate
from tintype.photo.read import read
from tintype.photo.resize import resize_exactly
from tintype.settings import Settings
from tintype.studio.limits import Limits
from tintype.studio.models import PhotoModel
from tintype.studio.problems import ApiError

_LONGEST = 4096


def keep(data: bytes, photo: PhotoModel, path: Path, limits: Limits) -> None:
    """Write a mask in the photograph's shape, one band of 8 bits. Raises ApiError if it is no picture."""
    try:
        mask = read(
            data,
            Settings(page=1, max_pixels=limits.mask_pixels, max_memory=limits.photo_megabytes),
            name="the mask",
        )[0]
    except PhotoError as error:
        raise ApiError(422, "mask_unreadable", f"{error}") from error
    if mask.format != "png":
        raise ApiError(422, "mask_unreadable", f"The mask is {mask.format.upper()}; send a PNG.")
    # No larger than the mask's own pixels ask for.
    finest = max(mask.width / photo.width, mask.height / photo.height)
    height, width = fit_longest(
        photo.height, photo.width, min(_LONGEST, finest * max(photo.width, photo.height))
    )
    with translate("the mask"):
        grey = mask.open().copy_memory()
        grey = grey.colourspace("b-w") if grey.bands > 1 else grey
        grey = eight_bit(grey)
        alpha = mask.open_alpha()
        if alpha is not None:  # what was not painted is transparent
            shown = grey.numpy().astype(np.uint16) * eight_bit(alpha).copy_memory().numpy() // 255
            grey = pyvips.Image.new_from_array(shown.astype(np.uint8).reshape(mask.height, mask.width))
        grey = resize_exactly(grey, width, height, kernel="linear").copy(interpretation="b-w")
        encoded: bytes = grey.pngsave_buffer(compression=3)
    write_bytes(path, encoded, overwrite=True)
