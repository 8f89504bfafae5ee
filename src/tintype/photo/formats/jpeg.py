"""JPEG."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tintype.photo.formats._vips import chroma_kept, encoder
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.metadata.jpeg import ROOM, into_jpeg, survey
from tintype.photo.metadata.survey import mapped
from tintype.photo.model import Photo
from tintype.photo.pages import one_frame
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

_END = b"\xff\xd9"
_whole = one_frame("jpeg", "JPEG", "jpegload_source", shrinks=True)
# Where the end is put on by us, a warning is what tells that rows are missing.
_mended = one_frame("jpeg", "JPEG", "jpegload_source", shrinks=True, fail_on="warning")


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    """Only the last two bytes may be missing, with every row there; then they are put on."""
    with mapped(source.data) as content:
        scan = content.rfind(b"\xff\xda")
        ended = scan < 0 or content.rfind(_END) > scan
    if ended:
        yield from _whole(source, settings)
    else:
        yield from _mended(dataclasses.replace(source, data=source.content() + _END), settings)


FORMAT = Format(
    name="jpeg",
    title="JPEG",
    suffixes=(".jpg", ".jpeg", ".jpe", ".jfif"),
    media="image/jpeg",
    matches=starts(b"\xff\xd8\xff"),
    pages=_pages,
    survey=survey,
    saving=Saving(
        encode=encoder("jpegsave", lambda i, s, n: {"Q": s.quality, "subsample_mode": chroma_kept(s)}),
        bits=8,
        side=65500,  # what libjpeg allows, of the 65,535 that the format could say,
        alpha=False,
        shown=True,
        inject=into_jpeg,
        holds=frozenset({"exif", "xmp", "iptc", "photoshop", "comments", "dpi"}),
        room=ROOM,
    ),
)
