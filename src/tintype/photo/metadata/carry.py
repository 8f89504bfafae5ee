"""What travels from a photograph into the file that is written: renewed, and fitted to the format."""

from __future__ import annotations

import dataclasses
from typing import Any

from tintype.photo import formats
from tintype.photo.metadata import exif, provenance
from tintype.photo.metadata.provenance import Provenance, XmpError
from tintype.photo.model import Metadata, Photo
from tintype.photo.tiff import TiffError


def renewed(photo: Photo, kind: str, mark: Provenance | None) -> tuple[Metadata, tuple[str, ...]]:
    """The metadata of `photo` for a new file of format `kind`, and notes about what can't be kept.

    Parameters
    ----------
    photo
        The photograph; the new picture has its upright size.
    kind
        A key of `tintype.photo.formats.WRITABLE`.
    mark
        How the colour was made; None leaves that unsaid.
    """
    old, size = photo.metadata, (photo.width, photo.height)
    notes: list[str] = []
    packet: bytes | None
    try:
        packet = provenance.renew(old.xmp, size, mark)
    except XmpError as error:
        if mark is None:
            packet = old.xmp
        else:
            packet = provenance.renew(None, size, mark)
            notes.append(f"its XMP is damaged ({error}) and is left out")
    new = Metadata(_exif(old, kind, size, mark, notes), packet, old.iptc, None, old.dpi)
    form = formats.saving(kind)
    if not form.iptc and new.iptc is not None:
        notes.append(f"{formats.WRITABLE[kind].title} has no place for IPTC-IIM: those fields are left out")
        new = dataclasses.replace(new, iptc=None)
    if form.room:
        new = _fitted(new, kind, size, mark, notes)
    return new, tuple(notes)


def _exif(
    old: Metadata, kind: str, size: tuple[int, int], mark: Provenance | None, notes: list[str]
) -> bytes | None:
    software = mark.tool if mark else None
    try:
        if old.exif is not None:
            return exif.renew(old.exif, size, old.dpi, software)
    except TiffError as error:
        notes.append(f"its EXIF is damaged ({error}) and is left out")
    needed = software is not None or (old.dpi is not None and formats.saving(kind).dpi_in_exif)
    return exif.renew(None, size, old.dpi, software) if needed else None


def _fitted(
    new: Metadata, kind: str, size: tuple[int, int], mark: Provenance | None, notes: list[str]
) -> Metadata:
    """A JPEG holds 64 KB of each kind in one piece; what is larger is left out, and said so."""
    title, rooms = formats.WRITABLE[kind].title, formats.saving(kind).room
    if new.exif is not None and len(new.exif) > rooms["exif"]:
        slim = exif.slimmed(new.exif)
        if len(slim) <= rooms["exif"]:
            notes.append(f"the maker's note in its EXIF is too large for a {title}: left out")
            new = dataclasses.replace(new, exif=slim)
    for field, room in rooms.items():
        content = getattr(new, field)
        if content is not None and len(content) > room:
            short = provenance.renew(None, size, mark) if field == "xmp" else None
            notes.append(f"its {field.upper()} ({len(content):,} bytes) is too large for a {title}: left out")
            changes: dict[str, Any] = {field: short}
            new = dataclasses.replace(new, **changes)
    return new
