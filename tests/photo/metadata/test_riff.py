"""The chunks of a WebP."""

import io
import struct

import pytest
from PIL import Image, ImageCms

from photo.metadata import everything
from tintype.photo.metadata.riff import into_webp, survey
from tintype.photo.model import Metadata

EXIF, XMP = everything.exif_block(), everything.packet(inside=everything.TRUE)
EXTENDED = everything.saved(Image.new("RGB", (6, 4)), "WEBP", exif=b"Exif\0\0MM\0*", lossless=True)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PROFILED = everything.saved(Image.new("RGB", (6, 4)), "WEBP", icc_profile=SRGB, lossless=True)


def chunk(kind, content):
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


@pytest.mark.parametrize("metadata", [Metadata(exif=EXIF, xmp=XMP), Metadata(xmp=XMP + b" "), Metadata()])
def test_what_is_put_in_is_found_and_the_file_is_whole(metadata):
    held = io.BytesIO()
    into_webp(io.BytesIO(PROFILED), held, metadata)
    found = survey(held.getvalue())
    assert (found.exif, found.xmp, found.notes) == (metadata.exif, metadata.xmp, [])
    assert struct.unpack_from("<I", held.getvalue(), 4)[0] == len(held.getvalue()) - 8
    with Image.open(held) as image:
        assert image.size == (6, 4) and ("xmp" in image.info) == (metadata.xmp is not None)


def test_a_file_without_the_extended_header_is_refused():
    with pytest.raises(ValueError, match="extended header"):
        into_webp(io.BytesIO(b"RIFF\4\0\0\0WEBPVP8L"), io.BytesIO(), Metadata(xmp=XMP))


def test_chunks_of_others_are_named_and_one_cut_short_ends_the_search():
    assert survey(EXTENDED).exif == b"MM\0*"
    strange = EXTENDED + chunk(b"Glue", b"12345") + chunk(b"XMP ", XMP)
    assert survey(strange).xmp == XMP
    assert survey(strange).notes == [
        "WEBP: what other programs keep in chunks of their own (Glue) is left out"
    ]
    assert survey(strange[:-3]).xmp is None
