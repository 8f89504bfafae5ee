"""Say in the file that its colour was made by a network: XMP DigitalSourceType, CreatorTool, history.

An XMP packet that is there already keeps all that it says; only what is no longer true is put right.
Properties: XMP specification parts 1 and 2, IPTC Photo Metadata 2025.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.dom import minidom
from xml.parsers.expat import ExpatError

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's term for a real picture to which a trained network has added content, as with inpainting.

Not ``algorithmicallyEnhanced``: that is for corrections that add nothing, and the colours are invented here.
"""

_X = "adobe:ns:meta/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP = "http://ns.adobe.com/xap/1.0/"
_MM = "http://ns.adobe.com/xap/1.0/mm/"
_EVENT = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_EXIF = "http://ns.adobe.com/exif/1.0/"
_XMLNS = "http://www.w3.org/2000/xmlns/"
_PREFIXES = {_RDF: "rdf", _XMP: "xmp", _MM: "xmpMM", _EVENT: "stEvt", _IPTC: "Iptc4xmpExt", _TIFF: "tiff",
             _EXIF: "exif"}  # fmt: skip
_EMPTY = f'<x:xmpmeta xmlns:x="{_X}"><rdf:RDF xmlns:rdf="{_RDF}"/></x:xmpmeta>'
_PACKET = ('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n', '\n<?xpacket end="w"?>')
_LARGEST = 16 << 20
# Options that name files: the name is worth keeping, the folder is nobody's business.
_PATHS = ("reference", "keep_grey")


class XmpError(ValueError):
    """The packet is damaged, or declares entities: it can't be read safely."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """By what a photograph was coloured.

    Attributes
    ----------
    version
        Of Tintype.
    network
        Name of the network.
    weights_sha256
        Of the network's file, hexadecimal.
    settings
        As `Settings.to_json` gives them; only those that are not the defaults are written.
    """

    version: str
    network: str
    weights_sha256: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tool(self) -> str:
        """Name and version of the program."""
        return f"Tintype {self.version}"

    def parameters(self) -> str:
        """What the history entry tells, as JSON."""
        from tintype.settings import WITHOUT_EFFECT, Settings

        usual = Settings().to_json() | {"model": None}
        told = {k: v for k, v in self.settings.items() if k not in usual or v != usual[k]}
        told = {k: v for k, v in told.items() if k not in WITHOUT_EFFECT}
        told |= {k: Path(told[k]).name for k in _PATHS if told.get(k)}
        if "model" in told:
            told["model"] = ",".join(Path(n).name for n in str(told["model"]).split(","))
        what = {"network": self.network, "weights_sha256": self.weights_sha256, "settings": told}
        return json.dumps(what, ensure_ascii=False)


def renew(packet: bytes | None, size: tuple[int, int], provenance: Provenance | None) -> bytes | None:
    """The XMP packet for a coloured photograph: all of the old one, with the provenance merged in.

    Parameters
    ----------
    packet
        The photograph's own XMP, or None.
    size
        Width and height of the upright photograph, for the properties that state them.
    provenance
        What is added; None adds nothing.

    Raises
    ------
    XmpError
        When the old packet can't be read.
    """
    if packet is None and provenance is None:
        return None
    try:
        return _renewed(packet, size, provenance)
    except RecursionError:
        msg = "its elements lie too deep in one another"
        raise XmpError(msg) from None


def _renewed(packet: bytes | None, size: tuple[int, int], provenance: Provenance | None) -> bytes:
    document = _parse(packet) if packet is not None else minidom.parseString(_EMPTY)
    roots = document.getElementsByTagNameNS(_RDF, "RDF")
    if not roots:
        msg = "it has no rdf:RDF element"
        raise XmpError(msg)
    xmp = _Rdf(document, roots[0])
    truth = {(_TIFF, "Orientation"): 1, (_TIFF, "ImageWidth"): size[0], (_TIFF, "ImageLength"): size[1],
             (_EXIF, "PixelXDimension"): size[0], (_EXIF, "PixelYDimension"): size[1]}  # fmt: skip
    for (space, name), number in truth.items():
        xmp.put(space, name, str(number), only_if_there=True)
    xmp.remove(_XMP, "Thumbnails")  # they are still grey
    if provenance is not None:
        _tell(xmp, provenance)
    # Not toxml() of the document: an XML declaration is not wanted inside a packet.
    body = "".join(n.toxml() for n in document.childNodes if not _is_packet(n))
    return (_PACKET[0] + body + _PACKET[1]).encode("utf-8")


def _is_packet(node: minidom.Node) -> bool:
    if node.nodeType == node.PROCESSING_INSTRUCTION_NODE:
        return bool(node.nodeName == "xpacket")
    return False


def _parse(packet: bytes) -> minidom.Document:
    if len(packet) > _LARGEST:
        msg = f"it has {len(packet):,} bytes"
        raise XmpError(msg)
    try:
        text = packet.rstrip(b"\0").decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = "it is not UTF-8"
        raise XmpError(msg) from None
    # Entities could make a small packet fill the memory; XMP has no use for a document type.
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        msg = "it declares a document type"
        raise XmpError(msg)
    # XML ends with its root; some writers leave rubbish behind the packet's end.
    text = re.sub(r"(<\?xpacket\s+end=[^>]*\?>).*\Z", r"\1", text.strip(), flags=re.DOTALL)
    try:
        return minidom.parseString(re.sub(r"\A<\?xml\s[^>]*\?>", "", text).encode("utf-8"))
    except (ExpatError, ValueError) as error:
        msg = f"it is no XML ({error})"
        raise XmpError(msg) from None


def _tell(xmp: _Rdf, provenance: Provenance) -> None:
    before = xmp.get(_IPTC, "DigitalSourceType")
    parameters = provenance.parameters()
    if before and before != SOURCE_TYPE:
        parameters = json.dumps(json.loads(parameters) | {"source_type_before": before}, ensure_ascii=False)
    xmp.put(_IPTC, "DigitalSourceType", SOURCE_TYPE)
    xmp.put(_IPTC, "AISystemUsed", f"Tintype: {provenance.network}")
    xmp.put(_IPTC, "AISystemVersionUsed", provenance.version)
    if xmp.get(_XMP, "CreatorTool") is None:  # "the first known tool": an older one stays
        xmp.put(_XMP, "CreatorTool", provenance.tool)
    # No time and no random id: the same photograph and settings give the same file, bit for bit.
    event = {"action": "edited", "softwareAgent": provenance.tool, "changed": "/",
             "parameters": f"colourised by a trained network: {parameters}"}  # fmt: skip
    xmp.append(_MM, "History", _EVENT, event)


class _Rdf:
    """The properties of an rdf:RDF element, whichever way (attribute or element) they are written."""

    def __init__(self, document: minidom.Document, root: minidom.Element) -> None:
        self._document = document
        self._root = root
        descriptions = [
            n for n in self._elements(root) if (n.namespaceURI, n.localName) == (_RDF, "Description")
        ]
        if not descriptions:
            descriptions = [self._new(root, _RDF, "Description")]
            self._set(descriptions[0], _RDF, "about", "")
        self._descriptions = descriptions

    def get(self, space: str, name: str) -> str | None:
        """The text of a simple property."""
        for description in self._descriptions:
            if description.hasAttributeNS(space, name):
                return str(description.getAttributeNS(space, name))
        element = self._find(space, name)
        if element is None:
            return None
        if element.hasAttributeNS(_RDF, "resource"):  # an address may be written so
            return str(element.getAttributeNS(_RDF, "resource"))
        return "".join(
            n.data for n in element.childNodes if n.nodeType in (n.TEXT_NODE, n.CDATA_SECTION_NODE)
        )

    def put(self, space: str, name: str, text: str, *, only_if_there: bool = False) -> None:
        """Set a simple property."""
        if self.get(space, name) is None and only_if_there:
            return
        self.remove(space, name)
        self._new(self._descriptions[0], space, name).appendChild(self._document.createTextNode(text))

    def remove(self, space: str, name: str) -> None:
        """Take a property out, if it is there."""
        for description in self._descriptions:
            if description.hasAttributeNS(space, name):
                description.removeAttributeNS(space, name)
        while (element := self._find(space, name)) is not None:
            element.parentNode.removeChild(element)  # type: ignore[union-attr]

    def append(self, space: str, name: str, fields: str, item: Mapping[str, str]) -> None:
        """Add a structure to the end of an ordered array."""
        array = self._find(space, name) or self._new(self._descriptions[0], space, name)
        sequence = next((n for n in self._elements(array) if n.namespaceURI == _RDF), None)
        entry = self._new(sequence or self._new(array, _RDF, "Seq"), _RDF, "li")
        self._set(entry, _RDF, "parseType", "Resource")
        for key, text in item.items():
            self._new(entry, fields, key).appendChild(self._document.createTextNode(text))

    def _find(self, space: str, name: str) -> minidom.Element | None:
        for description in self._descriptions:
            for element in self._elements(description):
                if (element.namespaceURI, element.localName) == (space, name):
                    return element
        return None

    @staticmethod
    def _elements(parent: minidom.Node) -> list[minidom.Element]:
        return [n for n in parent.childNodes if n.nodeType == n.ELEMENT_NODE]

    def _new(self, parent: minidom.Element, space: str, name: str) -> minidom.Element:
        element = self._document.createElementNS(space, f"{self._prefix(space, parent)}:{name}")
        parent.appendChild(element)
        return element

    def _set(self, element: minidom.Element, space: str, name: str, text: str) -> None:
        element.setAttributeNS(space, f"{self._prefix(space, element)}:{name}", text)

    def _prefix(self, space: str, at: minidom.Element) -> str:
        """The prefix of a namespace at one place; the root declares it if there is none."""
        node: Any = at
        declared: dict[str, str] = {}
        while node is not None and node.nodeType == node.ELEMENT_NODE:
            for i in range(node.attributes.length):
                attribute = node.attributes.item(i)
                if attribute.prefix == "xmlns":
                    declared.setdefault(attribute.localName, attribute.value)
            node = node.parentNode
        for prefix, known in declared.items():
            if known == space:
                return prefix
        prefix = _PREFIXES[space]
        while prefix in declared:
            prefix += "_"
        self._root.setAttributeNS(_XMLNS, f"xmlns:{prefix}", space)
        return prefix
