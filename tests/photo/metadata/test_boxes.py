"""The boxes of JPEG 2000, JPEG XL, AVIF and HEIC: walked, and never past their end."""

import struct

import pytest

from photo.metadata import raw_samples
from tintype.photo.metadata.boxes import box, boxes, first, survey

TWO = box(b"ftyp", b"jp2 ") + box(b"free", b"abc")


def test_boxes_follow_each_other():
    assert [(b.kind, TWO[b.content : b.end]) for b in boxes(TWO)] == [(b"ftyp", b"jp2 "), (b"free", b"abc")]
    assert first(TWO, b"free").start == 12 and first(TWO, b"none") is None
    assert [b.kind for b in boxes(TWO, 12)] == [b"free"] and list(boxes(TWO, 0, 11)) == []


def test_a_long_box_and_one_to_the_end():
    long = struct.pack(">I4sQ", 1, b"mdat", 20) + b"1234"
    found = first(long + TWO, b"mdat")
    assert (found.content, found.end) == (16, 20)
    last = struct.pack(">I4s", 0, b"mdat") + b"and all the rest"
    assert [b.end for b in boxes(TWO + last)][-1] == len(TWO + last)


@pytest.mark.parametrize("size", [2, 7, 500, 2**32 - 1])
def test_a_size_that_can_not_be_ends_them(size):
    assert [b.kind for b in boxes(TWO + struct.pack(">I4s", size, b"evil") + bytes(99))] == [b"ftyp", b"free"]


@pytest.mark.parametrize("kind", ["jp2", "jxl"])
def test_exif_and_xmp_are_found(kind):
    found = survey(getattr(raw_samples, kind)(), kind)
    assert found.exif and found.xmp == raw_samples.XMP
