"""One small photograph of each format with every kind of metadata that its writers are known to leave in it.

Nothing here is made by Tintype's own writers: these files are what it has to cope with.
"""

import hashlib
import io
import struct
import zlib
from importlib.util import find_spec

import numpy as np
from PIL import Image, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NAMESPACES = {
    "rdf": RDF, "x": "adobe:ns:meta/", "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/", "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/", "exif": "http://ns.adobe.com/exif/1.0/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/", "xmpNote": "http://ns.adobe.com/xmp/note/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/", "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "GCamera": "http://ns.google.com/photos/1.0/camera/", "hdrgm": "http://ns.adobe.com/hdr-gain-map/1.0/",
    "Container": "http://ns.google.com/photos/1.0/container/",
    "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
}  # fmt: skip
_DECLARED = " ".join(f'xmlns:{p}="{name}"' for p, name in NAMESPACES.items() if p not in ("x", "rdf"))


def packet(attributes="", inside="", *, wrapped=True):
    """An XMP packet with properties as attributes and as elements."""
    root = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" {_DECLARED} {attributes}>{inside}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    )
    if not wrapped:
        return root.encode()
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{root}<?xpacket end="w"?>'.encode()


def many(kind, *texts, alt=False):
    lang = ' xml:lang="x-default"' if alt else ""
    return f"<rdf:{kind}>" + "".join(f"<rdf:li{lang}>{t}</rdf:li>" for t in texts) + f"</rdf:{kind}>"


TRUE = (
    "<dc:title>" + many("Alt", "Grandma Ida", alt=True) + "</dc:title>"
    "<dc:subject>" + many("Bag", "family", "Rīga") + "</dc:subject>"
    "<photoshop:City>Rīga</photoshop:City><xmp:Rating>4</xmp:Rating>"
    "<xmp:CreatorTool>ScanTool 7</xmp:CreatorTool>"
)
"""What stays as it is."""

UNTRUE = {
    "tiff:Orientation": "6", "tiff:ImageWidth": "60", "tiff:ImageLength": "40", "tiff:SamplesPerPixel": "1",
    "tiff:PhotometricInterpretation": "1", "tiff:Compression": "1", "tiff:NativeDigest": "256;0",
    "exif:ColorSpace": "65535", "exif:PixelXDimension": "60", "exif:NativeDigest": "36864;0",
    "photoshop:ColorMode": "1", "photoshop:ICCProfile": "Dot Gain 20%", "crs:ConvertToGrayscale": "True",
    "crs:GrayMixerRed": "12", "crs:Saturation": "-100", "dc:format": "image/x-old",
}  # fmt: skip
"""What is true of the grey file alone."""

CLAIMS = {"GCamera:MotionPhoto": "1", "GCamera:MicroVideoOffset": "4000", "hdrgm:Version": "1.0"}

XMP = packet(
    " ".join(f'{k}="{v}"' for k, v in (UNTRUE | CLAIMS).items()),
    TRUE
    + '<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><xmpGImg:image>AAAA</xmpGImg:image></rdf:li>'
    "</rdf:Alt></xmp:Thumbnails>",
)

IPTC = b"\x1c\x01\x5a\0\x03\x1b%G" + b"".join(
    b"\x1c\x02" + bytes([n]) + struct.pack(">H", len(t)) + t
    for n, t in (
        (0, b"\0\4"), (5, b"Grandma"), (25, b"family"), (25, b"house"), (55, b"19310506"),
        (60, b"070809+0200"),
        (80, b"August Sander"), (90, "Rīga".encode()), (105, b"Grandmother, 1931"), (116, b"the family"),
        (120, "Brīvības iela".encode()), (130, b"1W"), (131, b"L"),
    )
)  # fmt: skip


def resource(number, data):
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(data)) + data + bytes(len(data) % 2)


PHOTOSHOP = (
    resource(0x03ED, struct.pack(">IHHIHH", 600 << 16, 1, 1, 600 << 16, 1, 1))
    + resource(0x0404, IPTC)
    + resource(0x0406, b"\0\x0c\0\0\0\1")  # the quality that Photoshop saved it with
    + resource(0x040A, b"\1")
    + resource(0x040B, b"http://archive.example/ida")
    + resource(0x040C, b"\0" * 28 + b"\xff\xd8\xff")  # a grey thumbnail
    + resource(0x0425, hashlib.md5(IPTC).digest())
)
MAKER = b"Nikon\0\x02\x10\0\0MM\0*\0\0\0\x08\0\0" + bytes(range(200))


def exif_block():
    """EXIF as a camera and an editor leave it: turned, grey, with GPS and Interop."""
    exif = Image.Exif()
    told = {0x112: 6, 0x10F: "Kodak", 0x110: "Retina", 0x131: "ScanTool", 0x10E: "Ida at home",
            0x13B: "A. Sander", 0x8298: "the family", 0x102: 8, 0x106: 1, 0x115: 1, 0x213: 2}  # fmt: skip
    for tag, value in told.items():
        exif[tag] = value
    inner = exif.get_ifd(0x8769)
    inner |= {0x9003: "1931:05:06 07:08:09", 0x9011: "+02:00", 0xA002: 60, 0xA003: 40, 0xA001: 0xFFFF,
              0x9102: 3.5, 0xA500: 2.2, 0x9101: b"\1\0\0\0", 0x829D: 5.6, 0xA434: "Xenar",
              0xA420: "ab" * 16, 0x9214: (15, 10, 6, 4)}  # fmt: skip
    inner[0xA005] = {1: "R03", 2: b"0100"}
    gps = exif.get_ifd(0x8825)
    gps |= {1: "N", 2: (56.0, 57.0, 1.0), 3: "E", 4: (24.0, 6.0, 1.0), 29: "1931:05:06"}
    return exif.tobytes()[6:]


def pixels():
    return Image.fromarray(np.tile(np.linspace(10, 240, 60).astype(np.uint8), (40, 1)))


def saved(image, kind, **options):
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def extended(standard, rest):
    """APP1 segments of a packet and of the extended one that it names, in two pieces, the second first."""
    name = hashlib.md5(rest).hexdigest().upper()
    named = standard.replace(b'rdf:about=""', f'rdf:about="" xmpNote:HasExtendedXMP="{name}"'.encode(), 1)
    half = len(rest) // 2
    segments = [segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + named)]
    for at, piece in ((half, rest[half:]), (0, rest[:half])):
        head = b"http://ns.adobe.com/xmp/extension/\0" + name.encode() + struct.pack(">II", len(rest), at)
        segments.append(segment(0xE1, head + piece))
    return b"".join(segments)


CAPTION = "A long caption. " * 5000


def jpeg(behind=b""):
    rest = packet(
        inside="<dc:description>" + many("Alt", CAPTION, alt=True) + "</dc:description>", wrapped=False
    )
    # Split over two segments, as Photoshop does with much.
    app13 = [
        segment(0xED, b"Photoshop 3.0\0" + PHOTOSHOP[:90]),
        segment(0xED, b"Photoshop 3.0\0" + PHOTOSHOP[90:]),
    ]
    data = saved(pixels(), "JPEG", exif=b"Exif\0\0" + exif_block(), dpi=(600, 600))
    where = data.index(b"\xff\xdb")  # before the tables
    # Half of it stands behind the tables, where few look.
    late = b"".join(app13) + segment(0xFE, "Ida, 1931, Rīga".encode())
    frame = data.index(b"\xff\xc0")
    extra = extended(XMP, rest)
    return data[:where] + extra + data[where:frame] + late + data[frame:] + behind


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def raw_profile(name, data):
    text = f"\n{name}\n{len(data):8}\n" + "\n".join(
        data.hex()[i : i + 72] for i in range(0, 2 * len(data), 72)
    )
    return chunk(
        b"zTXt", f"Raw profile type {name}".encode() + b"\0\0" + zlib.compress(text.encode() + b"\n")
    )


def png(*, profiles=False):
    """A PNG with everything behind its pixels; `profiles`: in ImageMagick's way."""
    data = saved(pixels(), "PNG", dpi=(600, 600), pnginfo=PngInfo())
    text = [
        chunk(b"tEXt", b"Title\0Grandma Ida"),
        chunk(b"tEXt", b"Author\0August Sander"),
        chunk(b"tEXt", "Copyright\0© the family".encode("latin-1")),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"found in the attic")),
        chunk(b"tEXt", b"Creation Time\x001931-05-06"),
        chunk(b"tEXt", b"Shelf\x00B7"),
        chunk(b"iTXt", b"Description\0\1\0lv\0Apraksts\0" + zlib.compress("Rīga, Brīvības iela".encode())),
        chunk(b"tIME", struct.pack(">HBBBBB", 2001, 2, 3, 4, 5, 6)),
    ]
    if profiles:
        told = [
            raw_profile("exif", b"Exif\0\0" + exif_block()),
            raw_profile("xmp", XMP),
            raw_profile("iptc", PHOTOSHOP),
        ]
    else:
        told = [
            chunk(b"eXIf", exif_block()),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
            raw_profile("8bim", PHOTOSHOP),
        ]
    return data[:-12] + b"".join(text + told) + data[-12:]


def tiff(times=15):
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    large = XMP.replace(b"<dc:title>", b"<dc:description>" + many("Alt", CAPTION * times, alt=True).encode()
                        + b"</dc:description><dc:title>", 1)  # fmt: skip
    told = {33723: IPTC, 700: large, 34377: PHOTOSHOP, 271: "Kodak", 272: "Retina", 274: 6, 305: "ScanTool",
            270: "Ida at home", 269: "Shelf B7", 285: "page 1", 315: "A. Sander", 37500: MAKER}  # fmt: skip
    for tag, value in told.items():
        tags[tag] = value
        if isinstance(value, bytes):
            tags.tagtype[tag] = 7 if tag != 700 else 1
    inner = {0x9003: "1931:05:06 07:08:09", 0xA434: "Xenar"}
    tags[0x8769], tags[0x8825] = inner, {1: "N", 2: (56.0, 57.0, 1.0)}
    return saved(pixels(), "TIFF", tiffinfo=tags, dpi=(600, 600))


def gif():
    data = saved(pixels(), "GIF")
    comment = b"found in the attic"
    extra = b"\x21\xfe" + bytes([len(comment)]) + comment + b"\0"
    extra += b"\x21\xff\x0bXMP DataXMP" + XMP + b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return data[:-1] + extra + data[-1:]  # behind the picture, before the end


def make():
    """Format → bytes of a file."""
    with_all = {"exif": b"Exif\0\0" + exif_block(), "xmp": XMP}
    found = {
        "jpeg": jpeg(),
        "png": png(),
        "png-profiles": png(profiles=True),
        "tiff": tiff(),
        "webp": saved(pixels(), "WEBP", **with_all),
        "avif": saved(pixels(), "AVIF", **with_all),
        "gif": gif(),
    }
    if find_spec("pillow_heif"):
        import pillow_heif

        held = io.BytesIO()
        pillow_heif.from_pillow(pixels()).save(held, quality=90, **with_all)
        found["heic"] = held.getvalue()
    return found


SUFFIXES = {"jpeg": ".jpg", "png": ".png", "png-profiles": ".png", "tiff": ".tif", "webp": ".webp",
            "avif": ".avif", "gif": ".gif", "heic": ".heic"}  # fmt: skip
