"""The chunks of a PNG: read wherever they stand, and written.

PNG 3rd edition, 11.3; XMP specification part 3, 1.1.5; ImageMagick's "Raw profile type" texts.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from typing import Any, BinaryIO

from tintype.notes import Note
from tintype.photo.metadata import photoshop
from tintype.photo.metadata.found import Found, inflated, readable
from tintype.photo.model import Metadata, Text

_XMP = "XML:com.adobe.xmp"
_RAW = "Raw profile type "
_LONG = 1024  # characters from which a text is worth compressing
# Chunks that describe pixels or their display in the old file, or that are read elsewhere.
_PIXELS = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
     b"mDCV", b"cLLI", b"bKGD", b"hIST", b"sPLT", b"pHYs", b"acTL", b"fcTL", b"fdAT", b"vpAg",
     b"iDOT", b"dSIG")
)  # fmt: skip
# ImageMagick notes what it knows of the file that it read: true of that file alone.
_OF_THE_FILE = ("jpeg:", "png:", "icc:", "tiff:", "Thumb::")
_OF_THE_PIXELS = frozenset(
    "exif:" + name
    for name in ("Orientation", "PixelXDimension", "PixelYDimension", "ExifImageWidth", "ExifImageLength",
                 "ImageWidth", "ImageLength", "ColorSpace", "BitsPerSample", "SamplesPerPixel",
                 "PhotometricInterpretation", "Compression", "ComponentsConfiguration", "YCbCrPositioning",
                 "ExifOffset", "thumbnail:Compression")
)  # fmt: skip


def survey(data: Any) -> Found:
    """Everything that the chunks of a PNG say; `data` is bytes or a memory map. Damage ends the search."""
    found, profiles = Found(), dict[str, bytes]()
    at, frames, unknown, skipped = 8, 0, dict[str, None](), 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind = bytes(data[at + 4 : at + 8])
        start, end = at + 8, at + 8 + length
        at = end + 4
        if end > len(data):
            break
        if kind == b"IEND":
            break
        if kind == b"acTL" and length >= 8:
            frames = int.from_bytes(data[start : start + 4], "big")
        elif kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"):
            if not found.fits(length):
                continue
            try:
                _chunk_read(kind, bytes(data[start:end]), found, profiles)
            except ValueError:
                skipped += 1
        elif kind == b"caBX":
            found.second.add("credentials")
        elif kind not in _PIXELS:
            unknown[kind.decode("latin-1")] = None
    _profiles(profiles, found)
    if frames > 1:
        found.second.add("pictures")
        told = f"PNG: the first of {frames} frames is taken, the others are left out"
        found.notes.append(Note(told, "one_of", page=1, count=frames))
    if skipped:
        found.notes.append(Note(f"PNG: damaged texts ({skipped}) are left out", "damaged", names=["PNG"]))
    if unknown:
        names = [name for name in unknown if name.isprintable()]
        told = f"PNG: what other programs keep in chunks of their own ({', '.join(names)}) is left out"
        found.notes.append(Note(told, "left_out", names=names))
    return found


def _chunk_read(kind: bytes, content: bytes, found: Found, profiles: dict[str, bytes]) -> None:
    if kind == b"eXIf":
        found.exif = found.exif or content.removeprefix(b"Exif\0\0") or None
        return
    if kind == b"tIME":
        found.modified = content if len(content) == 7 else None
        return
    text = _text(kind, content, found)
    if text.keyword == _XMP:
        # Outside iTXt it isn't told what its bytes mean: they are the packet's own.
        utf8 = kind == b"iTXt"
        packet = text.text.encode("utf-8", "surrogateescape") if utf8 else text.text.encode("latin-1")
        if found.xmp is None:
            found.xmp = packet or None
        elif found.xmp != packet:
            found.notes.append(Note("the first of its XMP packets is taken", "first_xmp"))
    elif text.keyword.startswith(_RAW):
        name = text.keyword.removeprefix(_RAW).lower()
        with suppress(ValueError):
            profiles.setdefault(name, _from_hex(text.text))
    elif not text.keyword.startswith(_OF_THE_FILE) and text.keyword not in _OF_THE_PIXELS:
        found.texts.append(text)


def _text(kind: bytes, content: bytes, found: Found) -> Text:
    """One text chunk. Raises ValueError when it is damaged or too large."""
    keyword, _, rest = content.partition(b"\0")
    word = keyword.decode("latin-1")
    if kind == b"tEXt":
        return Text(word, _unpadded(rest).decode("latin-1"))
    if kind == b"zTXt":
        plain = inflated(rest[1:], found.room)
        found.fits(len(plain))
        return Text(word, _unpadded(plain).decode("latin-1"))
    if len(rest) < 2:
        msg = "it is cut short"
        raise ValueError(msg)
    packed = rest[0] == 1
    language, _, rest = rest[2:].partition(b"\0")
    translated, _, body = rest.partition(b"\0")
    if packed:
        body = inflated(body, found.room)
        found.fits(len(body))
    # XMP may be of another encoding: its bytes must survive. All else is Unicode from here on.
    plain = _unpadded(body)
    text = plain.decode("utf-8", "surrogateescape") if word == _XMP else readable(plain)
    return Text(word, text, language.decode("latin-1"), translated.decode("utf-8", "replace"))


def _unpadded(text: bytes) -> bytes:
    """Text without zeros that were put behind it; in UTF-16 and UTF-32 the last zeros are a part of it."""
    return text if b"\0" in text[:4] else text.rstrip(b"\0")


def _from_hex(text: str) -> bytes:
    """What a raw profile holds: a name, a length, and hexadecimal digits. Raises ValueError."""
    lines = text.strip().split("\n", 2)
    if len(lines) < 3:
        msg = "it has no digits"
        raise ValueError(msg)
    return bytes.fromhex(lines[2])


def _profiles(profiles: dict[str, bytes], found: Found) -> None:
    """ImageMagick's way to keep what PNG had no place for; a chunk made for it comes first."""
    for name, data in profiles.items():
        if name in ("exif", "app1") and data.startswith(b"Exif\0\0"):
            found.exif = found.exif or data[6:]
        elif name == "exif":
            found.exif = found.exif or data
        elif name == "app1" and data.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            found.xmp = found.xmp or data.split(b"\0", 1)[1]
        elif name == "xmp":
            found.xmp = found.xmp or data
        elif name in ("icc", "icm"):
            found.icc = found.icc or data
        elif name in ("iptc", "8bim"):
            plain = data[:1] == b"\x1c"
            records, others = (data, None) if plain else photoshop.parted(data)
            found.iptc, found.photoshop = found.iptc or records, found.photoshop or others
        else:
            told = f"PNG: the raw profile {name[:40]!r} is left out"
            found.notes.append(Note(told, "left_out", names=[name[:40]]))


def into_png(source: BinaryIO, target: BinaryIO, metadata: Metadata) -> None:
    """Copy a PNG with all its chunks of metadata; IPTC as ImageMagick and ExifTool know it."""
    target.write(source.read(33))  # the signature and IHDR
    if metadata.dpi:
        across, down = (round(d / 0.0254) for d in metadata.dpi)
        target.write(_chunk(b"pHYs", struct.pack(">IIB", across, down, 1)))
    if metadata.modified is not None:
        target.write(_chunk(b"tIME", metadata.modified))
    if metadata.exif is not None:
        target.write(_chunk(b"eXIf", metadata.exif))
    if metadata.xmp is not None:
        target.write(_chunk(b"iTXt", _XMP.encode() + b"\0\0\0\0\0" + metadata.xmp))
    if block := photoshop.with_iptc(metadata.photoshop, metadata.iptc):
        digits = f"\niptc\n{len(block):8}\n{block.hex()}\n".encode("ascii")
        target.write(_chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(digits)))
    for text in metadata.texts:
        target.write(_text_chunk(text))
    for comment in metadata.comments:
        target.write(_text_chunk(Text("Comment", comment)))
    while head := source.read(8):
        length = int.from_bytes(head[:4], "big") + 4
        if head[4:] == b"pHYs":
            source.seek(length, 1)
            continue
        target.write(head + source.read(length))


def _text_chunk(text: Text) -> bytes:
    keyword = text.keyword.encode("latin-1", "replace")[:79] or b"Comment"
    plain = text.text.encode("utf-8")
    try:
        latin = text.text.encode("latin-1")
    except UnicodeEncodeError:
        latin = None
    if text.language or text.translated or latin is None or b"\0" in latin:
        packed = len(plain) > _LONG
        head = keyword + bytes([0, packed, 0]) + text.language.encode("latin-1", "replace") + b"\0"
        head += text.translated.encode("utf-8") + b"\0"
        return _chunk(b"iTXt", head + (zlib.compress(plain) if packed else plain))
    if len(latin) > _LONG:
        return _chunk(b"zTXt", keyword + b"\0\0" + zlib.compress(latin))
    return _chunk(b"tEXt", keyword + b"\0" + latin)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
