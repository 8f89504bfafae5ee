"""The XMP packet of a PDF's document, among others that may stand in it."""

import io

import pytest

from photo.metadata import everything
from tintype import Settings
from tintype.photo.metadata.survey import survey
from tintype.photo.read import read

PDF = "http://ns.adobe.com/pdf/1.3/"


def packet(title, document):
    told = f'xmlns:pdf="{PDF}" pdf:Producer="scanner"' if document else ""
    return everything.packet(told, f"<photoshop:Headline>{title}</photoshop:Headline>")


def pdf(*packets):
    held = io.BytesIO()
    everything.pixels().save(held, "PDF", resolution=300, title="Ida")
    form = b"%d 0 obj <</Type/Metadata/Subtype/XML/Length %d>> stream\n%b\nendstream endobj\n"
    parts = [form % (90 + n, len(p), p) for n, p in enumerate(packets)]
    data = held.getvalue()
    at = data.index(b"xref")
    moved = data[at:].replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + sum(map(len, parts))))
    return data[:at] + b"".join(parts) + moved


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        ([], None),
        ([packet("A", False)], "A"),
        ([packet("A", False), packet("B", False)], None),
        ([packet("A", False), packet("B", True), packet("C", False)], "B"),
        ([packet("A", True), packet("B", True)], "B"),
    ],
)
def test_the_packet_of_the_document_is_taken(packets, expected):
    found = survey(pdf(*packets), "pdf").xmp
    assert found is None if expected is None else f">{expected}<".encode() in found


def test_a_page_carries_it():
    pytest.importorskip("pypdfium2")
    (photo,) = read(pdf(packet("A", True)), Settings())
    assert b">A<" in photo.metadata.xmp
    assert [t.text for t in photo.metadata.texts if t.keyword == "Title"] == ["Ida"]
