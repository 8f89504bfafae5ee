"""XML that nobody vouches for, made into a document: any Unicode encoding, no entities, bounded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.dom import minidom
from xml.parsers import expat

LARGEST = 64 << 20
"""Bytes of a packet; an extended one may hold a whole depth map as text."""
# In one another; in all, attributes too; attributes of one element.
_DEEPEST, _MOST, _ATTRIBUTES = 100, 200_000, 5000
_ATTRIBUTE = re.compile(rb"=\s*[\"']")
# How the first characters look in each encoding, with a byte order mark and without (XML 1.0, appendix F).
_ENCODINGS = (
    (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)  # fmt: skip


class XmpError(ValueError):
    """The packet is damaged, or declares entities: it can't be read safely."""


def decoded(packet: bytes) -> str:
    """The text of a packet in UTF-8, UTF-16 or UTF-32. Raises XmpError."""
    if len(packet) > LARGEST:
        msg = f"it has {len(packet):,} bytes"
        raise XmpError(msg)
    encoding = next((name for start, name in _ENCODINGS if packet.startswith(start)), "utf-8-sig")
    if encoding == "utf-8-sig":
        packet = packet.rstrip(b"\0")
    try:
        return packet.decode(encoding).strip("\0\ufeff")
    except UnicodeDecodeError:
        msg = f"it is not {encoding.upper().removesuffix('-SIG')}"
        raise XmpError(msg) from None


def parse(text: str) -> minidom.Document:
    """The document of a packet's text. Raises XmpError."""
    # XML ends with its root; some writers leave rubbish behind the packet's end.
    text = re.sub(r"(<\?xpacket\s+end=[^>]*\?>).*\Z", r"\1", text.strip(), count=1, flags=re.DOTALL)
    # It is UTF-8 by now, whatever it says.
    data = re.sub(r"\A<\?xml\s[^>]*\?>", "", text).strip().encode("utf-8", "replace")
    try:
        _examine(data)
        return minidom.parseString(data)
    except (expat.ExpatError, ValueError) as error:
        if isinstance(error, XmpError):
            raise
        msg = f"it is no XML ({error})"
        raise XmpError(msg) from None


def _examine(data: bytes) -> None:
    """Read the packet once without building anything: a small one could fill the memory or the stack."""
    # Expat's time grows with the square of the attributes of an element, before it tells how many there are.
    if max(len(_ATTRIBUTE.findall(part)) for part in data.split(b"<")) > _ATTRIBUTES:
        msg = f"an element has more than {_ATTRIBUTES:,} attributes"
        raise XmpError(msg)
    depth = count = 0

    def start(_name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1 + len(attributes)
        if depth > _DEEPEST:
            msg = "its elements lie too deep in one another"
            raise XmpError(msg)
        if count > _MOST:
            msg = f"it has more than {_MOST:,} elements"
            raise XmpError(msg)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_declaration: object) -> None:
        # Entities could make a small packet fill the memory; XMP has no use for a document type.
        msg = "it declares a document type"
        raise XmpError(msg)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.Parse(data, True)
