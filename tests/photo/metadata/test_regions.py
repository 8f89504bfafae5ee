"""Faces and other places that XMP tells of are turned with the photograph, whoever wrote them."""

import pytest

from photo.metadata import everything
from tintype.photo.metadata.carry import renewed_xmp
from tintype.photo.metadata.facts import Facts

SPACES = (
    'xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" xmlns:MP="http://ns.microsoft.com/photo/1.2/" '
    'xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
)
PEOPLE = (
    "<MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li MPReg:PersonDisplayName='Ida' "
    "MPReg:Rectangle='0.1, 0.2, 0.3, 0.4'/></rdf:Bag></MPRI:Regions></rdf:Description></MP:RegionInfo>"
)


def turned(inside, orientation, size=(60, 40)):
    """A packet for the upright picture; `size` is the stored one's."""
    upright = size if orientation < 5 else size[::-1]
    packet = everything.packet(SPACES, inside)
    return renewed_xmp(packet, Facts(*upright, orientation=orientation), None).decode()


def boundary(attributes, inside=""):
    return (
        "<Iptc4xmpExt:ImageRegion><rdf:Bag><rdf:li rdf:parseType='Resource'>"
        f"<Iptc4xmpExt:RegionBoundary><rdf:Description {attributes}>{inside}</rdf:Description>"
        "</Iptc4xmpExt:RegionBoundary></rdf:li></rdf:Bag></Iptc4xmpExt:ImageRegion>"
    )


@pytest.mark.parametrize(
    ("orientation", "box"),
    [
        (1, "0.1, 0.2, 0.3, 0.4"), (2, "0.6, 0.2, 0.3, 0.4"), (3, "0.6, 0.4, 0.3, 0.4"),
        (6, "0.4, 0.1, 0.4, 0.3"), (8, "0.2, 0.6, 0.4, 0.3"),
    ],
)  # fmt: skip
def test_people_tags_of_microsoft(orientation, box):
    assert f'Rectangle="{box}"' in turned(PEOPLE, orientation)


@pytest.mark.parametrize(
    ("unit", "told", "expected"),
    [
        ("relative", ("0.1", "0.2", "0.3", "0.4"), ("0.4", "0.1", "0.4", "0.3")),
        ("pixel", ("6", "8", "18", "16"), ("16", "6", "16", "18")),
    ],
)
def test_rectangles_of_iptc(unit, told, expected):
    names = ("rbX", "rbY", "rbW", "rbH")
    shown = " ".join(f"Iptc4xmpExt:{n}='{v}'" for n, v in zip(names, told, strict=True))
    made = turned(boundary(f"Iptc4xmpExt:rbShape='rectangle' Iptc4xmpExt:rbUnit='{unit}' {shown}"), 6)
    for name, value in zip(names, expected, strict=True):
        assert f'Iptc4xmpExt:{name}="{value}"' in made


def test_circles_and_polygons_of_iptc():
    circle = "Iptc4xmpExt:rbShape='circle' Iptc4xmpExt:rbUnit='relative' "
    circle += "Iptc4xmpExt:rbX='0.25' Iptc4xmpExt:rbY='0.1' Iptc4xmpExt:rbRx='0.1'"
    made = turned(boundary(circle), 6)
    # A tenth of 60 px is 15 % of 40 px.
    assert 'rbX="0.9"' in made and 'rbY="0.25"' in made and 'rbRx="0.15"' in made
    point = "<rdf:li rdf:parseType='Resource'><Iptc4xmpExt:rbX>{}</Iptc4xmpExt:rbX>"
    point += "<Iptc4xmpExt:rbY>{}</Iptc4xmpExt:rbY></rdf:li>"
    points = point.format(0, 0) + point.format(0.5, 0.1)
    vertices = f"<Iptc4xmpExt:rbVertices><rdf:Seq>{points}</rdf:Seq></Iptc4xmpExt:rbVertices>"
    made = turned(boundary("Iptc4xmpExt:rbShape='polygon' Iptc4xmpExt:rbUnit='relative'", vertices), 8)
    for x, y in (("0", "1"), ("0.1", "0.5")):
        assert f"<Iptc4xmpExt:rbX>{x}</Iptc4xmpExt:rbX><Iptc4xmpExt:rbY>{y}</Iptc4xmpExt:rbY>" in made


@pytest.mark.parametrize("rectangle", ["", "a, b, c, d", "0.1, 0.2", "1e99, 0, 0, 0"])
def test_what_makes_no_sense_stays(rectangle):
    inside = PEOPLE.replace("0.1, 0.2, 0.3, 0.4", rectangle)
    assert f'Rectangle="{rectangle}"' in turned(inside, 6)
