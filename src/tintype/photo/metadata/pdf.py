"""The XMP packet of a PDF: stored unpacked, so that it is found without knowing PDF (ISO 32000-1, 14.3.2)."""

from __future__ import annotations

import re
from typing import Any

from tintype.photo.metadata.found import Found

_PACKET = re.compile(rb"<\?xpacket begin.*?<\?xpacket end=[^>]*>", re.DOTALL)
_MOST = 64  # packets looked at: pictures and fonts may have their own
_OF_A_DOCUMENT = (b"http://ns.adobe.com/pdf/1.3/", b"http://www.aiim.org/pdfa/ns/id/")


def survey(data: Any) -> Found:
    """The packet of the document, the newest where it was amended; `data` is bytes or a memory map."""
    found = Found()
    packets = [match[0] for match, _ in zip(_PACKET.finditer(data), range(_MOST), strict=False)]
    own = [p for p in packets if any(space in p for space in _OF_A_DOCUMENT)]
    chosen = own[-1] if own else packets[0] if len(packets) == 1 else None
    if chosen is not None and found.fits(len(chosen)):
        found.xmp = chosen
    return found
