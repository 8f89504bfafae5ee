"""Metadata in the segments of a JPEG, and XMP that needs several."""

import hashlib

import pytest

from photo.metadata import everything
from photo.metadata.everything import many, packet
from tintype import Hint, Settings
from tintype.photo.metadata import jpeg
from tintype.photo.metadata.carry import renewed_xmp
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.metadata.survey import survey
from tintype.photo.metadata.xmp import DC, IPTC_EXT, MM, NOTE, XMP, Packet
from tintype.photo.read import read
from tintype.photo.write import Page, write

HINTED = Settings(hints=tuple(Hint(x=i / 7, y=i / 3, color=(i % 256, 20, 30)) for i in range(500)))


MANY = Provenance("1.2.3", "tintype", "ab" * 32, HINTED.to_json())


def test_extended_xmp_is_put_together_wherever_its_pieces_stand():
    found = survey(everything.jpeg(), "jpeg")
    told = Packet(found.xmp)
    assert told.items(DC, "description") == [everything.CAPTION]
    assert not told.has(NOTE, "HasExtendedXMP")
    assert told.items(DC, "title") == ["Grandma Ida"]


@pytest.mark.parametrize("how", ["cut", "changed", "unnamed"])
def test_extended_xmp_that_does_not_belong_is_said(how):
    data = everything.jpeg()
    if how == "cut":
        at = data.rindex(b"http://ns.adobe.com/xmp/extension/")
        data = data[: at - 2] + b"\0\2" + data[at + int.from_bytes(data[at - 2 : at], "big") - 2 :]
    elif how == "changed":
        data = data.replace(b"A long caption.", b"A lung caption.", 1)
    else:
        data = data.replace(b"xmpNote:HasExtendedXMP=", b"xmpNote:HasNoExtension=", 1)
    found = survey(data, "jpeg")
    assert [n for n in found.notes if "extended XMP" in n]
    assert Packet(found.xmp).items(DC, "title") == ["Grandma Ida"]


def test_what_is_too_much_for_one_segment_goes_on_in_an_extended_packet():
    inside = "<dc:description>" + many("Alt", everything.CAPTION, alt=True) + "</dc:description>"
    whole = renewed_xmp(packet(inside=everything.TRUE + inside), Facts(1, 1), MANY)
    standard, extension = jpeg.split(whole)
    assert len(standard) <= jpeg.ROOM["xmp"]
    main = Packet(standard)
    assert main.get(NOTE, "HasExtendedXMP") == hashlib.md5(extension).hexdigest().upper()
    assert main.get(IPTC_EXT, "AISystemUsed") == "Tintype: tintype"
    main.take(Packet(extension))
    assert main.items(DC, "description") == [everything.CAPTION]
    assert "500" not in main.get(XMP, "CreatorTool")
    assert set(main.names()) == set(Packet(whole).names()) | {(NOTE, "HasExtendedXMP")}


def test_five_hundred_hints_do_not_stop_a_jpeg(tmp_path):
    path = tmp_path / "in.jpg"
    path.write_bytes(everything.jpeg())
    (photo,) = read(path, Settings())
    written = write([Page(photo, photo.open(), mark=MANY)], tmp_path / "out.jpg", Settings())
    assert not [n for n in written.notes if "XMP" in n]
    (again,) = read(tmp_path / "out.jpg", Settings())
    told = Packet(again.metadata.xmp)
    assert told.items(DC, "description") == [everything.CAPTION]
    assert told.find(MM, "History").toxml().count("#") > 490  # a colour for each hint
