"""Metadata in the boxes of JPEG 2000 and JPEG XL."""

import io

import pytest

from photo.metadata import raw_samples
from photo.metadata.everything import exif_block
from tintype.photo.metadata import exif
from tintype.photo.metadata.boxes_write import into_jp2, into_jxl
from tintype.photo.metadata.survey import survey
from tintype.photo.model import Metadata


@pytest.mark.parametrize(("kind", "write"), [("jp2", into_jp2), ("jxl", into_jxl)])
def test_jpeg_2000_and_jpeg_xl_hold_what_is_put_into_them(kind, write):
    bare = getattr(raw_samples, kind)()
    assert exif.orientation(survey(bare, kind).exif) == 6
    start = {"jp2": raw_samples.box(b"jp2c", b"\xff\x4f\xff\x51"), "jxl": b"\xff\x0a"}[kind]
    held = io.BytesIO()
    write(io.BytesIO(start), held, Metadata(exif=exif_block(), xmp=raw_samples.XMP))
    found = survey(held.getvalue(), kind)
    assert found.exif == exif_block()
    assert found.xmp == raw_samples.XMP
    assert held.getvalue().endswith(start[-2:])
