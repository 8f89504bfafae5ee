"""Malformed metadata is said, kept as text or left out; it never stops a photograph, and fills no memory."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from photo.metadata import everything, raw_samples
from tintype import Settings
from tintype.photo.formats import WRITABLE
from tintype.photo.metadata import exif, gather, survey
from tintype.photo.metadata.carry import renewed
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.found import Found
from tintype.photo.metadata.jpeg import into_jpeg
from tintype.photo.metadata.png import into_png
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.model import Metadata
from tintype.photo.read import from_array, read
from tintype.photo.write import Page, write

MARK = Provenance("1.2.3", "tintype", "ab" * 32, {"vividness": 0.7})
SAMPLES = everything.make() | {"tiff": everything.tiff(times=1)}
RAWS = raw_samples.make()
INJECT = {"jpeg": into_jpeg, "png": into_png}
PLAIN = {k: everything.saved(everything.pixels(), k.upper()) for k in ("jpeg", "png")}
KINDS = {name: name.partition("-")[0] for name in SAMPLES}
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def mutated(data, changes, cut):
    damaged = bytearray(data)
    for at, value in changes:
        damaged[int(at * (len(damaged) - 1))] = value
    return bytes(damaged[: max(1, int(len(damaged) * cut))])


CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12)
CUT = st.one_of(st.just(1.0), st.floats(0, 1))


def photo_with(metadata):
    return replace(from_array(np.zeros((4, 6), np.uint8)), metadata=metadata)


def carried(found):
    """All that is done with what a file says, for each format."""
    metadata = gather.gathered(found, None, (300, 300))
    photo = photo_with(metadata)
    for kind, form in WRITABLE.items():
        for mark in (None, MARK):
            facts = Facts(6, 4, kind, form.media, dpi=(300, 300), orientation=metadata.orientation)
            new, notes = renewed(photo, facts, mark)
            assert mark is None or b"AISystemUsed" in new.xmp
            assert all(isinstance(n, str) and len(n) < 400 for n in notes)
            if kind in INJECT:
                INJECT[kind](io.BytesIO(PLAIN[kind]), io.BytesIO(), new)


@pytest.mark.parametrize("name", SAMPLES)
@QUICK
@given(changes=CHANGES, cut=CUT)
def test_damaged_containers_are_read_as_far_as_they_go(name, changes, cut):
    data = mutated(SAMPLES[name], changes, cut)
    if KINDS[name] != "tiff":
        carried(survey.survey(data, KINDS[name]))
        return
    pages, _ = exif.survey(io.BytesIO(data))
    for page in pages[:2]:
        carried(page.found())


@pytest.mark.parametrize("name", RAWS)
@QUICK
@given(changes=CHANGES, cut=CUT)
def test_damaged_raws_are_read_as_far_as_they_go(name, changes, cut):
    carried(survey.survey(mutated(RAWS[name], changes, cut), "raw"))


@pytest.mark.parametrize("kind", ["jp2", "jxl"])
@QUICK
@given(changes=CHANGES, cut=CUT)
def test_damaged_boxes_are_read_as_far_as_they_go(kind, changes, cut):
    survey.survey(mutated(getattr(raw_samples, kind)(), changes, cut), kind)


PIECES = {
    "exif": everything.exif_block(),
    "xmp": everything.XMP,
    "iptc": everything.IPTC,
    "photoshop": everything.PHOTOSHOP,
}


@pytest.mark.parametrize("piece", PIECES)
@QUICK
@given(changes=CHANGES, cut=CUT)
def test_damaged_pieces_are_carried_or_said(piece, changes, cut):
    carried(Found(**{piece: mutated(PIECES[piece], changes, cut)}))


@QUICK
@given(st.binary(max_size=400), st.sampled_from([*PIECES]))
def test_any_bytes(data, piece):
    carried(Found(**{piece: data}))


def test_reading_a_file_with_a_damaged_piece_works(tmp_path):
    data = everything.jpeg().replace(b"<rdf:RDF", b"<rdf:RDX", 1)
    (photo,) = read(data, Settings())
    written = write([Page(photo, photo.open(), mark=MARK)], tmp_path / "out.jpg", Settings())
    assert [n for n in (*photo.notes, *written.notes) if "XMP" in n]
    assert read(tmp_path / "out.jpg", Settings())[0].width == photo.width


def test_exif_whose_entries_lie_in_its_own_header_is_written_whole():
    # Orientation of nine shorts, for which an entry has no room: they are said to lie at byte 0.
    block = b"II*\0\x08\0\0\0\x01\0" + b"\x12\1\x03\0\x09\0\0\0\0\0\0\0" + bytes(40)
    inner = block[:10] + b"\x69\x87\x04\0\1\0\0\0" + b"\2\0\0\0" + block[22:]  # the EXIF directory at byte 2
    for one in (block, inner):
        for kind in WRITABLE:
            photo = photo_with(Metadata(exif=one))
            made = write([Page(photo, photo.open(), mark=MARK)], None, Settings(format=kind)).data
            (again,) = read(made, Settings()) if kind != "exr" else (None,)
            assert again is None or again.metadata.exif[:4] in (b"II*\0", b"MM\0*")
