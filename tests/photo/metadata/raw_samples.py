"""What each maker's camera RAW says beside its pixels, in that maker's structure and without the pixels."""

import struct

import numpy as np

from photo.metadata.everything import exif_block, jpeg, packet

XMP = packet(inside="<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Ida</rdf:li></rdf:Alt></dc:title>")
CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
UUID_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def box(kind, *parts):
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def directory(entries, number=42, order="<", start=8):
    """A TIFF structure with one directory: (tag, type, count, data)."""
    table, body = b"", b""
    behind = start + 2 + 12 * len(entries) + 4
    for tag, kind, count, data in sorted(entries):
        if len(data) > 4:
            data, body = struct.pack(order + "I", behind + len(body)), body + data + bytes(len(data) % 2)
        table += struct.pack(order + "HHI", tag, kind, count) + data.ljust(4, b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", number, start)
    return head + struct.pack(order + "H", len(entries)) + table + bytes(4) + body


def text(tag, words):
    return tag, 2, len(words) + 1, words.encode() + b"\0"


IFD0 = [text(0x10F, "Kodak"), text(0x110, "Retina")]
INNER = [text(0x9003, "1931:05:06 07:08:09"), text(0xA434, "Xenar")]


def raf():
    inside = jpeg()
    head = b"FUJIFILMCCD-RAW 0201FF000000Retina".ljust(84, b"\0")
    return head + struct.pack(">II", 148, len(inside)) + bytes(148 - 92) + inside


def cr3():
    parts = [box(b"CMT1", directory(IFD0)), box(b"CMT2", directory(INNER)), box(b"CMT3", directory(IFD0)),
             box(b"CMT4", directory([(1, 2, 2, b"N\0")]))]  # fmt: skip
    moov = box(b"moov", box(b"uuid", CANON, *parts))
    return (
        box(b"ftyp", b"crx \0\0\0\1crx isom") + moov + box(b"uuid", UUID_XMP, XMP) + box(b"mdat", bytes(99))
    )


def rw2():
    inside = jpeg()
    return directory([*IFD0, (0x2E, 7, len(inside), inside)], number=0x55)


def orf():
    return directory([*IFD0, (700, 1, len(XMP), XMP)], number=0x4F52)


def mrw():
    block = box_le(b"\0PRD", bytes(24)) + box_le(b"\0TTW", directory(IFD0, order=">"))
    return b"\0MRM" + struct.pack(">I", len(block)) + block + bytes(99)


def box_le(kind, content):
    return kind + struct.pack(">I", len(content)) + content


def x3f(*, with_jpeg=True):
    words = {"CAMMANUF": "Kodak", "CAMMODEL": "Retina", "TIME": "1000000000"}
    pairs, texts = b"", b""
    for key, value in words.items():
        pairs += struct.pack("<II", len(texts) // 2, len(texts) // 2 + len(key) + 1)
        texts += (key + "\0" + value + "\0").encode("utf-16-le")
    properties = b"SECp" + struct.pack("<IIIII", 0x20000, len(words), 0, 0, len(texts) // 2) + pairs + texts
    picture = b"SECi" + struct.pack("<IIIIII", 0x20000, 2, 18, 6, 4, 0) + jpeg()
    data = b"FOVb".ljust(40, b"\0")
    entries = []
    for kind, section in ((b"PROP", properties), (b"IMA2", picture))[: 1 + with_jpeg]:
        entries.append(struct.pack("<II4s", len(data), len(section), kind))
        data += section
    start = len(data)
    return (
        data
        + b"SECd"
        + struct.pack("<II", 0x20000, len(entries))
        + b"".join(entries)
        + struct.pack("<I", start)
    )


def make():
    return {"raf": raf(), "cr3": cr3(), "rw2": rw2(), "orf": orf(), "mrw": mrw(), "x3f": x3f(),
            "x3f-old": x3f(with_jpeg=False)}  # fmt: skip


def jp2():
    uuid = box(b"uuid", b"JpgTiffExif->JP2", exif_block()) + box(b"uuid", UUID_XMP, XMP)
    stream = b"\xff\x4f" + remark(b"found in the attic") + remark(b"Created by OpenJPEG") + b"\xff\x90"
    brand = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return brand + uuid + box(b"jp2c", stream)


def remark(text):
    """A comment in the head of a JPEG 2000's code stream."""
    return b"\xff\x64" + struct.pack(">HH", len(text) + 4, 1) + text


def jxl():
    told = box(b"Exif", bytes(4), exif_block()) + box(b"xml ", XMP)
    return box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ") + told + box(b"jxlc", b"\xff\x0a")


def exr():
    """The header of an OpenEXR with EXIF and XMP where darktable and GIMP write them, and a comment."""
    from tintype.photo import exr as structure

    block = exif_block()
    told = {"exif": ("blob", struct.pack("<I", len(block)) + block), "xmp": ("string", XMP),
            "comments": ("string", b"found in the attic"), "owner": ("string", b"the family")}  # fmt: skip
    return structure.with_attributes(structure.header(6, 4, "Y", np.float16), told)[0]
