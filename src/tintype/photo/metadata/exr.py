"""What an OpenEXR's header says beside the pixels: EXIF and XMP as darktable writes them, and texts."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

from tintype.notes import Note
from tintype.photo import exr
from tintype.photo.metadata.found import Found, readable
from tintype.photo.model import Metadata, Text

_TEXTS = {"owner": "Copyright", "capDate": "Creation Time", "software": "Software"}
_COMMENTS = ("comments", "comment")
# What describes the file and its pixels; it is written anew.
_STRUCTURE = frozenset({
    "channels", "chromaticities", "compression", "dataWindow", "displayWindow", "lineOrder", "tiles", "type",
    "pixelAspectRatio", "screenWindowCenter", "screenWindowWidth", "xDensity", "name", "version",
    "chunkCount", "preview", "colorInteropID", "acesImageContainerFlag", "whiteLuminance", "adoptedNeutral",
    "dwaCompressionLevel",
})  # fmt: skip
_NAMED = 6


def survey(data: Any) -> Found:
    """Read the header's attributes; `data` is bytes or a memory map."""
    found = Found()
    try:
        told = exr.parse(data).attributes
    except exr.ExrError as error:
        raise ValueError(str(error)) from error
    left = []
    for name, (kind, value) in told.items():
        if not found.fits(len(value)):
            break
        if name == "exif" and kind == "blob":
            block = value[4:]
            # darktable 4.0 and earlier put there what precedes it in a JPEG.
            found.exif = block.removeprefix(b"Exif\0\0") or None
        elif name == "xmp" and kind == "string":
            found.xmp = value.rstrip(b"\0") or None
        elif name in _TEXTS and kind == "string":
            found.texts.append(Text(_TEXTS[name], readable(value)))
        elif name in _COMMENTS and kind == "string":
            found.comments.append(readable(value))
        elif name not in _STRUCTURE:
            left.append(name if name.isprintable() else repr(name))
    if left:
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        words = f"OpenEXR: its attributes {', '.join(left[:_NAMED])}{more} are left out"
        found.notes.append(Note(words, "left_out", names=left[:_NAMED]))
    return found


def inject(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a file that `tintype.photo.formats.exr` wrote, with EXIF, XMP, comments and resolution added."""
    told: dict[str, tuple[str, bytes]] = {}
    if metadata.exif:
        told["exif"] = "blob", struct.pack("<I", len(metadata.exif)) + metadata.exif
    if metadata.xmp:
        told["xmp"] = "string", metadata.xmp
    if metadata.comments:
        told["comments"] = "string", "\n".join(metadata.comments).encode()
    if metadata.dpi:
        across, down = metadata.dpi
        told["xDensity"] = "float", struct.pack("<f", across)
        told["pixelAspectRatio"] = "float", struct.pack("<f", down / across)
    head = source.read(1 << 16)
    found = exr.parse(head)
    made, grown = exr.with_attributes(head, told)
    target.write(made)
    source.seek(found.end)
    count = exr.chunks(found.data[3] - found.data[1] + 1)
    places = struct.unpack(f"<{count}Q", source.read(8 * count))
    target.write(struct.pack(f"<{count}Q", *(place + grown for place in places)))
    while piece := source.read(1 << 20):
        target.write(piece)
