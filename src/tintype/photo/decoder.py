"""Draw the pages of a file, through libvips or another library, as often as they are needed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.photo.source import PhotoFile

# What libvips warns of is for its makers; without a handler Python would print it.
logging.getLogger("pyvips").addHandler(logging.NullHandler())


def _told(text: Any) -> str:
    """What libvips tells: of a damaged file it quotes bytes that are no UTF-8, where pyvips would stumble.

    What pyvips then leaves in libvips's buffer would make the next file fail, too, however sound it is.
    """
    said = pyvips.ffi.string(text) if text != pyvips.ffi.NULL else "NULL"
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


pyvips.error._to_string = _told


def forget_operations() -> None:
    """Keep libvips from holding its last hundred operations, with the pixels of what is done with.

    It acts on the whole process, so it is called where the process is Tintype's own: by commands, workers and
    the studio, never by the library.
    """
    pyvips.cache_set_max(0)


@dataclass(frozen=True, slots=True)
class VipsDecoder:
    """Draws one page of a file through libvips.

    Attributes
    ----------
    loader
        Name of a libvips operation that loads from a source.
    page
        From 0.
    paged
        Whether the loader takes a page's number.
    shrinks
        Whether the loader can give a picture shrunk by 2, 4 or 8, in less time.
    finish
        What is to be done with an image that the loader gives, or None.
    whole
        Whether the loader decodes a picture as a whole.
    fail_on
        From when on a damage makes the decoding fail: "error", or already a "warning".
    """

    source: PhotoFile
    loader: str
    page: int = 0
    paged: bool = False
    shrinks: bool = False
    finish: Callable[[pyvips.Image], pyvips.Image] | None = None
    whole: bool = False
    fail_on: str = "error"

    def image(self, *, sequential: bool) -> pyvips.Image:
        """See `tintype.photo.model.Decoder`."""
        return self._load(access="sequential" if sequential else "random")

    def shrunk(self, factor: float) -> tuple[pyvips.Image, float]:
        """See `tintype.photo.model.Decoder`."""
        # What the decoder leaves is at least 1.5 times the size asked for, so that the last step, a Lanczos
        # resize, decides how the picture looks, as it does for the formats that don't shrink.
        room = factor / 1.5
        if self.shrinks and room >= 2:
            shrink = 8 if room >= 8 else 4 if room >= 4 else 2
            return self._load(access="sequential", shrink=shrink), float(shrink)
        return self._load(access="sequential"), 1.0

    def _load(self, **options: Any) -> pyvips.Image:
        if self.paged and self.page:
            options["page"] = self.page
        if isinstance(self.source.data, bytes):
            source = pyvips.Source.new_from_memory(self.source.data)
        else:
            source = pyvips.Source.new_from_file(self.source.data)
        # "error": a truncated or damaged file must fail, not come out half grey.
        image = pyvips.Operation.call(self.loader, source, fail_on=self.fail_on, **options)
        image._references.append(source)
        return image if self.finish is None else self.finish(image)


@dataclass(slots=True)
class ArrayDecoder:
    """Draws a page that another library decodes, once, when its pixels are first asked for."""

    make: Callable[[], NDArray[Any] | pyvips.Image]
    shrinks: bool = False
    whole: bool = True
    _made: pyvips.Image | None = field(default=None, repr=False)

    def image(self, *, sequential: bool) -> pyvips.Image:
        """See `tintype.photo.model.Decoder`."""
        if self._made is None:
            made = self.make()
            self._made = made if isinstance(made, pyvips.Image) else image_of(made)
        return self._made

    def shrunk(self, factor: float) -> tuple[pyvips.Image, float]:
        """See `tintype.photo.model.Decoder`: these formats don't shrink while decoding."""
        return self.image(sequential=False), 1.0


def image_of(array: NDArray[Any]) -> pyvips.Image:
    """A (height, width) or (height, width, bands) array of uint8 or uint16 as an image of grey or sRGB."""
    array = np.ascontiguousarray(array)
    bands = 1 if array.ndim == 2 else array.shape[2]
    deep = array.dtype == np.uint16
    label = ("grey16" if deep else "b-w") if bands < 3 else ("rgb16" if deep else "srgb")
    return pyvips.Image.new_from_array(array).copy(interpretation=label)


def spread(array: NDArray[Any], depth: int) -> NDArray[Any]:
    """Samples of `depth` bits (uint8 or uint16) so that white is 255, or 65535 beyond 8 bits."""
    if depth in (8, 16):
        return array
    full, white = (1 << depth) - 1, 255 if depth < 8 else 65535
    values = (array.astype(np.uint32) * white + full // 2) // full
    return values.astype(np.uint8 if depth < 8 else np.uint16)
