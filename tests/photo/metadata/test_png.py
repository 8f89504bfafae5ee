"""Metadata in the chunks of a PNG."""

import zlib

import pytest

from photo.metadata import everything
from photo.metadata.everything import packet
from photo.pictures import GREY, chunk, one, saved
from tintype import Settings
from tintype.photo.metadata.survey import survey
from tintype.photo.metadata.xmp import Packet
from tintype.photo.write import Page, write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_xmp_in_every_kind_of_png_text_is_the_same(kind, encoding):
    xmp = packet(inside=everything.TRUE).decode().encode(encoding)
    head = {b"tEXt": b"\0", b"zTXt": b"\0\0", b"iTXt": b"\0\1\0\0\0"}[kind]
    body = xmp if kind == b"tEXt" else zlib.compress(xmp)
    data = everything.saved(everything.pixels(), "PNG")
    data = data[:-12] + everything.chunk(kind, b"XML:com.adobe.xmp" + head + body) + data[-12:]
    found = survey(data, "png").xmp
    assert found == xmp
    assert Packet(found).names() == Packet(packet(inside=everything.TRUE)).names()


def test_a_text_bomb_is_left_out():
    bomb = everything.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 << 20)))
    data = everything.png()
    found = survey(data[:-12] + bomb + data[-12:], "png")
    assert found.notes[0] == "PNG: damaged texts (1) are left out"
    assert [t.keyword for t in found.texts] == [t.keyword for t in survey(data, "png").texts]


def test_a_keyword_beyond_ascii_is_read_and_carried():
    # Keywords are Latin-1 (PNG 3rd edition, 11.3.3.2); libvips' binding takes them for UTF-8.
    data = saved(GREY, "PNG")
    photo = one(data[:33] + chunk(b"tEXt", "Für\0Märta".encode("latin-1")) + data[33:])
    assert [(t.keyword, t.text) for t in photo.metadata.texts] == [("Für", "Märta")]
    for kind in ("png", "jpeg", "tiff"):
        again = one(write([Page(photo, photo.open())], None, Settings(format=kind)).data)
        assert (again.width, again.height) == (photo.width, photo.height)
        assert kind != "png" or again.metadata.texts == photo.metadata.texts


def test_a_text_that_is_no_unicode_is_read_as_elsewhere_and_written_everywhere():
    data = saved(GREY, "PNG")
    photo = one(data[:33] + chunk(b"iTXt", b"Comment\0\0\0\0\0R\xd0ga") + data[33:])
    assert [t.text for t in photo.metadata.texts] == ["RÐga"]
    for kind in ("png", "jpeg", "exr"):
        again = one(write([Page(photo, photo.open())], None, Settings(format=kind)).data).metadata
        assert "RÐga" in (*again.comments, *(t.text for t in again.texts))
