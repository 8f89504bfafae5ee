"""What extensions of a GIF say."""

import io

import pytest
from PIL import Image

from tintype.photo.metadata.gif import survey

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def blocks(content):
    parts = [content[i : i + 255] for i in range(0, len(content), 255)]
    return b"".join(bytes([len(p)]) + p for p in parts) + b"\0"


def application(name, content):
    return b"\x21\xff\x0b" + name + content


def gif(*extensions, after=True):
    """A GIF of one picture, with extensions behind it or before it."""
    held = io.BytesIO()
    Image.new("P", (4, 3)).save(held, "GIF")
    data, extra = held.getvalue(), b"".join(extensions)
    start = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    return data[:-1] + extra + data[-1:] if after else data[:start] + extra + data[start:]


@pytest.mark.parametrize("after", [True, False])
def test_comments_and_xmp_are_found_wherever_they_stand(after):
    long = b"found in the attic " * 30
    xmp = application(b"XMP DataXMP", XMP + bytes([1, *range(255, -1, -1), 0]))
    found = survey(gif(b"\x21\xfe" + blocks(b"hello"), xmp, b"\x21\xfe" + blocks(long), after=after))
    assert found.comments == ["hello", long.decode().strip()] or found.comments == ["hello", long.decode()]
    assert found.xmp == XMP
    assert found.notes == []


def test_how_often_it_runs_is_of_pixels_and_what_is_unknown_is_said():
    found = survey(gif(
        application(b"NETSCAPE2.0", blocks(b"\1\0\0")), application(b"SOMEONESOWN", blocks(b"x")),
        b"\x21\x01" + blocks(b"text over the picture"),
    ))  # fmt: skip
    assert len(found.notes) == 2
    assert "SOMEONESOWN" in found.notes[0] and "drawn over" in found.notes[1]


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_file_that_ends_anywhere_is_read_as_far_as_it_goes(cut):
    whole = gif(b"\x21\xfe" + blocks(b"hello"), application(b"XMP DataXMP", XMP + bytes(258)))
    survey(whole[:cut])


def test_what_is_no_gif_says_nothing():
    assert (survey(b"GIF89a").comments, survey(bytes(500)).xmp) == ([], None)
