"""Pictures in memory: PIL images, arrays and bytes go in and come back as what they were."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.errors import PhotoError
from tintype.settings import Settings

if TYPE_CHECKING:
    from tintype.colorizer import Colorizer


def colorize_picture(colorizer: Colorizer, picture: Any, settings: Settings) -> Any:
    """Colour what `Colorizer.__call__` was given; see there."""
    if isinstance(picture, bytes | bytearray | memoryview):
        return _bytes(colorizer, bytes(picture), "<bytes>", settings)
    if isinstance(picture, np.ndarray):
        return _array(colorizer, picture, settings)
    if isinstance(picture, str | os.PathLike):
        from tintype.colorizer import target_beside

        picture = Path(picture)
        photo = colorizer.prepare(picture, settings)[0].photo
        result = colorizer.save(picture, target_beside(picture, photo, settings), settings)
        if not result.targets:
            msg = f"{os.fspath(picture)}: {result.notes[-1]}"
            raise PhotoError(msg)
        return result.targets[0]
    if hasattr(picture, "read"):
        return _bytes(colorizer, picture.read(), getattr(picture, "name", "<file>"), settings)
    if type(picture).__module__.startswith("PIL."):
        return _pil(colorizer, picture, settings)
    msg = f"a {type(picture).__name__} is not a picture; give a path, bytes, a PIL image or an array"
    raise PhotoError(msg)


def _bytes(colorizer: Colorizer, data: bytes, name: str, settings: Settings) -> bytes:
    result = colorizer.save(data, None, settings, name=name)
    if result.data is None:
        msg = f"{name}: {result.notes[-1]}"
        raise PhotoError(msg)
    return result.data


def _array(colorizer: Colorizer, array: NDArray[Any], settings: Settings) -> NDArray[Any]:
    """(H, W), (H, W, 1), RGB or RGBA; uint8, uint16, or floats 0-1. RGB(A) of the same dtype comes back."""
    if array.ndim not in (2, 3) or array.size == 0 or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        msg = f"<array>: shape {array.shape} is not a picture; give (H, W), (H, W, 3) or (H, W, 4)"
        raise PhotoError(msg)
    if np.issubdtype(array.dtype, np.floating):
        low, high = float(array.min()), float(array.max())
        if not (low >= 0 and high <= 1):
            msg = f"<array>: floats run from {low:g} to {high:g}; scale them to 0-1, or give uint8 or uint16"
            raise PhotoError(msg)
        codes = np.rint(array.astype(np.float64) * 65535).astype(np.uint16)
    elif array.dtype in (np.uint8, np.uint16):
        codes = array
    else:
        msg = f"<array>: dtype {array.dtype} is not supported; give uint8, uint16 or floats 0-1"
        raise PhotoError(msg)
    image = pyvips.Image.new_from_array(np.ascontiguousarray(codes))
    deep = codes.dtype == np.uint16
    bands = image.bands
    names = {1: ("b-w", "grey16"), 3: ("srgb", "rgb16"), 4: ("srgb", "rgb16")}
    image = image.copy(interpretation=names[bands][deep])
    data = image.write_to_buffer(".tif")
    encoded = _bytes(colorizer, data, "<array>", settings.replace(format="tiff", mark=False))
    painted = pyvips.Image.new_from_buffer(encoded, "").numpy()
    if np.issubdtype(array.dtype, np.floating):
        return (painted / 65535).astype(array.dtype)
    return np.asarray(painted)


def _pil(colorizer: Colorizer, image: Any, settings: Settings) -> Any:
    from PIL import Image

    held = io.BytesIO()
    kept = {k: image.info[k] for k in ("icc_profile", "exif", "dpi") if image.info.get(k)}
    try:
        image.save(held, "TIFF", **kept)
    except (OSError, ValueError) as error:
        msg = f"<PIL image>: its mode {image.mode} can't be read; give image.convert('RGB')"
        raise PhotoError(msg) from error
    encoded = _bytes(colorizer, held.getvalue(), "<PIL image>", settings.replace(format="png"))
    result = Image.open(io.BytesIO(encoded))
    result.load()
    return result
