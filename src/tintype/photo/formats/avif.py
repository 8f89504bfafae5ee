"""AVIF."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pyvips

from tintype.photo.cicp import meant_by_boxes
from tintype.photo.formats._vips import chroma_kept, encoder
from tintype.photo.formats.record import Format, Saving, brands
from tintype.photo.metadata import boxes
from tintype.photo.metadata.boxes_write import into_avif
from tintype.photo.pages import one_frame

if TYPE_CHECKING:
    from tintype.settings import Settings


def _options(image: pyvips.Image, settings: Settings, total_bytes: int) -> dict[str, Any]:
    options = {"Q": settings.quality, "compression": "av1", "subsample_mode": chroma_kept(settings)}
    options |= {"bitdepth": 12 if image.format == "ushort" else 8}
    return options | ({"lossless": True} if settings.lossless else {})


def _spread(image: pyvips.Image) -> pyvips.Image:
    """10 and 12 bits come shifted to the top of 16; spread them, so that white is 65535."""
    depth = image.get("bits-per-sample") if image.get_typeof("bits-per-sample") else 16
    if image.format != "ushort" or not 8 < depth < 16:
        return image
    return (image | (image >> depth)).copy(interpretation=image.interpretation)


FORMAT = Format(
    name="avif",
    title="AVIF",
    suffixes=(".avif",),
    media="image/avif",
    matches=lambda head, suffix: bool(brands(head) & {b"avif", b"avis"}) and b"crx " not in brands(head),
    pages=one_frame(
        "avif",
        "AVIF",
        "heifload_source",
        paged=True,
        finish=_spread,
        dpi_in_exif=True,
        upright=True,
        whole=True,
        profile=meant_by_boxes,
    ),
    survey=partial(boxes.survey, kind="avif"),
    saving=Saving(
        encode=encoder("heifsave", _options),
        bits=12,
        side=16384,
        lossless="option",
        shown=True,
        inject=into_avif,
    ),
)
