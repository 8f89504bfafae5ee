"""What a format has no place for is told in a place that it has: PNG's texts, comments and IPTC in XMP.

Keywords: PNG 3rd edition, 11.3.3.1.
"""

from __future__ import annotations

import re

from tintype.photo.metadata import iptc
from tintype.photo.metadata.xmp import DC, EXIF, PHOTOSHOP, XMP, Packet
from tintype.photo.model import Text

_PDF = "http://ns.adobe.com/pdf/1.3/"
_RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
# Keyword → namespace, name, and how it is written: one text, in languages, or a list.
_KEYWORDS = {
    "title": (DC, "title", "Alt"), "author": (DC, "creator", "Seq"),
    "description": (DC, "description", "Alt"), "copyright": (DC, "rights", "Alt"),
    "software": (XMP, "CreatorTool", ""), "source": (PHOTOSHOP, "Source", ""),
    "creation time": (XMP, "CreateDate", ""), "disclaimer": (_RIGHTS, "UsageTerms", "Alt"),
    "keywords": (_PDF, "Keywords", ""), "subject": (DC, "description", "Alt"),
    "warning": (PHOTOSHOP, "Instructions", ""),
}  # fmt: skip
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?\Z")
_COLONS = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)(?:[ T](\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)?)?\Z")


def texts_into(packet: Packet, texts: tuple[Text, ...]) -> tuple[Text, ...]:
    """Tell the texts in XMP where it says nothing yet; those for which there is no place."""
    left: list[Text] = []
    for text in texts:
        place = _KEYWORDS.get(text.keyword.lower())
        if place is None:
            left.append(text)
            continue
        space, name, kind = place
        content = _date(text.text) if name == "CreateDate" else text.text
        if content is None or not _said(packet, space, name, kind, content):
            left.append(text)
    return tuple(left)


def _said(packet: Packet, space: str, name: str, kind: str, content: str) -> bool:
    """Say it where nothing is said yet; whether it is said now."""
    if packet.has(space, name):
        return content.strip() in (t.strip() for t in packet.items(space, name))
    if kind:
        packet.put_list(space, name, kind, [content])
    else:
        packet.put(space, name, content)
    return True


def _date(text: str) -> str | None:
    """A date as XMP writes it; None for one in words."""
    text = text.strip()
    if _DATE.match(text):
        return text
    if match := _COLONS.match(text):
        clock = f"T{match[4]}{match[5] or ''}" if match[4] else ""
        return f"{match[1]}-{match[2]}-{match[3]}{clock}"
    return None


def comments_into(packet: Packet, comments: tuple[str, ...]) -> tuple[str, ...]:
    """Tell comments in XMP: as the description if there is none, else as the user's comment; those left."""
    left = []
    for comment in comments:
        if not (
            _said(packet, DC, "description", "Alt", comment)
            or _said(packet, EXIF, "UserComment", "Alt", comment)
        ):
            left.append(comment)
    return tuple(left)


def modified_into(packet: Packet, modified: bytes) -> None:
    """A PNG's time of change, where XMP has none."""
    year, rest = int.from_bytes(modified[:2], "big"), modified[2:]
    if not packet.has(XMP, "ModifyDate"):
        day = f"{year:04}-{rest[0]:02}-{rest[1]:02}"
        packet.put(XMP, "ModifyDate", f"{day}T{rest[2]:02}:{rest[3]:02}:{rest[4]:02}Z")


def iptc_into(packet: Packet, records: bytes) -> tuple[int, ...]:
    """IPTC-IIM in XMP; the numbers of its data sets that have no property there."""
    return iptc.into_xmp(records, packet)


def photoshop_into(packet: Packet, copyrighted: bytes | None, url: bytes | None) -> None:
    """Photoshop's copyright flag and address, as Photoshop itself writes them in XMP."""
    if copyrighted is not None and not packet.has(_RIGHTS, "Marked"):
        packet.put(_RIGHTS, "Marked", "True" if any(copyrighted) else "False")
    if url and not packet.has(_RIGHTS, "WebStatement"):
        packet.put(_RIGHTS, "WebStatement", url.decode("latin-1"))
