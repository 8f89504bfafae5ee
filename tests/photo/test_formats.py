"""A format is one record: what it says is so, and what derives from it follows."""

import io
import struct

import imagecodecs
import numpy as np
import pillow_jxl  # noqa: F401 - teaches Pillow JPEG XL
import pytest
from PIL import Image
from skimage import data

import tintype
from tintype import PhotoError, Settings
from tintype.errors import Damaged, MissingDecoder, UnsupportedFormat
from tintype.photo.formats import FORMATS, READABLE_SUFFIXES, WRITABLE, saving, sniff
from tintype.photo.read import from_array, read
from tintype.photo.write import Page, output_format, write

GREY = np.ascontiguousarray(data.camera()[100:180, 100:220])
RGB = np.ascontiguousarray(data.astronaut()[:80, :120])
DEEP = RGB.astype(np.uint16) * 257
rng = np.random.default_rng(0)


def one(source, **settings):
    (photo,) = read(source, Settings(**settings))
    return photo


def saved(array, kind, **options):
    held = io.BytesIO()
    Image.fromarray(array).save(held, kind, **options)
    return held.getvalue()


def written(array, **settings):
    photo = from_array(array)
    return write([Page(photo, photo.open(), photo.open_alpha())], None, Settings(**settings))


def encoded(linear):
    """IEC 61966-2-1."""
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


# --- the records


@pytest.mark.parametrize("name", FORMATS)
def test_a_record_is_whole(name):
    found = FORMATS[name]
    assert found.name == name and found.title and found.media.startswith(("image/", "application/pdf"))
    assert all(s == s.lower() and s[0] == "." and s in READABLE_SUFFIXES for s in found.suffixes + found.also)
    assert (found.saving is None) == bool(found.becomes)


def test_no_suffix_belongs_to_two_formats():
    every = [s for f in FORMATS.values() for s in f.suffixes + f.also]
    assert len(every) == len(set(every))


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


# --- JPEG 2000


@pytest.mark.parametrize("kind", ["jp2", "j2k"])
@pytest.mark.parametrize("array", [GREY, RGB, DEEP, DEEP[..., 1]], ids=["grey", "rgb", "rgb16", "grey16"])
def test_jpeg_2000_is_read(kind, array):
    photo = one(imagecodecs.jpeg2k_encode(array, level=0, reversible=True, codecformat=kind))
    assert (photo.format, photo.width, photo.height) == ("jp2", 120, 80)
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), array)


def test_a_tiled_jpeg_2000_of_another_encoder_is_read():
    held = saved(RGB, "JPEG2000", irreversible=False, tile_size=(32, 48))
    np.testing.assert_array_equal(one(held).open().numpy(), RGB)


def test_12_bits_of_jpeg_2000_are_spread_to_white():
    steps = np.linspace(0, 4095, 120).round().astype(np.uint16)[None].repeat(80, 0)
    photo = one(imagecodecs.jpeg2k_encode(steps, level=0, reversible=True, bitspersample=12))
    values = photo.open().numpy().squeeze()
    assert values.min() == 0 and values.max() == 65535
    np.testing.assert_allclose(values, steps / 4095 * 65535, atol=0.51)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.replace(b"colr\1\0\0\0\0\0\x10", b"colr\1\0\0\0\0\0\x12"), "sYCC"),
        (lambda d: d.replace(b"colr\1\0\0\0\0\0\x10", b"colr\1\0\0\0\0\0\x0c"), "CMYK"),
        (lambda d: d[: d.index(b"\xff\x51") + 40] + b"\x87" + d[d.index(b"\xff\x51") + 41 :], "signed"),
        (lambda d: d[: d.index(b"\xff\x51") + 44] + b"\2\2" + d[d.index(b"\xff\x51") + 46 :], "subsampled"),
    ],
)
def test_jpeg_2000_that_would_come_out_wrong_is_refused(change, words):
    whole = imagecodecs.jpeg2k_encode(RGB, level=0, reversible=True)
    changed = change(whole)
    assert changed != whole
    with pytest.raises(UnsupportedFormat, match=words):
        one(changed)


def test_a_damaged_jpeg_2000_is_refused():
    whole = imagecodecs.jpeg2k_encode(RGB, level=0, reversible=True)
    with pytest.raises(PhotoError):
        one(whole[:60])
    with pytest.raises(Damaged):
        one(whole[: len(whole) // 4]).open()


# --- JPEG XL


@pytest.mark.parametrize("box", [False, True])
@pytest.mark.parametrize("array", [GREY, RGB, DEEP, DEEP[..., 1]], ids=["grey", "rgb", "rgb16", "grey16"])
def test_jpeg_xl_is_read(box, array):
    photo = one(imagecodecs.jpegxl_encode(array, lossless=True, usecontainer=box))
    assert (photo.format, photo.width, photo.height) == ("jxl", 120, 80)
    # This encoder calls 16 bits linear light, and so they are read.
    expected = array if array.dtype == np.uint8 else encoded(array / 65535) * 65535
    np.testing.assert_allclose(photo.open().numpy().squeeze(), expected, atol=60 * (array.dtype != np.uint8))


@pytest.mark.parametrize("depth", [10, 12])
def test_depths_of_jpeg_xl_are_spread_to_white(depth):
    steps = np.linspace(0, 2**depth - 1, 120).round().astype(np.uint16)[None].repeat(80, 0)
    photo = one(imagecodecs.jpegxl_encode(steps, lossless=True, bitspersample=depth))
    values = photo.open().numpy().squeeze()
    np.testing.assert_allclose(values, encoded(steps / (2**depth - 1)) * 65535, atol=60)


@pytest.mark.parametrize("lossless", [False, True])
def test_16_bits_of_jpeg_xl_are_labelled_as_what_they_are(lossless):
    result = written(DEEP, format="jxl", lossless=lossless, quality=100)
    strays = np.abs(one(result.data).open().numpy().astype(int) - DEEP)
    assert strays.max() == 0 if lossless else strays.mean() < 100
    # Another reader, which minds the label.
    with Image.open(io.BytesIO(result.data)) as image:
        assert np.abs(np.asarray(image).astype(int) - RGB).mean() < 1


def test_a_jpeg_repacked_as_jpeg_xl_is_read():
    jpeg = saved(RGB, "JPEG", quality=90)
    photo = one(imagecodecs.jpegxl_encode_jpeg(jpeg))
    assert np.abs(photo.open().numpy().astype(int) - RGB).mean() < 6


@pytest.mark.parametrize("size", [(8, 8), (1, 1), (300, 200), (9, 3000), (100, 200), (160, 90)])
def test_sizes_of_jpeg_xl_come_from_its_header(size):
    height, width = size
    array = np.zeros((height, width, 3), np.uint8)
    photo = one(imagecodecs.jpegxl_encode(array, lossless=True))
    assert (photo.width, photo.height) == (width, height)
    with pytest.raises(PhotoError, match="allowed"):
        one(imagecodecs.jpegxl_encode(np.zeros((40, 50), np.uint8)), max_pixels=100)


def test_a_missing_codec_is_named_before_anything_is_painted(monkeypatch):
    photo = from_array(RGB)
    monkeypatch.setattr("tintype.photo.write.find_spec", lambda module: None)
    for name in ("jxl", "jp2"):
        with pytest.raises(MissingDecoder, match=rf"tintype\[{name}\]"):
            output_format(None, photo, Settings(format=name))


# --- PNM

PAM = b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (b"P5 # scanned\n3 2\n# by scanimage\n255\n", bytes([0, 9, 255, 7, 8, 6]), [[0, 9, 255], [7, 8, 6]]),
        (b"P5 2 1 65535\n", b"\x12\x34\xff\xff", [[0x1234, 65535]]),
        (b"P5 3 1 1023\n", b"\0\0\x02\x00\x03\xff", [[0, 32800, 65535]]),
        (b"P5 2 1 15\n", b"\x0f\x05", [[255, 85]]),
        (b"P4 9 2\n", b"\x80\x80\x7f\x00", [[0] + [255] * 7 + [0], [255] + [0] * 7 + [255]]),
        (b"P1\n3 2\n", b"1 0 1\n010", [[0, 255, 0], [255, 0, 255]]),
        (b"P2\n3 1\n100\n", b" 0 50 # half\n100", [[0, 128, 255]]),
        (b"P6 1 1 255\n", b"abc", [[[97, 98, 99]]]),
        (b"P3 1 1 255\n", b"1 2 3", [[[1, 2, 3]]]),
        (PAM, b"abcd", [[[97, 98, 99]]]),
    ],
)
def test_pnm_is_read(head, body, expected):
    photo = one(head + body)
    assert photo.format == "pnm"
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), np.array(expected).squeeze())


def test_pnm_of_another_encoder_and_through_a_pipe():
    held = saved(GREY, "PPM")
    np.testing.assert_array_equal(one(io.BytesIO(held)).open().numpy().squeeze(), GREY)


@pytest.mark.parametrize("damage", [b"P5 ", b"P5 3 2 255\nab", b"P5 0 2 255\n", b"P5 3 2 99999\nabcdefabcdef",
                                    b"P2 2 1 255\n7", b"P7\nWIDTH 2\nENDHDR\n"])  # fmt: skip
def test_damaged_pnm_is_refused(damage):
    with pytest.raises(PhotoError):
        one(damage).open()


# --- PSD


def psd(array, mode, *, packed=False, alpha=False, wide=False, resources=b""):
    """A document as Photoshop lays it out, with planes (channels, height, width) of 8 or 16 bits."""
    count, height, width = array.shape
    head = struct.pack(
        ">4sH6xHIIHH", b"8BPS", 2 if wide else 1, count, height, width, array.itemsize * 8, mode
    )
    layers = struct.pack(">h", -1 if alpha else 1)
    nested = struct.pack(">Q" if wide else ">I", len(layers)) + layers
    body = head + struct.pack(">I", 0) + struct.pack(">I", len(resources)) + resources
    body += struct.pack(">Q" if wide else ">I", len(nested)) + nested + struct.pack(">H", packed)
    rows = [row.astype(row.dtype.newbyteorder(">")).tobytes() for plane in array for row in plane]
    if packed:
        rows = [imagecodecs.packbits_encode(row) for row in rows]
        body += b"".join(struct.pack(">I" if wide else ">H", len(row)) for row in rows)
    return body + b"".join(rows)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("array", [GREY, RGB, DEEP, DEEP[..., 1]], ids=["grey", "rgb", "rgb16", "grey16"])
def test_psd_is_read(array, packed, wide):
    planes = np.moveaxis(np.atleast_3d(array), -1, 0)
    document = psd(planes, 1 if len(planes) == 1 else 3, packed=packed, wide=wide)
    if array.dtype == np.uint8 and not wide:
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(document))), array)
    photo = one(document)
    assert photo.format == "psd" and "layers are left out" in photo.notes[0]
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), array)


def test_psd_keeps_transparency_leaves_selections_and_reads_ink():
    planes = np.moveaxis(np.dstack([RGB, GREY]), -1, 0)
    assert one(psd(planes, 3, alpha=True)).has_alpha
    photo = one(psd(planes, 3))
    assert not photo.has_alpha and "1 saved selections" in photo.notes[1]
    ink = np.full((4, 20, 30), 255, np.uint8)  # no ink: paper
    assert one(psd(ink, 4)).open().numpy().min() > 250
    with pytest.raises(UnsupportedFormat, match="CIE Lab"):
        one(psd(planes[:3], 9))


def test_psd_keeps_metadata_and_says_what_is_cut_short():
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    block = b"8BIM" + struct.pack(">HHI", 1060, 0, len(xmp)) + xmp + bytes(len(xmp) % 2)
    block += (
        b"8BIM" + struct.pack(">HHI", 1005, 0, 16) + struct.pack(">IHHIHH", 300 << 16, 1, 1, 300 << 16, 1, 1)
    )
    document = psd(GREY[None], 1, resources=block)
    assert one(document).metadata.xmp == xmp and one(document).metadata.dpi == (300, 300)
    for size in (20, 40, len(document) - 100):
        with pytest.raises(Damaged):
            one(document[:size])


@pytest.mark.parametrize("name", ["jxl", "jp2"])
def test_coloured_from_end_to_end(name, tmp_path):
    Image.fromarray(GREY).save(tmp_path / "in.png")
    result = tintype.Colorizer().save(tmp_path / "in.png", tmp_path / f"out.{name}")
    assert result.targets == (tmp_path / f"out.{name}",)
    back = one(tmp_path / f"out.{name}")
    assert back.open().bands == 3 and b"compositeWithTrainedAlgorithmicMedia" in back.metadata.xmp
