"""Writing through libvips' savers."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

import pyvips

from tintype.photo.formats.record import Encode

if TYPE_CHECKING:
    from tintype.settings import Settings

ICC_ALONE = {"keep": "icc"}
"""Metadata is added afterwards, byte for byte; see `tintype.photo.metadata`."""


def encoder(saver: str, options: Callable[[pyvips.Image, Settings, int], dict[str, Any]]) -> Encode:
    """`Saving.encode` through a libvips operation, with the options that the settings mean for it."""

    def encode(image: pyvips.Image, file: BinaryIO, settings: Settings, total_bytes: int) -> None:
        chosen = ICC_ALONE | options(image, settings, total_bytes)
        if isinstance(file, io.BytesIO):
            file.write(pyvips.Operation.call(f"{saver}_buffer", image, **chosen))
        else:
            # As bytes: a folder's name may be no text.
            pyvips.Operation.call(saver, image, os.fsencode(file.name), **chosen)

    return encode


def chroma_kept(settings: Settings) -> str:
    """libvips' word for the subsampling that the settings ask for."""
    return "off" if settings.subsampling == "4:4:4" else "on"
