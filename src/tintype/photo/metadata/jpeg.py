"""The segments of a JPEG: read wherever they stand, and written.

EXIF 3.0, 4.5.4 (APP1, order); XMP specification part 3, 1.1.3 (APP1, extended); CIPA DC-007 (APP2, MPF).
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import struct
from typing import Any, BinaryIO

from tintype.notes import Note
from tintype.photo.metadata import photoshop
from tintype.photo.metadata.found import Found, readable
from tintype.photo.metadata.xmp import NOTE, Packet, XmpError
from tintype.photo.model import Metadata

_EXIF, _XMP, _EXTENSION = (
    b"Exif\0\0",
    b"http://ns.adobe.com/xap/1.0/\0",
    b"http://ns.adobe.com/xmp/extension/\0",
)
_PHOTOSHOP = (photoshop.HEAD, b"Adobe_Photoshop2.5:")
SEGMENT = 65533
"""Bytes that one JPEG segment holds."""
ROOM = {"exif": SEGMENT - len(_EXIF), "xmp": SEGMENT - len(_XMP)}
"""Bytes that a JPEG has for EXIF, and for XMP before it is split."""
_PIECE = SEGMENT - len(_EXTENSION) - 40
# A marker in compressed data: not a stuffed byte, not a restart, not padding.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ALONE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_SOS, _EOI, _COM = 0xDA, 0xD9, 0xFE
# Segments that describe how these very pixels are coded, or that are read elsewhere (JFIF, ICC).
_CODING = {0xE0: (b"JFIF\0", b"JFXX\0"), 0xE2: (b"ICC_PROFILE\0",), 0xEE: (b"Adobe",), 0xED: (b"Adobe_CM",),
           0xE8: (b"SPIFF",), 0xEC: (b"Ducky",), 0xEF: (b"Q ",)}  # fmt: skip
# Previews of the picture itself (CIPA DC-007, 5.2.3.3.1).
_MPF_PREVIEWS = (0x010001, 0x010002)


class _Segments:
    """What was met on the way through a file."""

    def __init__(self) -> None:
        self.exif: list[bytes] = []
        self.xmp: list[bytes] = []
        self.pieces: dict[bytes, tuple[int, dict[int, bytes]]] = {}
        self.photoshop: list[bytes] = []
        self.mpf: bytes | None = None
        self.unknown: list[str] = []


def survey(data: Any) -> Found:
    """Everything that the segments of a JPEG say; `data` is bytes or a memory map. Damage ends the search."""
    found, met = Found(), _Segments()
    end = _walk(data, found, met)
    found.exif = _joined_exif(met.exif)
    found.xmp = _extended(met, found)
    block = b"".join(met.photoshop)
    found.iptc, found.photoshop = photoshop.parted(block)
    found.xmp = found.xmp or photoshop.xmp_of(block)
    found.exif = found.exif or photoshop.exif_of(block)
    _others(data, end, met, found)
    if met.unknown:
        names = list(dict.fromkeys(met.unknown))
        told = f"JPEG: what its maker wrote in {', '.join(names)} is left out"
        found.notes.append(Note(told, "left_out", names=names))
    return found


def _walk(data: Any, found: Found, met: _Segments) -> int:
    """Visit all segments; give where the picture ends."""
    at, size = 2, len(data)
    while at + 4 <= size:
        if data[at] != 0xFF:
            if (match := _MARKER.search(data, at)) is None:
                return size
            at = match.start()
            continue
        kind = data[at + 1]
        if kind == _EOI:
            return at + 2
        if kind == 0xFF or kind in _ALONE or kind == 0:
            at += 1 if kind == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            return size
        if kind == _COM or 0xE0 <= kind <= 0xEF:
            content = bytes(data[at + 4 : at + 2 + length])
            if found.fits(len(content)):
                _segment_read(kind, content, found, met)
        at += 2 + length
        if kind == _SOS and (match := _MARKER.search(data, at)) is not None:
            at = match.start()
    return min(at + 2, size) if bytes(data[at : at + 2]) == b"\xff\xd9" else size


def _segment_read(kind: int, content: bytes, found: Found, met: _Segments) -> None:
    if kind == _COM:
        if comment := readable(content):
            found.comments.append(comment)
    elif kind == 0xE1 and content.startswith(_EXIF[:5]):
        met.exif.append(content[6:])
    elif kind == 0xE1 and content.startswith(_XMP):
        met.xmp.append(content[len(_XMP) :])
    elif kind == 0xE1 and content.startswith(_EXTENSION):
        _piece(content[len(_EXTENSION) :], met)
    elif kind == 0xE2 and content.startswith(b"MPF\0"):
        met.mpf = content[4:]
    elif kind == 0xED and content.startswith(_PHOTOSHOP):
        head = next(h for h in _PHOTOSHOP if content.startswith(h))
        met.photoshop.append(content[len(head) :])
    elif kind == 0xEB and b"jumb" in content[:32]:
        found.second.add("credentials")
    elif not content.startswith(_CODING.get(kind, (b"\0never",))):
        name = re.match(rb"[\w .-]{2,}", content[:16])
        met.unknown.append(f"APP{kind - 0xE0}" + (f" ({name[0].decode()})" if name else ""))


def _joined_exif(pieces: list[bytes]) -> bytes | None:
    """EXIF over 64 KB goes on in further segments, which don't start as a block does."""
    if not pieces:
        return None
    joined = pieces[0]
    for piece in pieces[1:]:
        if piece[:4] in (b"II*\0", b"MM\0*"):
            break
        joined += piece
    return joined or None


def _piece(content: bytes, met: _Segments) -> None:
    if len(content) < 40:
        return
    length, offset = struct.unpack_from(">II", content, 32)
    met.pieces.setdefault(content[:32], (length, {}))[1][offset] = content[40:]


def _extended(met: _Segments, found: Found) -> bytes | None:
    """The XMP packet, with the extended one that it names."""
    if not met.xmp:
        if met.pieces:
            told = "its extended XMP belongs to no packet, and is left out"
            found.notes.append(Note(told, "left_out", names=["XMP"]))
        return None
    standard = met.xmp[0]
    if len(met.xmp) > 1 and any(other != standard for other in met.xmp[1:]):
        found.notes.append(Note(f"the first of its {len(met.xmp)} XMP packets is taken", "first_xmp"))
    if not met.pieces:
        return standard
    try:
        packet = Packet(standard)
        name = (packet.get(NOTE, "HasExtendedXMP") or "").encode("ascii", "replace")
        length, pieces = met.pieces.get(name, (0, {}))
        whole = b"".join(pieces[offset] for offset in sorted(pieces))
        if (
            not whole
            or len(whole) != length
            or hashlib.md5(whole).hexdigest().upper() != name.decode().upper()
        ):
            told = "its extended XMP is damaged or belongs to another packet, and is left out"
            found.notes.append(Note(told, "damaged", names=["XMP"]))
            return standard
        packet.take(Packet(whole))
    except XmpError as error:
        told = f"its extended XMP can't be read ({error}), and is left out"
        found.notes.append(Note(told, "damaged", names=["XMP"]))
        return standard
    packet.remove(NOTE, "HasExtendedXMP")
    return packet.to_bytes()


def _others(data: Any, end: int, met: _Segments, found: Found) -> None:
    """Pictures and films behind the first picture."""
    kinds = _mpf(met.mpf)
    pictures = [k for k in kinds[1:] if k not in _MPF_PREVIEWS]
    behind = len(data) - end
    if pictures:
        found.second.add("pictures")
        told = f"JPEG: the first of {len(pictures) + 1} pictures is taken, the others are left out"
        found.notes.append(Note(told, "one_of", page=1, count=len(pictures) + 1))
    elif len(kinds) > 1:
        found.notes.append(Note("JPEG: the preview behind the picture is left out", "behind"))
    if behind < 16:
        return
    if data.find(b"ftyp", end) >= 0:
        found.second.add("motion")
    elif not kinds and bytes(data[end : end + 3]) == b"\xff\xd8\xff":
        found.notes.append(Note("JPEG: another picture behind the first one is left out", "behind"))
    elif not kinds and bytes(data[end : end + 4096]).strip(b"\0\xff \r\n"):
        found.notes.append(Note(f"JPEG: {behind:,} bytes behind the picture are left out", "behind"))


def _mpf(block: bytes | None) -> list[int]:
    """The type codes of the pictures that an MPF segment lists."""
    from tintype.photo.tiff import Tiff, TiffError

    try:
        source = Tiff(io.BytesIO(block or b""))
        entries = source.entries(source.directories()[0])
        table = entries[0xB002].data
    except (TiffError, IndexError, KeyError):
        return []
    order = source.order
    return [struct.unpack_from(order + "I", table, i)[0] & 0xFFFFFF for i in range(0, len(table) - 15, 16)]


def into_jpeg(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a JPEG with APP1 (EXIF, XMP), APP13 (IPTC, Photoshop) and COM behind its JFIF header."""
    target.write(source.read(2))
    # JFIF says the resolution; without a known one only that pixels are square.
    unit, across, down = (1, *_rounded(metadata.dpi)) if metadata.dpi else (0, 1, 1)
    target.write(_segment(0xE0, struct.pack(">5sHBHHBB", b"JFIF\0", 0x0102, unit, across, down, 0, 0)))
    if metadata.exif is not None:
        target.write(_segment(0xE1, _EXIF + metadata.exif))
    if metadata.xmp is not None:
        standard, extension = split(metadata.xmp)
        target.write(_segment(0xE1, _XMP + standard))
        name = hashlib.md5(extension).hexdigest().upper().encode()
        for at in range(0, len(extension), _PIECE):
            place = struct.pack(">II", len(extension), at)
            target.write(_segment(0xE1, _EXTENSION + name + place + extension[at : at + _PIECE]))
    block = photoshop.with_iptc(metadata.photoshop, metadata.iptc) or b""
    for at in range(0, len(block), SEGMENT - len(photoshop.HEAD)):
        piece = block[at : at + SEGMENT - len(photoshop.HEAD)]
        target.write(_segment(0xED, photoshop.HEAD + piece))
    for comment in metadata.comments:
        text = comment.encode("utf-8", "replace")
        for at in range(0, max(len(text), 1), SEGMENT):
            target.write(_segment(_COM, text[at : at + SEGMENT]))
    marker = source.read(4)
    if marker[:2] == b"\xff\xe0":  # libvips' own JFIF header
        source.seek(int.from_bytes(marker[2:], "big") - 2, io.SEEK_CUR)
    else:
        target.write(marker)
    shutil.copyfileobj(source, target, 1 << 20)


def split(packet: bytes) -> tuple[bytes, bytes]:
    """A packet as one segment holds it, and what goes on in an extended one (empty if all fits).

    The largest properties move, as few as possible. Raises XmpError for a packet that can't be read.
    """
    if len(packet) <= ROOM["xmp"]:
        return packet, b""
    main, rest = Packet(packet), Packet()
    sizes = main.sizes()
    over = len(main.to_bytes()) + 200 - ROOM["xmp"]
    moving = []
    for key in sorted(sizes, key=lambda key: -sizes[key]):
        if over <= 0:
            break
        moving.append(key)
        over -= sizes[key]
    main.hand_over(moving, rest)
    extension = rest.body()
    main.put(NOTE, "HasExtendedXMP", hashlib.md5(extension).hexdigest().upper())
    standard = main.to_bytes()
    if len(standard) > ROOM["xmp"]:
        msg = f"its packet doesn't come apart ({len(standard):,} bytes are left)"
        raise XmpError(msg)
    return standard, extension


def _rounded(dpi: tuple[float, float]) -> tuple[int, int]:
    across, down = (min(max(round(d), 1), 65535) for d in dpi)
    return across, down


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
