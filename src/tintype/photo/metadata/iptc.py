"""IPTC-IIM records: read, put right where they speak of pixels, and told in XMP where IIM has no place.

IPTC-NAA Information Interchange Model 4.1; which XMP property says the same: IPTC Photo Metadata 2025.1.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from tintype.photo.metadata import photoshop
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.xmp import DC, IPTC_CORE, PHOTOSHOP, XMP, Packet

_TAG = 0x1C
_IMAGE_TYPE, _IMAGE_ORIENTATION = (2, 130), (2, 131)
_PREVIEWS = frozenset({(2, 200), (2, 201), (2, 202)})
# What was the sampling of a wire photo, and a preview of it: of other pixels.
_PIXEL_RECORDS = frozenset({3, 7, 8, 9})
_UTF8 = b"\x1b%G"

# Data set → namespace, name, and how it is written: one text, in languages, or a list.
TO_XMP: dict[int, tuple[str, str, str]] = {
    4: (IPTC_CORE, "IntellectualGenre", ""), 5: (DC, "title", "Alt"), 10: (PHOTOSHOP, "Urgency", ""),
    12: (IPTC_CORE, "SubjectCode", "Bag"), 15: (PHOTOSHOP, "Category", ""),
    20: (PHOTOSHOP, "SupplementalCategories", "Bag"), 25: (DC, "subject", "Bag"),
    40: (PHOTOSHOP, "Instructions", ""), 65: (XMP, "CreatorTool", ""), 80: (DC, "creator", "Seq"),
    85: (PHOTOSHOP, "AuthorsPosition", ""), 90: (PHOTOSHOP, "City", ""), 92: (IPTC_CORE, "Location", ""),
    95: (PHOTOSHOP, "State", ""), 100: (IPTC_CORE, "CountryCode", ""), 101: (PHOTOSHOP, "Country", ""),
    103: (PHOTOSHOP, "TransmissionReference", ""), 105: (PHOTOSHOP, "Headline", ""),
    110: (PHOTOSHOP, "Credit", ""), 115: (PHOTOSHOP, "Source", ""), 116: (DC, "rights", "Alt"),
    120: (DC, "description", "Alt"), 122: (PHOTOSHOP, "CaptionWriter", ""),
}  # fmt: skip
# Date and time, apart in IIM: (date, time) → property.
_DATES = {(55, 60): (PHOTOSHOP, "DateCreated"), (62, 63): (XMP, "CreateDate")}
# Says nothing of the photograph: the record's own version, and the preview's kind.
_NOTHING = frozenset({0, 130, 131, 200, 201, 202})


def unwrap(block: bytes | None) -> bytes | None:
    """The records (starting with 0x1c) inside a block as a file holds it, or None if it holds none."""
    if not block:
        return None
    if block[0] == _TAG:
        return block
    return photoshop.parted(block)[0]


def records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Record number, data set number and content; damage ends them."""
    at = 0
    while at + 5 <= len(data) and data[at] == _TAG:
        record, number, size = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5], "big")
        at += 5
        if size & 0x8000:  # its low bits say how many bytes the size has
            wide = size & 0x7FFF
            if wide > 8:
                return
            size = int.from_bytes(data[at : at + wide], "big")
            at += wide
        if at + size > len(data):
            return
        yield record, number, data[at : at + size]
        at += size


def renewed(data: bytes | None, facts: Facts) -> bytes | None:
    """The records that hold for the new picture; those that speak of no pixels to the byte."""
    if data is None:
        return None
    found = list(records(data))
    stale = [
        r for r in found if r[0] in _PIXEL_RECORDS or r[:2] in _PREVIEWS | {_IMAGE_TYPE, _IMAGE_ORIENTATION}
    ]
    if not stale:
        return data
    shape = b"S" if facts.width == facts.height else b"L" if facts.width > facts.height else b"P"
    parts = []
    for record, number, content in found:
        if record in _PIXEL_RECORDS or (record, number) in _PREVIEWS:
            continue
        if (record, number) == _IMAGE_TYPE:
            content = b"3F"  # three components, a full colour composite
        elif (record, number) == _IMAGE_ORIENTATION:
            content = shape
        parts.append(_record(record, number, content))
    return b"".join(parts)


def _record(record: int, number: int, content: bytes) -> bytes:
    if len(content) < 0x8000:
        return struct.pack(">BBBH", _TAG, record, number, len(content)) + content
    return struct.pack(">BBBHI", _TAG, record, number, 0x8004, len(content)) + content


def into_xmp(data: bytes, packet: Packet) -> tuple[int, ...]:
    """Tell in XMP what it doesn't say yet; the data sets of record 2 that find no place there.

    That is those that have no property, and those of which XMP says something else: its word counts.
    """
    found: dict[int, list[bytes]] = {}
    utf8 = False
    for record, number, content in records(data):
        if (record, number) == (1, 90):
            utf8 = content == _UTF8
        elif record == 2:
            found.setdefault(number, []).append(content)
    left = set(found) - _NOTHING
    for number, (space, name, kind) in TO_XMP.items():
        texts = [_text(content, utf8=utf8) for content in found.get(number, [])]
        if not texts or _told(packet, space, name, kind, texts):
            left.discard(number)
    for (date, hour), (space, name) in _DATES.items():
        if date not in found:
            continue
        moment = _moment(found[date][0], found.get(hour, [b""])[0])
        if _told(packet, space, name, "", [moment]):
            left -= {date, hour}
    return tuple(sorted(left))


def _told(packet: Packet, space: str, name: str, kind: str, texts: list[str]) -> bool:
    """Say it in XMP, unless it says something else; whether it stands there now."""
    known = packet.items(space, name)
    if kind in ("Bag", "Seq"):
        packet.put_list(space, name, kind, dict.fromkeys((*known, *texts)))
        return True
    if known:
        return known[0].strip() == texts[0].strip()
    if kind:
        packet.put_list(space, name, kind, texts[:1])
    else:
        packet.put(space, name, texts[0])
    return len(texts) == 1


def _text(content: bytes, *, utf8: bool) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace") if utf8 else content.decode("cp1252", "replace")


def _moment(date: bytes, hour: bytes) -> str:
    """CCYYMMDD and HHMMSS±HHMM as XMP writes dates; unknown parts are zeros in IIM and missing in XMP."""
    day, clock = date.decode("latin-1"), hour.decode("latin-1")
    if not re.fullmatch(r"\d{8}", day):
        return day
    text = day[:4]
    for part in (day[4:6], day[6:]):
        if part == "00":
            return text
        text += "-" + part
    if match := re.fullmatch(r"(\d\d)(\d\d)(\d\d)(?:([+-]\d\d)(\d\d))?", clock):
        zone = f"{match[4]}:{match[5]}" if match[4] else ""
        text += f"T{match[1]}:{match[2]}:{match[3]}{zone}"
    return text
