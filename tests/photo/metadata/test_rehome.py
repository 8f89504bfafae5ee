"""What a format has no place for is told in XMP, where that says nothing yet."""

import pytest

from tintype.photo.metadata import rehome
from tintype.photo.metadata.xmp import DC, EXIF, XMP, Packet
from tintype.photo.model import Text

RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"


def test_texts_get_their_properties_and_those_without_one_are_told():
    packet = Packet()
    texts = (Text("Title", "Ida"), Text("AUTHOR", "A. Sander"), Text("Shelf", "B7"), Text("Software", "Scan"))
    assert rehome.texts_into(packet, texts) == (Text("Shelf", "B7"),)
    assert packet.items(DC, "title") == ["Ida"] and packet.items(DC, "creator") == ["A. Sander"]
    assert packet.get(XMP, "CreatorTool") == "Scan"


def test_what_xmp_says_already_stays_and_only_another_text_is_left():
    packet = Packet()
    packet.put_list(DC, "title", "Alt", ["Ida"])
    assert rehome.texts_into(packet, (Text("Title", " Ida "), Text("Title", "Otto"))) == (
        Text("Title", "Otto"),
    )
    assert packet.items(DC, "title") == ["Ida"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1931", "1931"),
        ("1931-05-06T07:08:09Z", "1931-05-06T07:08:09Z"),
        ("1931:05:06 07:08:09", "1931-05-06T07:08:09"),
        ("1931:05:06 07:08:09+01:00", "1931-05-06T07:08:09+01:00"),
        ("1931-05-06 07:08:09", "1931-05-06T07:08:09"),
        ("in the spring of 1931", None),
    ],
)
def test_dates_are_written_as_xmp_writes_them_or_left(text, written):
    packet, told = Packet(), Text("Creation Time", text)
    assert rehome.texts_into(packet, (told,)) == (() if written else (told,))
    assert packet.get(XMP, "CreateDate") == written


def test_comments_are_the_description_then_the_user_s_comment_then_left():
    packet = Packet()
    assert rehome.comments_into(packet, ("one", "two", "three", "one")) == ("three",)
    assert packet.items(DC, "description") == ["one"] and packet.items(EXIF, "UserComment") == ["two"]


def test_a_png_s_time_of_change_and_photoshop_s_rights():
    packet = Packet()
    rehome.modified_into(packet, (1931).to_bytes(2, "big") + bytes([5, 6, 7, 8, 9]))
    rehome.modified_into(packet, (2020).to_bytes(2, "big") + bytes([1, 1, 0, 0, 0]))
    assert packet.get(XMP, "ModifyDate") == "1931-05-06T07:08:09Z"
    rehome.photoshop_into(packet, b"\1", b"http://archive.example")
    assert packet.get(RIGHTS, "Marked") == "True"
    assert packet.get(RIGHTS, "WebStatement") == "http://archive.example"
    other = Packet()
    rehome.photoshop_into(other, b"\0", None)
    assert (other.get(RIGHTS, "Marked"), other.has(RIGHTS, "WebStatement")) == ("False", False)
