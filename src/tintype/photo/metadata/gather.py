"""From what a file and its sidecars say to the `Metadata` of a photograph."""

from __future__ import annotations

from collections.abc import Sequence

from tintype.notes import Note
from tintype.photo.metadata import exif
from tintype.photo.metadata.found import Found
from tintype.photo.metadata.survey import xmp_orientation
from tintype.photo.metadata.xmp import TINTYPE, Packet, XmpError
from tintype.photo.model import Metadata, Sidecar

DAMAGED = "DamagedXMP"
"""The property that keeps the text of a packet that nobody can read."""


DPI_LIMIT = 25.4e6
"""libvips takes up to a million pixels a millimetre; only damaged files state more."""


def gathered(
    found: Found,
    icc: bytes | None,
    dpi: tuple[float, float] | None,
    sidecars: Sequence[Sidecar] = (),
) -> Metadata:
    """Put together what a file says and what lies beside it; a sidecar's word counts more."""
    if dpi is not None and not all(0 < inch < DPI_LIMIT for inch in dpi):
        found.notes.append(Note("a resolution that no photograph has is left out", "left_out", names=["dpi"]))
        dpi = None
    packet = found.xmp
    for sidecar in sidecars:
        packet = _joined(packet, sidecar.packet)
    metadata = Metadata(
        exif=found.exif,
        xmp=packet,
        iptc=found.iptc,
        icc=icc or found.icc,
        dpi=dpi,
        photoshop=found.photoshop,
        comments=tuple(found.comments),
        texts=tuple(found.texts),
        modified=found.modified,
        sidecars=tuple(sidecars),
    )
    return metadata.replace(orientation=_orientation(metadata))


def _joined(embedded: bytes | None, sidecar: bytes) -> bytes:
    try:
        packet = Packet(embedded)
    except XmpError:
        packet = Packet()
        keep_damaged(packet, embedded or b"")
    packet.take(Packet(sidecar))
    return packet.to_bytes()


def keep_damaged(packet: Packet, damaged: bytes) -> None:
    """Keep, as mere text, a packet that can't be read: somebody may still find the caption in it."""
    packet.put(TINTYPE, DAMAGED, damaged.decode("utf-8", "backslashreplace"))


def turned_beside(metadata: Metadata) -> int | None:
    """How the stored picture lies (EXIF, 1-8), as a sidecar says; None where none does."""
    told = (xmp_orientation(s.packet) for s in reversed(metadata.sidecars))
    return next((n for n in told if n is not None), None)


def _orientation(metadata: Metadata) -> int:
    """The sidecar says it, else EXIF, else XMP inside the file, else it is upright."""
    told = (turned_beside(metadata), exif.orientation(metadata.exif), xmp_orientation(metadata.xmp))
    return next((n for n in told if n is not None), 1)
