"""Read photographs: any source, any format, every page; checked from the header before a pixel is decoded."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tintype.errors import Damaged, NotAPhotograph, PhotoError
from tintype.photo import formats
from tintype.photo.decoder import ArrayDecoder
from tintype.photo.errors import translate
from tintype.photo.metadata import sidecar
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, failing, of_array
from tintype.photo.source import take

if TYPE_CHECKING:
    from tintype.settings import Settings


def read(
    source: str | Path | bytes | bytearray | memoryview | BinaryIO,
    settings: Settings,
    *,
    name: str | None = None,
) -> list[Photo]:
    """Look at a photograph file and give one `Photo` for each page that is to be coloured.

    Only headers are read here; pixels are drawn by `Photo.open`. What the file is, is decided by its
    content, not by its name.

    Parameters
    ----------
    source
        A path, the bytes of a file, or an open binary file (read to its end).
    settings
        `page` picks one page (from 1; 0 is every page of a TIFF or PDF, else the first frame);
        `max_pixels` refuses larger ones from the header.
    name
        What messages call it; the path, or ``<bytes>``.

    Raises
    ------
    PhotoError
        In one line: the name, what is wrong, and what to do.
    """
    taken = take(source, name)
    with translate(taken.name):
        head = taken.head(formats.HEAD)
    if not head:
        raise Damaged(taken.name, reason="the file is empty")
    kind = formats.sniff(head, taken.suffix)
    if kind is None:
        *titles, last = (f.title for f in formats.FORMATS.values())
        remedy = f"give it a {', '.join(titles)} or {last}"
        raise NotAPhotograph(taken.name, formats.describe(head), remedy=remedy)
    with translate(taken.name):
        if isinstance(source, str | Path):
            beside, notes = sidecar.beside(Path(source))
            taken = dataclasses.replace(taken, sidecars=beside, notes=notes)
    found = formats.FORMATS[kind]
    photos: list[Photo] = failing(taken.name, found.title, lambda: list(found.pages(taken, settings)))
    return photos


def from_array(array: NDArray[Any], *, name: str = "<array>") -> Photo:
    """A `Photo` of pixels already in memory.

    Parameters
    ----------
    array
        (height, width) or (height, width, 1 to 4), uint8 or uint16, sRGB-encoded: grey or RGB, each with or
        without alpha. It is not copied; leave it as it is while the photograph is in use.

    Raises
    ------
    PhotoError
        When the array has another shape or type.
    """
    shaped = array.ndim == 2 or (array.ndim == 3 and 1 <= array.shape[2] <= 4)
    if array.dtype not in (np.uint8, np.uint16) or not shaped or 0 in array.shape:
        msg = (
            f"{name}: an array of shape {array.shape} and type {array.dtype} is no photograph; "
            "give uint8 or uint16 of shape (height, width) or (height, width, 1 to 4)"
        )
        raise PhotoError(msg)
    bands = 1 if array.ndim == 2 else array.shape[2]
    bits = 8 if array.dtype == np.uint8 else 16
    page = ArrayPage(array.shape[1], array.shape[0], bits, bands, Metadata(), ArrayDecoder(lambda: array))
    return of_array(page, "array", name)
