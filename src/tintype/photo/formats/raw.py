"""Camera RAW, through an extra."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from tintype.photo import wary
from tintype.photo.decoder import ArrayDecoder
from tintype.photo.formats.record import Format, brands
from tintype.photo.metadata.raw import survey
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, failing, need, of_array
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

_SUFFIXES = (
    ".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos", ".mrw",
    ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
)  # fmt: skip
_MAGIC = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"\0MRM", b"FOVb")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def _matches(head: bytes, suffix: str) -> bool:
    if head.startswith(_TIFF):
        # ".raw" names many things, so no folder is searched for it.
        return suffix in _SUFFIXES or suffix == ".raw" or head[8:10] == b"CR"
    return head.startswith(_MAGIC) or b"crx " in brands(head)


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    name = source.name
    need("rawpy", "raw", "camera RAW", name)
    width, height = failing(name, "RAW", lambda: wary.call(settings, name, _size, source))
    decoder = ArrayDecoder(
        lambda: failing(name, "RAW", lambda: wary.call(settings, name, _developed, source))
    )
    page = ArrayPage(width, height, 16, 3, Metadata(), decoder)
    yield of_array(page, "raw", name, settings, source)


def _opened(source: PhotoFile) -> Any:
    rawpy = need("rawpy", "raw", "camera RAW", source.name)
    return rawpy.imread(source.data if isinstance(source.data, str) else io.BytesIO(source.data))


def _size(source: PhotoFile) -> tuple[int, int]:
    with _opened(source) as raw:
        sizes = raw.sizes
        # 5 and 6: a quarter turn, which developing applies.
        turned = sizes.flip in (5, 6)
        return (sizes.iheight, sizes.iwidth) if turned else (sizes.iwidth, sizes.iheight)


def _developed(source: PhotoFile) -> NDArray[Any]:
    rawpy = need("rawpy", "raw", "camera RAW", source.name)
    with _opened(source) as raw:
        # The sRGB curve, 16 bits, the camera's white balance; brightness as exposed.
        array: NDArray[Any] = raw.postprocess(
            output_bps=16,
            gamma=(2.4, 12.92),
            use_camera_wb=True,
            no_auto_bright=True,
            output_color=rawpy.ColorSpace.sRGB,
        )
        return array


FORMAT = Format(
    name="raw",
    title="camera RAW",
    suffixes=_SUFFIXES,
    media="image/x-dcraw",
    matches=_matches,
    pages=_pages,
    survey=survey,
    becomes="tiff",
    extra="raw",
)
