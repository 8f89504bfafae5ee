"""What a photograph file says beside its pixels is still there afterwards; what would be untrue is not."""

import hashlib
import io
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms, IptcImagePlugin, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from tintype import Settings
from tintype.photo.metadata.carry import renewed_xmp
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.provenance import SOURCE_TYPE, Provenance
from tintype.photo.metadata.xmp import XmpError
from tintype.photo.read import read
from tintype.photo.tiff import BYTE, LONG, UNDEFINED, Value, empty_block, finish_block
from tintype.photo.write import Page, write

MARK = Provenance("1.2.3", "tintype", "ab" * 32, {"model": "tintype", "vividness": 0.7})
MAKER = b"Nikon\0\x02\x10\0\0MM\0*\0\0\0\x08\0\0" + bytes(range(200))
IPTC = b"".join(b"\x1c\x02" + bytes([n]) + struct.pack(">H", len(t)) + t for n, t in (
    (105, b"Grandmother, 1931"), (120, b"Vor dem Haus"), (25, b"family"), (25, b"house"),
))  # fmt: skip
XMP = b"""<?xpacket begin='\xef\xbb\xbf' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description rdf:about='' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'
  xmlns:mm='http://ns.adobe.com/xap/1.0/mm/' xmlns:xmp='http://ns.adobe.com/xap/1.0/'
  xmlns:own='http://archive.example/ns/' own:box='12 &amp; 13' xmp:CreatorTool='ScanTool 7'>
 <mm:History><rdf:Seq><rdf:li rdf:parseType='Resource'
   xmlns:e='http://ns.adobe.com/xap/1.0/sType/ResourceEvent#'><e:action>created</e:action></rdf:li></rdf:Seq>
 </mm:History>
 <own:people><rdf:Bag><rdf:li>Ann\xc3\xa9e</rdf:li></rdf:Bag></own:people>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end='w'?>"""
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
MM = "{http://ns.adobe.com/xap/1.0/mm/}"
EVENT = "{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}"
EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"


def exif_block():
    """EXIF as a camera writes it: turned, with a maker's note, a tag nobody knows, and a thumbnail."""
    exif = Image.Exif()
    exif[0x112], exif[0x10F], exif[0x131] = 6, "Kodak", "ScanTool"
    inner = exif.get_ifd(0x8769)
    inner[0x9003], inner[0x927C], inner[0xA002], inner[0xA003] = "1931:05:06 07:08:09", MAKER, 60, 40
    inner[0x1234] = b"unheard of"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (54.0, 42.0, 1.0)
    block = bytearray(exif.tobytes()[6:])
    held = io.BytesIO()
    Image.new("L", (16, 12), 77).save(held, "JPEG")
    order = "<" if block[:2] == b"II" else ">"
    # A second directory with the thumbnail, linked from the first.
    at = struct.unpack_from(order + "I", block, 4)[0]
    count = struct.unpack_from(order + "H", block, at)[0]
    struct.pack_into(order + "I", block, at + 2 + 12 * count, len(block))
    start = len(block) + 2 + 24 + 4
    block += struct.pack(order + "H", 2)
    block += struct.pack(order + "HHII", 513, LONG, 1, start) + struct.pack(
        order + "HHII", 514, LONG, 1, len(held.getvalue())
    )
    return bytes(block) + bytes(4) + held.getvalue()


def grandma(path, size=(60, 40)):
    """A photograph file with everything in it, on its side."""
    pixels = np.tile(np.linspace(10, 240, size[0]).astype(np.uint8), (size[1], 1))
    image = Image.fromarray(pixels)
    held = io.BytesIO()
    if path.suffix == ".tif":
        info = {33723: IPTC, 700: XMP, 271: "Kodak", 274: 6, 305: "ScanTool", 37500: MAKER}
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        for tag, value in info.items():
            tags[tag] = value
            if isinstance(value, bytes):
                tags.tagtype[tag] = 7 if tag != 700 else 1
        image.save(path, tiffinfo=tags, dpi=(600, 600))
        return path
    options = {"exif": b"Exif\0\0" + exif_block(), "dpi": (600, 600)}
    if path.suffix == ".jpg":
        resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(IPTC)) + IPTC + bytes(len(IPTC) % 2)
        image.save(held, "JPEG", xmp=XMP, **options)
        app13 = b"Photoshop 3.0\0" + resource
        data = held.getvalue()
        path.write_bytes(data[:2] + b"\xff\xed" + struct.pack(">H", len(app13) + 2) + app13 + data[2:])
    elif path.suffix == ".png":
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        image.save(path, pnginfo=text, **options)
    else:
        image.save(path, xmp=XMP, quality=90, **options)
    return path


def rewritten(source, target, **options):
    settings = Settings(**options)
    (photo,) = read(source, settings)
    image = photo.open()
    written = write([Page(photo, image.bandjoin([image, image]), mark=MARK)], target, settings)
    return Image.open(target), written


def xmp_of(image):
    found = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or image.tag_v2[700]
    return found.encode() if isinstance(found, str) else found


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif", ".tif"])
@pytest.mark.parametrize("source", [".jpg", ".png", ".tif"])
def test_what_the_file_says_stays_true(tmp_path, source, suffix):
    result, written = rewritten(grandma(tmp_path / f"in{source}"), tmp_path / f"out{suffix}")
    assert result.size == (40, 60)
    assert result.mode == "RGB"
    exif = result.getexif()
    assert exif.get(0x112, 1) == 1
    assert exif[0x10F] == "Kodak"
    assert exif[0x131] == "ScanTool"  # the scanner's own, not ours
    if source != ".tif":
        inner = exif.get_ifd(0x8769)
        assert inner[0x9003] == "1931:05:06 07:08:09"
        assert (inner[0xA002], inner[0xA003]) == (40, 60)
        assert exif.get_ifd(0x8825)[2] == (54.0, 42.0, 1.0)
        assert inner[0x927C] == MAKER
        assert inner[0x1234] == b"unheard of"
    # no thumbnail: no second directory in the block
    raw = result.info.get("exif", b"")
    assert raw.count(b"\xff\xd8\xff") == 0
    dpi = result.info.get("dpi") or (exif[282], exif[283])
    assert dpi == pytest.approx((600, 600), abs=0.1)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(result.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileName(profile)
    root = ET.fromstring(xmp_of(result).rstrip(b"\0"))
    assert root.findtext(f".//{EXT}DigitalSourceType") == SOURCE_TYPE
    events = root.findall(f".//{MM}History/{RDF}Seq/{RDF}li")
    assert [e.findtext(f"{EVENT}action") for e in events] == ["created", "edited"]
    assert "Tintype 1.2.3" in events[-1].findtext(f"{EVENT}softwareAgent")
    assert '"vividness": 0.7' in events[-1].findtext(f"{EVENT}parameters")
    description = root.find(f".//{RDF}Description")
    assert description.get("{http://archive.example/ns/}box") == "12 & 13"
    assert root.findtext(".//{http://archive.example/ns/}people//" + f"{RDF}li") == "Année"
    assert description.get("{http://ns.adobe.com/xap/1.0/}CreatorTool") == "ScanTool 7"
    assert root.findtext(".//{http://ns.adobe.com/tiff/1.0/}Orientation") == "1"
    (again,) = read(tmp_path / f"out{suffix}", Settings())
    assert again.metadata.dpi == pytest.approx((600, 600), abs=0.1)
    if suffix in (".webp", ".avif"):
        assert any("IPTC" in n for n in written.notes) == (source != ".png")
    elif source != ".png":
        assert again.metadata.iptc == IPTC


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_pillow_finds_the_iptc_records(tmp_path, suffix):
    result, _ = rewritten(grandma(tmp_path / "in.jpg"), tmp_path / f"out{suffix}")
    if suffix == ".jpg":
        assert IptcImagePlugin.getiptcinfo(result)[2, 25] == [b"family", b"house"]
    else:
        assert result.tag_v2[33723] == IPTC


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif", ".tif"])
def test_nothing_is_made_up(tmp_path, suffix):
    path = tmp_path / "plain.png"
    Image.new("L", (20, 10), 90).save(path)
    (photo,) = read(path, Settings())
    target = tmp_path / f"out{suffix}"
    written = write([Page(photo, photo.open())], target, Settings())
    assert written.notes == ()
    result = Image.open(target)
    assert not result.info.get("exif")
    assert not result.info.get("xmp")
    assert read(target, Settings())[0].metadata.dpi is None
    assert "dpi" not in result.info or suffix == ".tif"  # Pillow makes one up for TIFF


def test_a_resolution_without_sense_prints_nothing(tmp_path, capfd):
    Image.new("L", (20, 10), 90).save(tmp_path / "in.png")
    (photo,) = read(tmp_path / "in.png", Settings())
    photo = replace(photo, metadata=replace(photo.metadata, dpi=(5e7, 5e7)))
    for suffix in (".jpg", ".png", ".tif", ".webp", ".avif"):
        write([Page(photo, photo.open())], tmp_path / f"out{suffix}", Settings())
    assert capfd.readouterr() == ("", "")


def test_a_mark_without_xmp_makes_a_packet(tmp_path):
    path = tmp_path / "plain.png"
    Image.new("L", (20, 10), 90).save(path)
    result, _ = rewritten(path, tmp_path / "out.jpg")
    root = ET.fromstring(xmp_of(result))
    assert root.findtext(".//{http://ns.adobe.com/xap/1.0/}CreatorTool") == "Tintype 1.2.3"
    assert result.getexif()[0x131] == "Tintype 1.2.3"


@pytest.mark.parametrize(
    "packet",
    [
        b"no xml",
        b"\xff\xfe\0\0",
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
        b"<!DOCTYPE a [<!ENTITY b 'cc'>]>" + XMP,
        b"<a>" * 50_000 + b"</a>" * 50_000,
    ],
)
def test_a_bad_packet_is_refused(packet):
    with pytest.raises(XmpError):
        renewed_xmp(packet, Facts(1, 1), MARK)


def test_a_bad_packet_is_replaced_and_said_so(tmp_path):
    path = tmp_path / "in.png"
    Image.new("L", (20, 10), 90).save(path)
    (photo,) = read(path, Settings())
    photo = replace(photo, metadata=replace(photo.metadata, xmp=b"<!DOCTYPE x>", exif=b"nonsense"))
    written = write([Page(photo, photo.open(), mark=MARK)], tmp_path / "out.png", Settings())
    assert [n for n in written.notes if "XMP is damaged" in n]
    assert [n for n in written.notes if "EXIF is damaged" in n]


def test_the_source_type_of_a_scan_is_remembered():
    old = b"http://cv.iptc.org/newscodes/digitalsourcetype/print"
    packet = XMP.replace(b"tiff:Orientation='6'", b"i:DigitalSourceType='" + old + b"' xmlns:i='" +
                         EXT[1:-1].encode() + b"'")  # fmt: skip
    new = renewed_xmp(packet, Facts(1, 1), MARK)
    root = ET.fromstring(new)
    assert root.findtext(f".//{EXT}DigitalSourceType") == SOURCE_TYPE
    assert old.decode() in root.findall(f".//{EVENT}parameters")[-1].text
    twice = ET.fromstring(renewed_xmp(new, Facts(1, 1), MARK))
    assert len(twice.findall(f".//{EXT}DigitalSourceType")) == 1


def test_properties_are_put_right_wherever_their_prefix_is_declared():
    """ExifTool gives every namespace a description of its own."""
    told = "<rdf:Description rdf:about='' xmlns:{0}='{1}'>{2}</rdf:Description>"
    ext = told.format("i", EXT[1:-1], "<i:DigitalSourceType rdf:resource='http://old.example/print'/>")
    tiff = told.format("tiff", "http://ns.adobe.com/tiff/1.0/", "<tiff:Orientation>8</tiff:Orientation>")
    exif = told.format("e", "http://ns.adobe.com/exif/1.0/", "<e:PixelXDimension>9</e:PixelXDimension>")
    dc = told.format("dc", "http://purl.org/dc/elements/1.1/", "<dc:format>x</dc:format>")
    packet = f"<rdf:RDF xmlns:rdf='{RDF[1:-1]}'>{dc}{ext}{tiff}{exif}</rdf:RDF>"
    root = ET.fromstring(renewed_xmp(packet.encode(), Facts(40, 60), MARK))
    assert root.findtext(".//{http://ns.adobe.com/tiff/1.0/}Orientation") == "1"
    assert root.findtext(".//{http://ns.adobe.com/exif/1.0/}PixelXDimension") == "40"
    assert root.findtext(f".//{EXT}DigitalSourceType") == SOURCE_TYPE
    assert "http://old.example/print" in root.findall(f".//{EVENT}parameters")[-1].text


def test_what_is_too_large_for_a_jpeg_is_said(tmp_path):
    block = finish_block(empty_block(), {0xC000: Value(UNDEFINED, 70_000, bytes(70_000))})
    Image.new("L", (20, 10), 90).save(tmp_path / "in.png")
    (photo,) = read(tmp_path / "in.png", Settings())
    photo = replace(photo, metadata=replace(photo.metadata, exif=block))
    written = write([Page(photo, photo.open())], tmp_path / "out.jpg", Settings())
    assert [n for n in written.notes if "EXIF" in n and "too large" in n]
    Image.open(tmp_path / "out.jpg").load()
    assert write([Page(photo, photo.open())], tmp_path / "out.png", Settings()).notes == ()


def test_a_large_makers_note_does_not_cost_the_rest(tmp_path):
    exif = Image.Exif()
    exif[0x10F] = "Kodak"
    inner = exif.get_ifd(0x8769)
    inner[0x927C], inner[0x9003] = bytes(66_000), "1931:05:06 07:08:09"
    Image.new("L", (20, 10), 90).save(tmp_path / "in.png", exif=exif)
    result, written = rewritten(tmp_path / "in.png", tmp_path / "out.jpg")
    assert written.notes == ("the maker's note in its EXIF is too large for a JPEG: left out",)
    assert result.getexif()[0x10F] == "Kodak"
    assert dict(result.getexif().get_ifd(0x8769)) == {0x9003: "1931:05:06 07:08:09"}


def test_the_original_profile_is_written_when_asked(tmp_path):
    adobe = bytes(pyvips.Operation.call("profile_load", "p3"))
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "in.png", icc_profile=adobe)
    settings = Settings(profile="original")
    (photo,) = read(tmp_path / "in.png", settings)
    assert not np.array_equal(photo.open().numpy(), pixels)
    write([Page(photo, photo.open())], tmp_path / "out.png", settings)
    result = Image.open(tmp_path / "out.png")
    assert result.info["icc_profile"] == adobe
    inside = (np.ptp(pixels.astype(int), axis=-1) < 40) & (pixels > 60).all(-1) & (pixels < 220).all(-1)
    assert np.abs(np.asarray(result)[inside].astype(int) - pixels[inside]).max() <= 3


def test_bytes_tags_survive_the_byte_order(tmp_path):
    """A big-endian scan's EXIF lands in a little-endian TIFF."""
    block = empty_block(">")
    numbers = Value(LONG, 2, struct.pack(">II", 7, 9))
    exif = finish_block(
        block, {0x10F: Value(2, 6, b"Kodak\0"), 0xC001: numbers, 0xC002: Value(BYTE, 3, b"abc")}
    )
    Image.new("L", (20, 10), 90).save(tmp_path / "in.png")
    (photo,) = read(tmp_path / "in.png", Settings())
    photo = replace(photo, metadata=replace(photo.metadata, exif=exif))
    write([Page(photo, photo.open())], tmp_path / "out.tif", Settings())
    tags = Image.open(tmp_path / "out.tif").tag_v2
    assert (tags[0x10F], tags[0xC001], tags[0xC002]) == ("Kodak", (7, 9), b"abc")


def test_photoshops_note_on_the_iptc_records_stays_true(tmp_path):
    typed = IPTC + b"\x1c\x02\x82\0\x021W"  # black and white
    told = b"photoshop:LegacyIPTCDigest='%s' xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'"
    true, untrue = (told % hashlib.md5(r).hexdigest().encode() for r in (typed, b"other"))
    Image.new("L", (20, 10), 90).save(tmp_path / "in.png")
    (photo,) = read(tmp_path / "in.png", Settings())
    for kind, digest, kept in (("jpeg", true, 1), ("jpeg", untrue, 0), ("webp", true, 0)):
        packet = XMP.replace(b"tiff:Orientation='6'", digest)
        now = replace(photo, metadata=replace(photo.metadata, xmp=packet, iptc=typed))
        (again,) = read(write([Page(now, now.open())], None, Settings(format=kind)).data, Settings())
        assert again.metadata.xmp.count(b"LegacyIPTCDigest") == 2 * kept
        if kept:
            assert again.metadata.iptc.endswith(b"3F")
            digest = hashlib.md5(again.metadata.iptc).hexdigest().upper().encode()
            assert digest in again.metadata.xmp


def test_xmp_that_does_not_come_apart_costs_the_mark_nothing(tmp_path):
    names = " ".join(f"xmlns:n{i}='urn:{'x' * 60}{i}'" for i in range(1000))
    packet = XMP.replace(b"<rdf:RDF", f"<rdf:RDF {names}".encode(), 1)
    Image.new("L", (20, 10), 90).save(tmp_path / "in.png")
    (photo,) = read(tmp_path / "in.png", Settings())
    photo = replace(photo, metadata=replace(photo.metadata, xmp=packet))
    written = write([Page(photo, photo.open(), mark=MARK)], tmp_path / "out.jpg", Settings())
    assert [n for n in written.notes if "too large for a JPEG" in n]
    assert b"AISystemUsed" in read(tmp_path / "out.jpg", Settings())[0].metadata.xmp


@pytest.mark.parametrize(
    "head", [b"P5\n# Ida, 1931\n3 # wide\n1\n255\n", b"P7\n# Ida, 1931\n# wide\nWIDTH 3\nHEIGHT 1\nDEPTH 1\n"
             b"MAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n"]
)  # fmt: skip
def test_comments_of_pnm_are_found(head):
    (photo,) = read(head + b"#a\n", Settings())
    assert photo.metadata.comments == ("Ida, 1931", "wide")
