"""XMP that is made to do harm is refused."""

from dataclasses import replace

import numpy as np
import pytest

from photo.metadata import everything
from tintype.photo.metadata import gather
from tintype.photo.metadata.carry import renewed
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.metadata.xmp import TINTYPE, Packet, XmpError
from tintype.photo.model import Metadata
from tintype.photo.read import from_array

MARK = Provenance("1.2.3", "tintype", "ab" * 32, {"vividness": 0.7})


def photo_with(metadata):
    return replace(from_array(np.zeros((4, 6), np.uint8)), metadata=metadata)


LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(20)
) + b"]>"  # fmt: skip


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (LAUGHS + everything.XMP, "document type"),
        (b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" + everything.XMP, "document type"),
        (b"<a>" * 5000 + b"</a>" * 5000, "deep"),
        (b"<r>" + b"<a/>" * 300_000 + b"</r>", "elements"),
        (b"<r " + b" ".join(b"a%d='1'" % i for i in range(30_000)) + b"/>", "attributes"),
        (everything.packet(inside="".join(f"<xmp:a{i}/>" for i in range(4000))), "properties"),
        (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><undeclared:a/></x:xmpmeta>", "no XML"),
        (everything.XMP[:-40], "no XML"),
        (everything.XMP.decode().encode("latin-1", "replace") + b"\xff", "UTF-8"),
    ],
)
def test_what_could_fill_memory_or_read_files_is_refused_and_kept_as_text(packet, why):
    with pytest.raises(XmpError, match=why):
        Packet(packet)
    photo = photo_with(Metadata(xmp=packet))
    new, notes = renewed(photo, Facts(6, 4), MARK)
    assert [n for n in notes if "XMP is damaged" in n]
    kept = Packet(new.xmp)
    if len(packet) < 60_000:
        assert kept.get(TINTYPE, gather.DAMAGED) == packet.decode("utf-8", "backslashreplace")
    unmarked, notes = renewed(photo, Facts(6, 4), None)
    assert unmarked.xmp == packet or "too large" in " ".join(notes)
    assert [n for n in notes if "XMP is damaged" in n]
