"""TIFF files of several pages."""

import io

import tifffile

from tintype.photo.tiff import Tiff


def tiff(*pages):
    """A TIFF of (array, options) pages."""
    held = io.BytesIO()
    kinds = [options.pop("kind", 0) for _, options in pages]
    with tifffile.TiffWriter(held) as writer:
        for array, options in pages:
            writer.write(array, contiguous=False, metadata=None, subfiletype=1, **options)
    written = Tiff(held)
    for directory, kind in zip(written.directories(), kinds, strict=True):
        written.overwrite(written.entries(directory)[254], kind)
    return held.getvalue()
