"""XMP packets: read without trusting them, changed property by property, written as UTF-8.

All that a packet says is kept, also what nobody here has heard of. Properties: XMP specification part 1
(ISO 16684-1).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from xml.dom import minidom

from tintype.photo.metadata.xml_text import written
from tintype.photo.metadata.xmp_parse import LARGEST, XmpError, decoded, parse

X = "adobe:ns:meta/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "http://ns.adobe.com/xap/1.0/"
MM = "http://ns.adobe.com/xap/1.0/mm/"
EVENT = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
NOTE = "http://ns.adobe.com/xmp/note/"
DC = "http://purl.org/dc/elements/1.1/"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
TIFF = "http://ns.adobe.com/tiff/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
TINTYPE = "urn:tintype:xmp:1.0:"
_XML = "http://www.w3.org/XML/1998/namespace"
_XMLNS = "http://www.w3.org/2000/xmlns/"
_PREFIXES = {X: "x", RDF: "rdf", XMP: "xmp", MM: "xmpMM", EVENT: "stEvt", NOTE: "xmpNote", DC: "dc",
             IPTC_EXT: "Iptc4xmpExt", IPTC_CORE: "Iptc4xmpCore", PHOTOSHOP: "photoshop", TIFF: "tiff",
             EXIF: "exif", TINTYPE: "tintype"}  # fmt: skip
_EMPTY = f'<x:xmpmeta xmlns:x="{X}"><rdf:RDF xmlns:rdf="{RDF}"/></x:xmpmeta>'
_PACKET = ('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n', '\n<?xpacket end="w"?>')
__all__ = ["LARGEST", "Packet", "XmpError", "decoded"]

_PROPERTIES = 3000  # of one packet: what is done with them takes time for each


class Packet:
    """The properties of one XMP packet, whichever way (attribute or element) they are written.

    Parameters
    ----------
    packet
        UTF-8, UTF-16 or UTF-32; None begins an empty one.

    Raises
    ------
    XmpError
        When it is no XMP, declares a document type or entities, or is of a size or depth without sense.
    """

    def __init__(self, packet: bytes | None = None) -> None:
        self.document = parse(_EMPTY if packet is None else decoded(packet))
        roots = self.document.getElementsByTagNameNS(RDF, "RDF")
        if not roots:
            msg = "it has no rdf:RDF element"
            raise XmpError(msg)
        self.root: minidom.Element = roots[0]
        found = [n for n in elements(self.root) if (n.namespaceURI, n.localName) == (RDF, "Description")]
        if not found:
            found = [self._new(self.root, RDF, "Description")]
            self._set(found[0], RDF, "about", "")
        self._descriptions = found
        if len(self.names()) > _PROPERTIES:
            msg = f"it has more than {_PROPERTIES:,} properties"
            raise XmpError(msg)

    # --- asking

    def get(self, space: str, name: str) -> str | None:
        """The text of a simple property; None where it is missing."""
        for description in self._descriptions:
            if description.hasAttributeNS(space, name):
                return str(description.getAttributeNS(space, name))
        element = self.find(space, name)
        if element is None:
            return None
        if element.hasAttributeNS(RDF, "resource"):  # an address may be written so
            return str(element.getAttributeNS(RDF, "resource"))
        return text_of(element)

    def items(self, space: str, name: str) -> list[str]:
        """The texts of a property: one for a simple one, all of an array."""
        element = self.find(space, name)
        lists = [] if element is None else [n for n in elements(element) if n.namespaceURI == RDF]
        if not lists:
            text = self.get(space, name)
            return [text] if text else []
        return [text_of(item) for item in elements(lists[0])]

    def has(self, space: str, name: str) -> bool:
        """Whether there is such a property."""
        return self.find(space, name) is not None or any(
            d.hasAttributeNS(space, name) for d in self._descriptions
        )

    def find(self, space: str, name: str) -> minidom.Element | None:
        """The element of a property; None where it is missing or an attribute."""
        return next((e for e in self._properties() if (e.namespaceURI, e.localName) == (space, name)), None)

    def names(self) -> list[tuple[str, str]]:
        """Namespace and name of all properties."""
        found: dict[tuple[str, str], None] = {}
        for description in self._descriptions:
            for attribute in list(description.attributes.values()):
                if attribute.namespaceURI not in (None, RDF, _XML, _XMLNS):
                    found[(attribute.namespaceURI, attribute.localName)] = None
        for element in self._properties():
            found[(element.namespaceURI or "", element.localName)] = None
        return list(found)

    def sizes(self) -> dict[tuple[str, str], int]:
        """About how many bytes each property takes."""
        found: dict[tuple[str, str], int] = {}
        for description in self._descriptions:
            for attribute in description.attributes.values():
                if attribute.namespaceURI not in (None, RDF, _XML, _XMLNS):
                    length = len((attribute.name + attribute.value).encode("utf-8", "replace")) + 4
                    found[(attribute.namespaceURI, attribute.localName)] = length
        for element in self._properties():
            key = element.namespaceURI or "", element.localName
            found[key] = found.get(key, 0) + len(written(element).encode("utf-8", "replace"))
        return found

    def nodes(self) -> Iterator[minidom.Element]:
        """Every element below the properties' descriptions, those inside others too."""
        return iter(self.root.getElementsByTagName("*"))

    # --- changing

    def put(self, space: str, name: str, text: str, *, only_if_there: bool = False) -> None:
        """Set a simple property."""
        if only_if_there and not self.has(space, name):
            return
        self.remove(space, name)
        self._new(self._descriptions[0], space, name).appendChild(self._text(text))

    def put_list(self, space: str, name: str, kind: str, texts: Iterable[str]) -> None:
        """Set an array: `kind` is Bag, Seq or Alt (texts in languages; the first is the default)."""
        self.remove(space, name)
        array = self._new(self._new(self._descriptions[0], space, name), RDF, kind)
        for text in texts:
            entry = self._new(array, RDF, "li")
            if kind == "Alt":
                entry.setAttributeNS(_XML, "xml:lang", "x-default")
            entry.appendChild(self._text(text))

    def remove(self, space: str, name: str) -> bool:
        """Take a property out; whether it was there."""
        before = False
        for description in self._descriptions:
            if description.hasAttributeNS(space, name):
                description.removeAttributeNS(space, name)
                before = True
        while (element := self.find(space, name)) is not None:
            element.parentNode.removeChild(element)  # type: ignore[union-attr]
            before = True
        return before

    def append(self, space: str, name: str, fields: str, item: Mapping[str, str]) -> None:
        """Add a structure to the end of an ordered array."""
        array = self.find(space, name) or self._new(self._descriptions[0], space, name)
        sequence = next((n for n in elements(array) if n.namespaceURI == RDF), None)
        entry = self._new(sequence or self._new(array, RDF, "Seq"), RDF, "li")
        self._set(entry, RDF, "parseType", "Resource")
        for key, text in item.items():
            self._new(entry, fields, key).appendChild(self._text(text))

    def take(self, other: Packet) -> None:
        """Take over all properties of another packet; its own word counts where both say something."""
        for space, name in other.names():
            self._take(other, space, name)

    def hand_over(self, keys: Collection[tuple[str, str]], target: Packet) -> None:
        """Move properties, by namespace and name, to another packet that doesn't have them."""
        for description in self._descriptions:
            for attribute in description.attributes.values():
                space, name = attribute.namespaceURI or "", attribute.localName
                if (space, name) in keys:
                    new = target._new(target._descriptions[0], space, name)
                    new.appendChild(target._text(attribute.value))
        for element in self._properties():
            if (element.namespaceURI, element.localName) in keys:
                target._adopt(element)
        self.remove_all(keys)

    def remove_all(self, keys: Collection[tuple[str, str]]) -> None:
        """Take out properties, by namespace and name, those that are there."""
        for description in self._descriptions:
            for attribute in list(description.attributes.values()):
                if (attribute.namespaceURI, attribute.localName) in keys:
                    description.removeAttributeNode(attribute)
            for element in elements(description):
                if (element.namespaceURI, element.localName) in keys:
                    description.removeChild(element)

    def _take(self, other: Packet, space: str, name: str) -> None:
        element = other.find(space, name)
        if element is None:
            self.put(space, name, other.get(space, name) or "")
            return
        self.remove(space, name)
        self._adopt(element)

    def _adopt(self, element: minidom.Element) -> None:
        """Append a copy of another packet's property."""
        copy = self.document.importNode(element, deep=True)
        # What its ancestors declared there isn't declared here.
        for prefix, known in _declared(element).items():
            copy.setAttributeNS(_XMLNS, f"xmlns:{prefix}" if prefix else "xmlns", known)
        self._descriptions[0].appendChild(copy)

    # --- writing

    def to_bytes(self) -> bytes:
        """The packet in UTF-8, with its processing instructions."""
        body = "".join(written(n) for n in self.document.childNodes if not _is_packet(n))
        return (_PACKET[0] + body + _PACKET[1]).encode("utf-8", "replace")

    def body(self) -> bytes:
        """Its root alone, as an extended packet is written."""
        return written(self.document.documentElement).encode("utf-8", "replace")

    # --- inside

    def _properties(self) -> Iterator[minidom.Element]:
        for description in self._descriptions:
            yield from elements(description)

    def _text(self, text: str) -> minidom.Text:
        return self.document.createTextNode(_NOT_XML.sub("\ufffd", text))

    def _new(self, parent: minidom.Element, space: str, name: str) -> minidom.Element:
        element = self.document.createElementNS(space, f"{self._prefix(space, parent)}:{name}")
        parent.appendChild(element)
        return element

    def _set(self, element: minidom.Element, space: str, name: str, text: str) -> None:
        element.setAttributeNS(space, f"{self._prefix(space, element)}:{name}", text)

    def _prefix(self, space: str, at: minidom.Element) -> str:
        """The prefix of a namespace at one place; the root declares it if there is none."""
        declared = _declared(at)
        for prefix, known in declared.items():
            if known == space and prefix:
                return prefix
        prefix = _PREFIXES.get(space, "ns")
        while prefix in declared:
            prefix += "_"
        self.root.setAttributeNS(_XMLNS, f"xmlns:{prefix}", space)
        return prefix


# Characters that XML can't hold.
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def elements(parent: minidom.Node) -> list[minidom.Element]:
    """The elements right below a node."""
    return [n for n in parent.childNodes if n.nodeType == n.ELEMENT_NODE]


def text_of(element: minidom.Element) -> str:
    """The text right below an element."""
    return "".join(n.data for n in element.childNodes if n.nodeType in (n.TEXT_NODE, n.CDATA_SECTION_NODE))


def _declared(at: minidom.Element) -> dict[str, str]:
    """The namespaces known at one place: prefix ("" for the default one) → name."""
    node: Any = at
    declared: dict[str, str] = {}
    while node is not None and node.nodeType == node.ELEMENT_NODE:
        for attribute in node.attributes.values():
            if attribute.prefix == "xmlns":
                declared.setdefault(attribute.localName, attribute.value)
            elif attribute.name == "xmlns":
                declared.setdefault("", attribute.value)
        node = node.parentNode
    return declared


def _is_packet(node: minidom.Node) -> bool:
    if node.nodeType == node.PROCESSING_INSTRUCTION_NODE:
        return bool(node.nodeName == "xpacket")
    return False
