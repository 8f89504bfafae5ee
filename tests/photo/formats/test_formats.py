"""Every format that is written holds what its record says, and carries metadata."""

import numpy as np
import pytest
from PIL import Image

import tintype
from photo.pictures import DEEP, GREY, RGB, one, page, saved
from tintype import Settings
from tintype.photo.formats import WRITABLE, saving, sniff
from tintype.photo.write import Page, write


def written(array, **settings):
    return write([page(array)], None, Settings(**settings))


@pytest.mark.parametrize("name", WRITABLE)
@pytest.mark.parametrize("deep", [False, True])
def test_what_is_written_is_recognised_and_holds_what_the_record_says(name, deep):
    form = saving(name)
    # Where nothing shows, encoders are free to forget the colour.
    colour = DEEP if deep else RGB
    array = np.dstack([colour, np.maximum(colour[..., 1], 9)])
    options = {"lossless": True} if form.lossless == "option" else {}
    result = written(array, format=name, **options)
    assert sniff(result.data) == name
    photo = one(result.data)
    assert photo.has_alpha == form.alpha
    if name == "exr" and not deep:  # floating point is read as 16 bits
        array, deep = array.astype(np.uint16) * 257, True
    assert photo.bits == (16 if deep and form.bits > 8 else 8)
    if form.lossless != "never" and (form.bits == 16 or not deep):
        np.testing.assert_array_equal(photo.open().numpy(), array[..., :3])
        np.testing.assert_array_equal(photo.open_alpha().numpy(), array[..., 3])
    if form.lossless == "never":
        assert photo.open().numpy().mean() > RGB.mean()  # laid on white


@pytest.mark.parametrize("name", WRITABLE)
def test_every_format_carries_metadata_in_and_out(name):
    exif = Image.Exif()
    exif[0x10F], exif[0x11A], exif[0x11B], exif[0x128] = "Kodak", 300.0, 300.0, 2
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    xmp += b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="album 7"/>'
    xmp += b"</rdf:RDF></x:xmpmeta>"
    source = saved(RGB, "JPEG", exif=exif.tobytes(), xmp=xmp, dpi=(300, 300))
    photo = one(source)
    result = write([Page(photo, photo.open())], None, Settings(format=name))
    back = one(result.data)
    assert b"Kodak" in back.metadata.exif and b"album 7" in back.metadata.xmp
    assert back.metadata.dpi == pytest.approx((300, 300), abs=0.05)


@pytest.mark.parametrize("name", ["jxl", "jp2"])
def test_coloured_from_end_to_end(name, tmp_path):
    Image.fromarray(GREY).save(tmp_path / "in.png")
    result = tintype.Colorizer().save(tmp_path / "in.png", tmp_path / f"out.{name}")
    assert result.targets == (tmp_path / f"out.{name}",)
    back = one(tmp_path / f"out.{name}")
    assert back.open().bands == 3 and b"compositeWithTrainedAlgorithmicMedia" in back.metadata.xmp
