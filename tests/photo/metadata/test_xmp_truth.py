"""XMP says what is true of the result, and no longer what is not."""

import pytest

from photo.metadata import everything
from photo.metadata.everything import packet
from tintype.photo.metadata import xmp_truth
from tintype.photo.metadata.carry import renewed_xmp
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.survey import survey
from tintype.photo.metadata.xmp import TIFF, XMP, Packet

CRS = xmp_truth.CRS


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
