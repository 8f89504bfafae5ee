"""TIFF: every page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyvips

from tintype.photo.decoder import VipsDecoder
from tintype.photo.formats import raw
from tintype.photo.formats._vips import encoder
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.metadata import exif
from tintype.photo.metadata.found import Found
from tintype.photo.model import Photo
from tintype.photo.pages import check_page, metadata_of, of_header
from tintype.photo.source import Source

if TYPE_CHECKING:
    from tintype.settings import Settings


def _pages(source: Source, settings: Settings) -> Iterator[Photo]:
    with source.open() as file:
        directories, is_raw = exif.survey(file)
    if is_raw:
        yield from raw.FORMAT.pages(source, settings)
        return
    first = _decoder(source, directories, 0).image(sequential=True)
    pages = first.get("n-pages") if "n-pages" in first.get_fields() else 1
    check_page(source.name, settings.page, pages)
    wanted = [settings.page] if settings.page else range(1, pages + 1)
    reduced = [p for p in wanted if p <= len(directories) and directories[p - 1].reduced]
    # What lies beside the file, and notes on the whole of it, belong to its first page.
    sidecars, notes = source.sidecars, source.notes
    if not settings.page and 0 < len(reduced) < len(wanted):
        wanted = [p for p in wanted if p not in reduced]
        notes = (
            *notes,
            f"TIFF: {len(reduced)} reduced copies of other pages are left out",
        )
    for page in wanted:
        decoder = _decoder(source, directories, page - 1)
        header = decoder.image(sequential=True) if page > 1 else first
        found = directories[page - 1].found() if page <= len(directories) else Found()
        metadata = metadata_of(header, found, sidecars)
        told = (*notes, *found.notes)
        yield of_header(header, decoder, "tiff", metadata, settings, pages=pages, notes=told)
        notes, sidecars = (), ()


def _decoder(source: Source, directories: list[exif.TiffPage], page: int) -> VipsDecoder:
    lab8 = directories[page].lab8 if page < len(directories) else None
    if lab8 is None:
        return VipsDecoder(source, "tiffload_source", page, paged=True)
    return _Lab8Decoder(source, "tiffload_source", page, paged=True, finish=_lab_of_bytes, photometric=lab8)


@dataclass(frozen=True, slots=True)
class _Lab8Decoder(VipsDecoder):
    """Draws a page of 8-bit CIE Lab: libvips 8.18 refuses it, but reads its bytes if it is called RGB."""

    photometric: int = 0  # where the entry lies in the file

    def _load(self, **options: Any) -> pyvips.Image:
        content = self.source.content()
        word = b"\2\0" if content[:2] == b"II" else b"\0\2"
        named = content[: self.photometric] + word + content[self.photometric + 2 :]
        renamed = VipsDecoder(
            Source(named, self.source.name), self.loader, self.page, paged=True, finish=self.finish
        )
        return renamed._load(**options)


def _lab_of_bytes(image: pyvips.Image) -> pyvips.Image:
    """TIFF 6.0, section 23: L as 0-255, a and b as signed bytes."""
    L = image.extract_band(0) * (100 / 255)
    ab = (image.extract_band(1, n=2) ^ 128).cast("float") - 128
    lab = L.cast("float").bandjoin(ab)
    if image.bands > 3:
        lab = lab.bandjoin(image.extract_band(3).cast("float") / 255)
    return lab.copy(interpretation="lab")


def _options(image: pyvips.Image, settings: Settings, total_bytes: int) -> dict[str, Any]:
    # Compressed data may be larger than plain data, so leave a margin.
    return {"compression": "deflate", "predictor": "horizontal", "bigtiff": total_bytes > 3.5e9,
            "resunit": "inch"}  # fmt: skip


FORMAT = Format(
    name="tiff",
    title="TIFF",
    suffixes=(".tif", ".tiff"),
    media="image/tiff",
    matches=starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    pages=_pages,
    saving=Saving(
        encode=encoder("tiffsave", _options),
        bits=16,
        side=2**31 - 1,
        pages=True,
        lossless="always",
        amend=exif.into_tiff,
        holds=frozenset({"exif", "xmp", "iptc", "photoshop", "dpi"}),
    ),
)
