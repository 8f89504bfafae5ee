"""Pictures in memory: arrays and PIL images on their way in, and back as what they were."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import NotAPhotograph, UnsupportedFormat

if TYPE_CHECKING:
    from PIL.Image import Image

# TIFF would hold these in a layout that not every reader gets right.
_AS_RGB = ("YCbCr",)


def is_pil(source: object) -> bool:
    """Whether this is a PIL image; PIL is not imported for it."""
    return any(c.__module__.startswith("PIL.") and c.__name__ == "Image" for c in type(source).__mro__)


def codes_of(array: NDArray[Any]) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return the samples of a picture as uint8 or uint16.

    Parameters
    ----------
    array : (H, W), (H, W, 1), (H, W, 3) or (H, W, 4); uint8, uint16, or floats 0-1

    Raises
    ------
    NotAPhotograph
        When the shape, the type or the range is another.
    """
    if array.ndim not in (2, 3) or array.size == 0 or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise _not_a_picture(f"shape {array.shape} is not a picture", "give (H, W), (H, W, 3) or (H, W, 4)")
    if np.issubdtype(array.dtype, np.floating):
        low, high = float(array.min()), float(array.max())
        if not (low >= 0 and high <= 1):
            why = f"floats run from {low:g} to {high:g}"
            raise _not_a_picture(why, "scale them to 0-1, or give uint8 or uint16")
        return np.rint(array.astype(np.float64) * 65535).astype(np.uint16)
    if array.dtype not in (np.uint8, np.uint16):
        why = f"dtype {array.dtype} is not supported"
        raise _not_a_picture(why, "give uint8, uint16 or floats 0-1")
    return np.ascontiguousarray(array)


def like(painted: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return painted samples, uint8 or uint16, as the type that was given: floats run from 0 to 1."""
    if np.issubdtype(dtype, np.floating):
        full = 255 if painted.dtype == np.uint8 else 65535
        return (painted / full).astype(dtype)
    return painted


def tiff_of(image: Image) -> bytes:
    """Return a PIL image as a TIFF file, with its profile, EXIF and resolution."""
    held = io.BytesIO()
    kept = {k: image.info[k] for k in ("icc_profile", "exif", "dpi") if image.info.get(k)}
    try:
        (image.convert("RGB") if image.mode in _AS_RGB else image).save(held, "TIFF", **kept)
    except (OSError, ValueError) as error:
        why = f"its mode {image.mode} can't be read"
        remedy = "give image.convert('RGB')"
        raise UnsupportedFormat("<PIL image>", image.mode, reason=why, remedy=remedy) from error
    return held.getvalue()


def pil_of(data: bytes) -> Image:
    """Return the picture of a file as a PIL image."""
    from PIL import Image

    result = Image.open(io.BytesIO(data))
    result.load()
    return result


def _not_a_picture(why: str, remedy: str) -> NotAPhotograph:
    return NotAPhotograph("<array>", "an array", message=f"<array>: {why}; {remedy}")
