"""What travels into a file: everything, or a note says what is left out."""

import dataclasses

import pytest
from PIL import Image

from tintype.photo import formats
from tintype.photo.formats.record import Format, Saving
from tintype.photo.metadata.carry import renewed
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.model import Metadata, Text
from tintype.photo.read import read
from tintype.settings import Settings

MARK = Provenance("0.0", "net", "ab", {})
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/png"/></rdf:RDF></x:xmpmeta>"""
_TAGS = Image.Exif()
_TAGS[0x010E] = "a house"
EXIF = _TAGS.tobytes()[6:]
EVERYTHING = Metadata(
    exif=EXIF,
    xmp=XMP,
    iptc=b"\x1c\x02\x78\x00\x05hello",
    dpi=(300.0, 300.0),
    comments=("hello",),
    texts=(Text("Title", "hello"),),
)


@pytest.fixture
def toy(monkeypatch):
    """Return a function that makes a written format which holds what it is told."""

    def make(*holds):
        saving = Saving(lambda *_: None, bits=8, side=9, holds=frozenset(holds))
        toy = Format("toy", "TOY", (".toy",), "image/toy", lambda *_: False, lambda *_: (), saving)
        monkeypatch.setattr(formats, "WRITABLE", {**formats.WRITABLE, "toy": toy})

    return make


@pytest.fixture
def photo(tmp_path):
    plain = read(b"P5 2 1 255 ab", Settings(), name="a.pgm")[0]
    return lambda metadata: dataclasses.replace(plain, metadata=metadata)


def notes(photo, mark=None):
    return renewed(photo, Facts(2, 1, kind="toy", media="image/toy"), mark)[1]


def test_a_format_without_any_place_says_all_that_it_loses(toy, photo):
    toy()
    told = "TOY has no place for EXIF, XMP, IPTC-IIM, comments, texts, the resolution: left out"
    assert notes(photo(EVERYTHING)) == (told,)
    assert notes(photo(EVERYTHING), MARK) == (
        told,
        "TOY has no place for XMP: it doesn't say that its colour was made by a network",
    )
    assert notes(photo(Metadata())) == ()


def test_what_the_format_holds_is_not_said_to_be_lost(toy, photo):
    toy("exif")
    assert notes(photo(Metadata(exif=EXIF, dpi=(300.0, 300.0)))) == ()
    assert notes(photo(Metadata(xmp=XMP))) == ("TOY has no place for XMP: left out",)
    toy("xmp")
    assert notes(photo(Metadata(exif=EXIF))) == ("TOY has no place for EXIF: left out",)
    assert notes(photo(Metadata(xmp=XMP)), MARK) == ()
    toy("dpi", "comments")
    assert notes(photo(Metadata(dpi=(300.0, 300.0), comments=("hello",)))) == ()


@pytest.mark.parametrize("kind", formats.WRITABLE)
def test_no_written_format_of_today_loses_exif_xmp_or_the_mark(photo, kind):
    made = renewed(photo(EVERYTHING), Facts(2, 1, kind=kind), MARK)[1]
    assert not [note for note in made if "EXIF" in note or "XMP:" in note or "network" in note]
