"""EXIF says what is true of the result."""

import struct

from tintype.photo.metadata.exif_truth import renew as renew_exif
from tintype.photo.metadata.facts import Facts
from tintype.photo.tiff import LONG, Value, empty_block


def test_a_thumbnail_that_was_cut_off_leaves_nothing_behind():
    """Of EXIF in several JPEG segments libvips gives the first."""
    block = empty_block()
    length = Value(LONG, 1, struct.pack("<I", 70_000))
    link = block.append({513: Value(LONG, 1, bytes(4)), 514: length})
    first = block.append({0x10F: Value(2, 6, b"Kodak\0")}, following=link)
    block.overwrite(block.entries(link)[513], block.size)
    block.file.seek(4)
    block.file.write(struct.pack("<I", first))
    cut_off = block.file.getvalue() + b"\xff\xd8\xff" + bytes(60_000)
    made = renew_exif(cut_off, Facts(40, 60), "Tintype")
    assert len(made) < 300
    assert b"Kodak" in made and b"\xff\xd8\xff" not in made
