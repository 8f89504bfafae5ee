"""XMP packets: every encoding and size, merged, split, put right."""

import pytest

from photo.metadata import everything
from photo.metadata.everything import many, packet
from tintype.photo.metadata.survey import xmp_orientation
from tintype.photo.metadata.xmp import DC, PHOTOSHOP, XMP, Packet


@pytest.mark.parametrize("mark", [True, False], ids=["with a byte order mark", "without"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_every_encoding_of_unicode_is_read_and_written_as_utf_8(encoding, mark):
    text = everything.XMP.decode().replace("\ufeff", "")
    start = "\ufeff" if mark else ""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' if not mark else ""
    told = Packet((start + declared + text + "\n\0").encode(encoding))
    assert told.items(DC, "subject") == ["family", "Rīga"]
    again = Packet(told.to_bytes())
    assert again.items(DC, "subject") == ["family", "Rīga"]
    assert told.to_bytes().decode("utf-8").startswith("<?xpacket")
    assert xmp_orientation((start + text).encode(encoding)) == 6


def test_a_packet_of_megabytes_is_read():
    text = "A long caption. " * 400_000
    told = Packet(packet(inside="<dc:description>" + many("Alt", text, alt=True) + "</dc:description>"))
    assert told.items(DC, "description") == [text]


def test_line_ends_survive_in_attributes_and_texts():
    told = Packet(
        packet('photoshop:Instructions="one&#10;two&#9;&#13;"', "<photoshop:City>a&#13;b</photoshop:City>")
    )
    for _ in range(2):
        assert told.get(PHOTOSHOP, "Instructions") == "one\ntwo\t\r"
        assert told.get(PHOTOSHOP, "City") == "a\rb"
        told = Packet(told.to_bytes())


def test_another_packets_word_counts_and_its_prefixes_come_along():
    first = Packet(packet('photoshop:City="Berlin" xmp:Rating="4"'))
    strange = packet('photoshop:City="Bonn"', "<own:box xmlns:own='urn:own:'><own:in>7</own:in></own:box>")
    first.take(Packet(strange.replace(b"photoshop:", b"ps:").replace(b"xmlns:photoshop", b"xmlns:ps")))
    told = Packet(first.to_bytes())
    assert (told.get(PHOTOSHOP, "City"), told.get(XMP, "Rating")) == ("Bonn", "4")
    assert b"7" in told.to_bytes() and told.has("urn:own:", "box")
