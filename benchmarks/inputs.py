"""Photographs to measure with: a real one, enlarged, with grain, so that it compresses like a scan."""

from __future__ import annotations

from pathlib import Path

import pyvips
from skimage import data


def photograph(megapixels: float, *, bits: int = 8) -> pyvips.Image:
    """A grey photograph of that size, 3:2, with grain."""
    width = round((megapixels * 1e6 * 1.5) ** 0.5)
    height = round(width / 1.5)
    grey = pyvips.Image.new_from_array(data.coffee()).colourspace("b-w")
    grey = grey.resize(width / grey.width, vscale=height / grey.height, kernel="cubic")
    grain = pyvips.Image.gaussnoise(width, height, sigma=3, mean=0)
    # Evaluated once and kept: random numbers are drawn again at every read otherwise.
    noisy = (grey + grain) * (257 if bits == 16 else 1)
    return noisy.cast("ushort" if bits == 16 else "uchar").copy(
        interpretation="grey16" if bits == 16 else "b-w"
    )


def write(folder: Path, megapixels: float, *, bits: int = 8, suffix: str = ".jpg") -> Path:
    """Write such a photograph (once) and give its path."""
    path = folder / f"{megapixels:g}mp-{bits}bit{suffix}"
    if not path.exists():
        options = {"compression": "lzw", "tile": True} if suffix == ".tif" else {"Q": 92}
        photograph(megapixels, bits=bits).write_to_file(str(path), **options)
    return path
