"""Places in a picture that XMP tells of, faces above all: they turn with it.

Metadata Working Group 2.0 (by the middle), Microsoft's people tags (by a corner, as text), IPTC Photo
Metadata Standard 2023.1, "Image Region" (rectangles by a corner, circles, polygons; relative or in pixels).
"""

from __future__ import annotations

from typing import Any
from xml.dom import minidom

from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.xmp import IPTC_EXT, RDF, elements

_MWG_AREA = "http://ns.adobe.com/xmp/sType/Area#"
_MWG_SIZE = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
_MICROSOFT = "http://ns.microsoft.com/photo/1.2/t/Region#"


def turn(node: minidom.Element, facts: Facts) -> None:
    """Let what a node says of a place hold for the upright picture."""
    _turn_area(node, facts)
    _turn_microsofts(node, facts)
    if (node.namespaceURI, node.localName) == (IPTC_EXT, "RegionBoundary"):
        _turn_boundary(node, facts)


def resize(node: minidom.Element, facts: Facts) -> None:
    """The size that regions were drawn on."""
    if node.localName == "AppliedToDimensions":
        _Fields(node, _MWG_SIZE).put(w=facts.width, h=facts.height)


class _Fields:
    """The simple fields of a structure, as attributes or as elements."""

    def __init__(self, node: minidom.Element, space: str) -> None:
        inside = [e for e in elements(node) if (e.namespaceURI, e.localName) == (RDF, "Description")]
        holders = [node, *inside]
        self._at: dict[str, Any] = {}
        for holder in holders:
            self._at |= {a.localName: a for a in holder.attributes.values() if a.namespaceURI == space}
            self._at |= {e.localName: e for e in elements(holder) if e.namespaceURI == space}

    def text(self, name: str) -> str:
        """What a field says; empty where there is none."""
        node = self._at.get(name)
        if node is None:
            return ""
        if node.nodeType == node.ATTRIBUTE_NODE:
            return str(node.value)
        return "".join(n.data for n in node.childNodes if n.nodeType == n.TEXT_NODE)

    def numbers(self, *names: str) -> list[float] | None:
        try:
            return [float(self.text(name)) for name in names]
        except ValueError:
            return None

    def put(self, **texts: object) -> None:
        for name, text in texts.items():
            node = self._at.get(name)
            if node is None:
                continue
            if node.nodeType == node.ATTRIBUTE_NODE:
                node.value = str(text)
            else:
                for child in list(node.childNodes):
                    node.removeChild(child)
                node.appendChild(node.ownerDocument.createTextNode(str(text)))


def _turn_area(node: minidom.Element, facts: Facts) -> None:
    area = _Fields(node, _MWG_AREA)
    middle = area.numbers("x", "y")
    if middle is None or not all(0 <= n <= 1 for n in middle):
        return
    x, y = facts.place(*middle)
    area.put(x=round(x, 6), y=round(y, 6))
    size = area.numbers("w", "h")
    if size is not None and facts.orientation >= 5:
        area.put(w=size[1], h=size[0])


def _turn_microsofts(node: minidom.Element, facts: Facts) -> None:
    told = _Fields(node, _MICROSOFT)
    try:
        box = [float(part) for part in told.text("Rectangle").split(",")]
    except ValueError:
        return
    if len(box) == 4 and all(-1 <= n <= 2 for n in box):
        told.put(Rectangle=", ".join(f"{n:.6g}" for n in _box(facts, *box)))


def _box(facts: Facts, x: float, y: float, width: float, height: float) -> tuple[float, ...]:
    """A rectangle by its upper left corner and size, in the upright picture."""
    (one, two), (three, four) = facts.place(x, y), facts.place(x + width, y + height)
    return min(one, three), min(two, four), abs(one - three), abs(two - four)


def _turn_boundary(node: minidom.Element, facts: Facts) -> None:
    told = _Fields(node, IPTC_EXT)
    turned = facts.orientation >= 5
    wide, high = (facts.height, facts.width) if turned else (facts.width, facts.height)
    if told.text("rbUnit").strip() == "pixel":
        before, after = (float(wide), float(high)), (float(facts.width), float(facts.height))
    else:
        before = after = (1.0, 1.0)
    _turn_shape(told, facts, before, after)
    radius = told.numbers("rbRx")
    if radius is not None and before == (1.0, 1.0):  # as a share of the width, which may be another now
        told.put(rbRx=f"{radius[0] * wide / facts.width:.6g}")
    for vertices in node.getElementsByTagNameNS(IPTC_EXT, "rbVertices"):
        for point in vertices.getElementsByTagNameNS(RDF, "li"):
            _turn_shape(_Fields(point, IPTC_EXT), facts, before, after)


def _turn_shape(told: _Fields, facts: Facts, before: tuple[float, float], after: tuple[float, float]) -> None:
    """A rectangle, or a point; `before` and `after`: what full width and height are."""
    place = told.numbers("rbX", "rbY")
    if place is None:
        return
    x, y = place[0] / before[0], place[1] / before[1]
    size = told.numbers("rbW", "rbH")
    if size is None:
        x, y = facts.place(x, y)
    else:
        x, y, width, height = _box(facts, x, y, size[0] / before[0], size[1] / before[1])
        told.put(rbW=f"{width * after[0]:.6g}", rbH=f"{height * after[1]:.6g}")
    told.put(rbX=f"{x * after[0]:.6g}", rbY=f"{y * after[1]:.6g}")
