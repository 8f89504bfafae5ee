"""Each maker's camera RAW says when and with what it was taken; so do the boxes of JPEG 2000 and JPEG XL."""

import pytest
from PIL import Image

from photo.metadata import raw_samples
from tintype.photo.metadata import raw
from tintype.photo.metadata.survey import survey
from tintype.photo.metadata.xmp import DC, Packet

SAMPLES = raw_samples.make()


def told(block):
    found = Image.Exif()
    found.load(b"Exif\0\0" + block)
    return found


@pytest.mark.parametrize("maker", SAMPLES)
def test_the_camera_and_the_date_are_found(maker):
    found = survey(SAMPLES[maker], "raw")
    block = told(found.exif)
    assert (block[0x10F], block[0x110]) == ("Kodak", "Retina")
    if maker == "x3f-old":
        assert block.get_ifd(0x8769)[0x9003] == "2001:09:09 01:46:40"
    elif maker not in ("orf", "mrw"):
        assert block.get_ifd(0x8769)[0x9003] == "1931:05:06 07:08:09"
    if maker in ("cr3", "orf"):
        assert Packet(found.xmp).items(DC, "title") == ["Ida"]
    if maker == "cr3":
        assert block.get_ifd(0x8825)[1] == "N"
        assert found.notes == ["CR3: Canon's maker's note is left out"]
    else:
        assert found.notes == []


def test_damage_in_a_raw_is_said():
    found = survey(SAMPLES["x3f"][:-2], "raw")
    assert len(found.notes) == 1 and "damaged" in found.notes[0]
    assert raw.survey(SAMPLES["raf"][:2000]).notes == []
