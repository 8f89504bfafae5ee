"""What stands beside the pixels of an OpenEXR, where darktable and GIMP write it."""

import dataclasses
import struct

import numpy as np
import pytest

from photo.metadata import everything
from tintype import Settings
from tintype.photo import exr
from tintype.photo.metadata import survey
from tintype.photo.model import Metadata, Text
from tintype.photo.read import from_array
from tintype.photo.write import Page, write


def written(metadata):
    photo = dataclasses.replace(from_array(np.zeros((20, 6), np.uint8)), metadata=metadata)
    return write([Page(photo, photo.open())], None, Settings(format="exr")).data


def with_told(**told):
    """A file with attributes more; its pixels are no longer where its table says."""
    data = written(Metadata())
    made, _ = exr.with_attributes(data, told)
    return made


@pytest.mark.parametrize("before", [b"", b"Exif\0\0"])
def test_exif_and_xmp_of_other_programs(before):
    block = before + everything.exif_block()
    data = with_told(exif=("blob", struct.pack("<I", len(block)) + block), xmp=("string", everything.XMP))
    found = survey.survey(data, "exr")
    assert (found.exif, found.xmp) == (everything.exif_block(), everything.XMP)


def test_texts_are_read_and_what_is_left_out_is_said():
    data = with_told(owner=("string", b"the family"), capDate=("string", b"1931:05:06 07:08:09"),
                     comments=("string", "Rīga".encode()), timeCode=("timecode", bytes(8)))  # fmt: skip
    found = survey.survey(data, "exr")
    assert found.texts == [Text("Creation Time", "1931:05:06 07:08:09"), Text("Copyright", "the family")]
    assert found.comments == ["Rīga"]
    assert found.notes == ["OpenEXR: its attributes timeCode are left out"]


def test_the_library_of_its_makers_reads_what_is_added(tmp_path):
    library = pytest.importorskip("OpenEXR")
    path = tmp_path / "a.exr"
    path.write_bytes(written(Metadata(xmp=everything.XMP, exif=everything.exif_block(), dpi=(600.0, 300.0))))
    with library.File(str(path), separate_channels=True) as opened:
        told = opened.header()
        assert told["xDensity"] == 600
        assert told["pixelAspectRatio"] == 0.5
        assert "Grandma Ida" in told["xmp"]
        assert opened.parts[0].channels["G"].pixels.shape == (20, 6)


def test_a_damaged_header_is_a_note():
    assert "metadata is damaged" in survey.survey(exr.MAGIC + b"\2\0\0\0abc", "exr").notes[0]
