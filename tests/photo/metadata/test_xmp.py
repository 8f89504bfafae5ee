"""XMP packets: every encoding and size, merged, split, put right."""

import hashlib
import zlib

import pytest
from PIL import Image, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from photo.metadata import everything
from photo.metadata.everything import many, packet
from tintype import Hint, Settings
from tintype.photo.metadata import jpeg, xmp_truth
from tintype.photo.metadata.carry import renewed_xmp
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.metadata.survey import survey, xmp_orientation
from tintype.photo.metadata.xmp import DC, IPTC_EXT, MM, NOTE, PHOTOSHOP, TIFF, XMP, Packet
from tintype.photo.read import read
from tintype.photo.write import Page, write

HINTED = Settings(hints=tuple(Hint(x=i / 7, y=i / 3, color=(i % 256, 20, 30)) for i in range(500)))
MANY = Provenance("1.2.3", "tintype", "ab" * 32, HINTED.to_json())
CRS = xmp_truth.CRS


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


def test_extended_xmp_is_put_together_wherever_its_pieces_stand():
    found = survey(everything.jpeg(), "jpeg")
    told = Packet(found.xmp)
    assert told.items(DC, "description") == [everything.CAPTION]
    assert not told.has(NOTE, "HasExtendedXMP")
    assert told.items(DC, "title") == ["Grandma Ida"]


@pytest.mark.parametrize("how", ["cut", "changed", "unnamed"])
def test_extended_xmp_that_does_not_belong_is_said(how):
    data = everything.jpeg()
    if how == "cut":
        at = data.rindex(b"http://ns.adobe.com/xmp/extension/")
        data = data[: at - 2] + b"\0\2" + data[at + int.from_bytes(data[at - 2 : at], "big") - 2 :]
    elif how == "changed":
        data = data.replace(b"A long caption.", b"A lung caption.", 1)
    else:
        data = data.replace(b"xmpNote:HasExtendedXMP=", b"xmpNote:HasNoExtension=", 1)
    found = survey(data, "jpeg")
    assert [n for n in found.notes if "extended XMP" in n]
    assert Packet(found.xmp).items(DC, "title") == ["Grandma Ida"]


def test_what_is_too_much_for_one_segment_goes_on_in_an_extended_packet():
    inside = "<dc:description>" + many("Alt", everything.CAPTION, alt=True) + "</dc:description>"
    whole = renewed_xmp(packet(inside=everything.TRUE + inside), Facts(1, 1), MANY)
    standard, extension = jpeg.split(whole)
    assert len(standard) <= jpeg.ROOM["xmp"]
    main = Packet(standard)
    assert main.get(NOTE, "HasExtendedXMP") == hashlib.md5(extension).hexdigest().upper()
    assert main.get(IPTC_EXT, "AISystemUsed") == "Tintype: tintype"
    main.take(Packet(extension))
    assert main.items(DC, "description") == [everything.CAPTION]
    assert "500" not in main.get(XMP, "CreatorTool")
    assert set(main.names()) == set(Packet(whole).names()) | {(NOTE, "HasExtendedXMP")}


def test_five_hundred_hints_do_not_stop_a_jpeg(tmp_path):
    path = tmp_path / "in.jpg"
    path.write_bytes(everything.jpeg())
    (photo,) = read(path, Settings())
    written = write([Page(photo, photo.open(), mark=MANY)], tmp_path / "out.jpg", Settings())
    assert not [n for n in written.notes if "XMP" in n]
    (again,) = read(tmp_path / "out.jpg", Settings())
    told = Packet(again.metadata.xmp)
    assert told.items(DC, "description") == [everything.CAPTION]
    assert told.find(MM, "History").toxml().count("#") > 490  # a colour for each hint


def test_greyscale_settings_are_turned_off_also_inside_looks():
    look = (
        "<crs:Look rdf:parseType='Resource'><crs:Name>Portrait</crs:Name><crs:Parameters>"
        "<rdf:Description crs:ConvertToGrayscale='True' crs:GrayMixerBlue='4' crs:Clarity='3'/>"
        "</crs:Parameters></crs:Look><crs:ConvertToGrayscale>True</crs:ConvertToGrayscale>"
    )
    made = renewed_xmp(
        packet('crs:Clarity="9" crs:Saturation="-100" crs:CameraProfile="Adobe Monochrome"', look),
        Facts(1, 1),
        None,
    )
    assert b"True" not in made and b"GrayMixer" not in made and b"-100" not in made
    assert b"Monochrome" not in made
    assert made.count(b"False") == 2 and made.count(b"Clarity") == 2
    kept = renewed_xmp(packet('crs:Saturation="-30"'), Facts(1, 1), None)
    assert Packet(kept).get(CRS, "Saturation") == "-30"


FACES = (
    "<mwg-rs:Regions rdf:parseType='Resource'><mwg-rs:AppliedToDimensions stDim:w='60' stDim:h='40' "
    "stDim:unit='pixel'/><mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name='Ida'>"
    "<mwg-rs:Area stArea:x='0.25' stArea:y='0.1' stArea:w='0.2' stArea:h='0.3' stArea:unit='normalized'/>"
    "</rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
)


@pytest.mark.parametrize(
    ("orientation", "area"),
    [
        (1, ("0.25", "0.1", "0.2", "0.3")),
        (3, ("0.75", "0.9", "0.2", "0.3")),
        (6, ("0.9", "0.25", "0.3", "0.2")),
        (8, ("0.1", "0.75", "0.3", "0.2")),
    ],
)
def test_faces_are_turned_with_the_photograph(orientation, area):
    size = (60, 40) if orientation < 5 else (40, 60)
    made = renewed_xmp(packet(inside=FACES), Facts(*size, orientation=orientation), None).decode()
    for name, value in zip("xywh", area, strict=True):
        assert f'stArea:{name}="{value}"' in made
    assert f'stDim:w="{size[0]}" stDim:h="{size[1]}"' in made
    assert 'mwg-rs:Name="Ida"' in made


def test_claims_of_parts_that_are_left_out_are_taken_out_and_said():
    directory = "<Container:Directory><rdf:Seq><rdf:li>x</rdf:li></rdf:Seq></Container:Directory>"
    xmp = packet('GCamera:MotionPhoto="1" hdrgm:Version="1.0" GCamera:BurstID="7"', directory)
    data = everything.saved(everything.pixels(), "JPEG", xmp=xmp)
    notes = survey(data, "jpeg").notes
    assert any("film" in n for n in notes) and any("gain map" in n for n in notes)
    made = Packet(renewed_xmp(xmp, Facts(1, 1), None))
    assert made.names() == [(everything.NAMESPACES["GCamera"], "BurstID")]


def test_a_still_photograph_that_says_so_has_no_film():
    xmp = packet('GCamera:MotionPhoto="0"')
    assert survey(everything.saved(everything.pixels(), "JPEG", xmp=xmp), "jpeg").notes == []


def test_sidecars_of_developers_lose_their_steps_and_say_so():
    from tintype.photo.metadata.xmp_truth import DARKTABLE, put_right

    steps = "<darktable:history><rdf:Seq><rdf:li>monochrome</rdf:li></rdf:Seq></darktable:history>"
    told = Packet(packet(f'xmlns:darktable="{DARKTABLE}" xmp:Rating="4"', steps))
    assert put_right(told, Facts(1, 1)) == ("darktable's steps are for the original, and are left out",)
    assert told.names() == [(XMP, "Rating")]
    assert told.get(TIFF, "Orientation") is None


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_xmp_in_every_kind_of_png_text_is_the_same(kind):
    xmp = packet(inside=everything.TRUE)
    head = {b"tEXt": b"\0", b"zTXt": b"\0\0", b"iTXt": b"\0\1\0\0\0"}[kind]
    body = xmp if kind == b"tEXt" else zlib.compress(xmp)
    data = everything.saved(everything.pixels(), "PNG")
    data = data[:-12] + everything.chunk(kind, b"XML:com.adobe.xmp" + head + body) + data[-12:]
    assert survey(data, "png").xmp == xmp


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(("exif", "orientation"), [(None, 6), (1, 1), (3, 3)])
def test_xmp_tells_the_orientation_where_exif_does_not(kind, exif, orientation):
    xmp = packet('tiff:Orientation="6"')
    if kind == "TIFF":
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[700], tags.tagtype[700] = xmp, 1
        if exif:
            tags[274] = exif
        options = {"tiffinfo": tags}
    elif kind == "PNG":
        options = {"pnginfo": PngInfo()}
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp.decode())
    else:
        options = {"xmp": xmp}
    if exif and kind != "TIFF":
        block = Image.Exif()
        block[274] = exif
        options["exif"] = block
    (photo,) = read(everything.saved(everything.pixels(), kind, **options), Settings())
    assert photo.orientation == orientation
    (again,) = read(write([Page(photo, photo.open())], None, Settings()).data, Settings())
    assert again.orientation == 1
    assert Packet(again.metadata.xmp).get(TIFF, "Orientation") == "1"
