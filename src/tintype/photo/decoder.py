"""Draw the pages of a file through libvips, as often as they are needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyvips

# libvips keeps its last hundred operations, with the pixels of photographs that are done with.
pyvips.cache_set_max(0)

LOADERS = {
    "jpeg": "jpegload_source",
    "png": "pngload_source",
    "tiff": "tiffload_source",
    "webp": "webpload_source",
    "avif": "heifload_source",
    "gif": "gifload_source",
}


# Formats whose files hold several pictures, reached by number.
_PAGED = ("tiff", "gif", "webp", "avif")


@dataclass(frozen=True, slots=True)
class VipsDecoder:
    """Draws one page of a file, or of bytes, through libvips."""

    data: str | bytes = field(repr=False)
    format: str
    page: int  # from 0
    lab8: int | None = None  # see `tintype.photo.metadata.exif.TiffPage`

    def image(self, *, sequential: bool) -> pyvips.Image:
        """See `tintype.photo.model.Decoder`."""
        return self._load(access="sequential" if sequential else "random")

    def shrunk(self, factor: float) -> tuple[pyvips.Image, float]:
        """See `tintype.photo.model.Decoder`: JPEG shrinks by 2, 4 or 8, the other formats don't."""
        # What the decoder leaves is at least 1.5 times the size asked for, so that the last step, a Lanczos
        # resize, decides how the picture looks, as it does for the formats that don't shrink.
        room = factor / 1.5
        if self.format == "jpeg" and room >= 2:
            shrink = 8 if room >= 8 else 4 if room >= 4 else 2
            return self._load(access="sequential", shrink=shrink), float(shrink)
        return self._load(access="sequential"), 1.0

    def _load(self, **options: Any) -> pyvips.Image:
        if self.format in _PAGED and self.page:
            options["page"] = self.page
        data = self.data if self.lab8 is None else self._as_rgb(self.lab8)
        if isinstance(data, bytes):
            source = pyvips.Source.new_from_memory(data)
        else:
            source = pyvips.Source.new_from_file(data)
        # "error": a truncated or damaged file must fail, not come out half grey.
        image = pyvips.Operation.call(LOADERS[self.format], source, fail_on="error", **options)
        image._references.append(source)
        if self.lab8 is not None:
            return _lab_of_bytes(image)
        if self.format == "avif" and image.format == "ushort":
            return _spread(image)
        return image

    def _as_rgb(self, position: int) -> bytes:
        """The file with the page called RGB: libvips 8.18 refuses 8-bit CIE Lab, but would read its bytes."""
        content = self.data if isinstance(self.data, bytes) else Path(self.data).read_bytes()
        word = b"\2\0" if content[:2] == b"II" else b"\0\2"
        return content[:position] + word + content[position + 2 :]


def _lab_of_bytes(image: pyvips.Image) -> pyvips.Image:
    """TIFF 6.0, section 23: L as 0-255, a and b as signed bytes."""
    L = image.extract_band(0) * (100 / 255)
    ab = (image.extract_band(1, n=2) ^ 128).cast("float") - 128
    lab = L.cast("float").bandjoin(ab)
    if image.bands > 3:
        lab = lab.bandjoin(image.extract_band(3).cast("float") / 255)
    return lab.copy(interpretation="lab")


def _spread(image: pyvips.Image) -> pyvips.Image:
    """10 and 12 bits come shifted to the top of 16; spread them, so that white is 65535."""
    depth = image.get("bits-per-sample") if image.get_typeof("bits-per-sample") else 16
    if not 8 < depth < 16:
        return image
    return (image | (image >> depth)).copy(interpretation=image.interpretation)
