"""TIFF: every page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pyvips

from tintype.notes import Note
from tintype.photo import memory
from tintype.photo.decoder import ArrayDecoder, VipsDecoder
from tintype.photo.formats import _tiff_layout as layout
from tintype.photo.formats import _tiff_second as second
from tintype.photo.formats import raw
from tintype.photo.formats._tiff_layout import Layout
from tintype.photo.formats._vips import encoder
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.metadata import exif, gather
from tintype.photo.metadata.found import Found
from tintype.photo.model import Photo
from tintype.photo.pages import check_page, check_size, metadata_of, need, of_header
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    with source.open() as file:
        directories, is_raw = exif.survey(file)
        layouts = layout.layouts(file) if directories else []
    if is_raw:
        yield from raw.FORMAT.pages(source, settings)
        return
    if len(layouts) != len(directories) or not layouts:
        # A structure that isn't whole: libvips says what is wrong.
        yield _by_vips(source, settings, settings.page or 1, 1, Found(), None)
        return
    pages = len(layouts)
    check_page(source.name, settings.page, pages)
    wanted, notes = _wanted(layouts, settings.page)
    # What lies beside the file, and notes on the whole of it, belong to its first page.
    notes = (*source.notes, *notes)
    for page in wanted:
        found, form = directories[page - 1].found(), layouts[page - 1]
        check_size(form.width, form.height, source.name, settings)
        memory.check(2 * form.segment_bytes, source.name, settings.max_memory)
        lab8 = directories[page - 1].lab8
        told = (*notes, *found.notes, *_spare(form))
        make = _by_vips if layout.trusted(form) else _by_second
        yield make(source, settings, page, pages, found, form, lab8, told)
        source, notes = dataclasses.replace(source, sidecars=()), ()


def _wanted(layouts: list[Layout], asked: int) -> tuple[list[int], tuple[Note, ...]]:
    """The pages that are photographs (from 1), and what is said of the others."""
    if asked:
        return [asked], ()
    photographs = [n for n, form in enumerate(layouts, start=1) if not form.role]
    if not photographs:
        return list(range(1, len(layouts) + 1)), ()
    notes = []
    if thumbnails := sum(form.role == "thumbnail" for form in layouts):
        told = f"TIFF: {thumbnails} reduced copies of other pages are left out"
        notes.append(Note(told, "copies", n=thumbnails))
    if masks := sum(form.role == "mask" for form in layouts):
        told = f"TIFF: {masks} masks or infrared pages, which are no photographs, are left out"
        notes.append(Note(told, "masks", n=masks))
    return photographs, tuple(notes)


def _spare(form: Layout) -> tuple[Note, ...]:
    """What is said of samples that are neither colour nor transparency."""
    count = max(0, form.samples - form.colors - (form.alpha is not None))
    told = f"TIFF: {count} further channels (infrared, or of another kind) are left out"
    return (Note(told, "spare", n=count),) if count else ()


def _by_vips(
    source: PhotoFile,
    settings: Settings,
    page: int,
    pages: int,
    found: Found,
    form: Layout | None,
    lab8: int | None = None,
    notes: tuple[Note, ...] = (),
) -> Photo:
    decoder = _decoder(source, lab8, page - 1, form)
    header = decoder.image(sequential=True)
    metadata = metadata_of(header, found, source.sidecars)
    # Unsigned samples libvips turns itself.
    raw_white = form is not None and form.photometric == layout.WHITE_IS_ZERO and form.form != layout.UINT
    return of_header(header, decoder, "tiff", metadata, settings, name=source.name, page=page, pages=pages,
                     notes=notes, inverted=raw_white)  # fmt: skip


def _by_second(
    source: PhotoFile,
    settings: Settings,
    page: int,
    pages: int,
    found: Found,
    form: Layout,
    lab8: int | None,
    notes: tuple[Note, ...],
) -> Photo:
    second.check(form, source.name)
    depth = form.samples * (form.bits + 7) // 8
    needed = memory.estimate(form.width, form.height, depth, whole=True)
    memory.check(needed, source.name, settings.max_memory)
    for module in ("tifffile", "imagecodecs"):
        need(module, "tiff", "this kind of TIFF", source.name)
    decoder = ArrayDecoder(lambda: second.decode(source, page - 1, form, settings))
    header = decoder.image(sequential=False) if second.wide(form) else second.header(form)
    metadata = gather.gathered(found, form.icc, form.dpi, source.sidecars)
    inverted = second.wide(form) and form.photometric == layout.WHITE_IS_ZERO
    return of_header(header, decoder, "tiff", metadata, settings, name=source.name, page=page, pages=pages,
                     notes=notes, inverted=inverted)  # fmt: skip


def _decoder(source: PhotoFile, lab8: int | None, page: int, form: Layout | None) -> VipsDecoder:
    spare = form is not None and form.samples > form.colors
    if lab8 is not None:
        if form is not None and spare:
            return _Lab8Decoder(source, "tiffload_source", page, paged=True, photometric=lab8,
                                finish=lambda image: _lab_of_bytes(_without_spare(image, form)))  # fmt: skip
        return _Lab8Decoder(
            source, "tiffload_source", page, paged=True, finish=_lab_of_bytes, photometric=lab8
        )
    finish = partial(_without_spare, form=form) if spare and form is not None else None
    return VipsDecoder(source, "tiffload_source", page, paged=True, finish=finish)


def _without_spare(image: pyvips.Image, form: Layout) -> pyvips.Image:
    """The colours and the transparency alone."""
    if image.bands != form.samples:
        return image
    kept = image.extract_band(0, n=form.colors)
    return kept if form.alpha is None else kept.bandjoin(image.extract_band(form.alpha))


@dataclass(frozen=True, slots=True)
class _Lab8Decoder(VipsDecoder):
    """Draws a page of 8-bit CIE Lab: libvips 8.18 refuses it, but reads its bytes if it is called RGB."""

    photometric: int = 0  # where the entry lies in the file

    def _load(self, **options: Any) -> pyvips.Image:
        content = self.source.content()
        word = b"\2\0" if content[:2] == b"II" else b"\0\2"
        named = content[: self.photometric] + word + content[self.photometric + 2 :]
        renamed = VipsDecoder(
            PhotoFile(named, self.source.name), self.loader, self.page, paged=True, finish=self.finish
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
