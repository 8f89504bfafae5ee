"""Small photograph files of every format, with metadata, for tests that damage them."""

import io
import struct
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image, TiffImagePlugin

_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="x"/></rdf:RDF>'
    b"</x:xmpmeta>"
)
_IPTC = b"\x1c\x02\x69\0\x05hello"


def _exif():
    exif = Image.Exif()
    exif[0x112], exif[0x10F] = 6, "Kodak"
    exif.get_ifd(0x8769)[0x9003] = "1931:05:06 07:08:09"
    exif.get_ifd(0x8825)[1] = "N"
    return b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")


def _saved(image, kind, **options):
    held = io.BytesIO()
    image.copy().save(held, kind, **options)
    return held.getvalue()


def _tiff(array, **options):
    image = pyvips.Image.new_from_array(array)
    return image.tiffsave_buffer(**options)


def dng(mosaic, *, orientation=1):
    """A camera RAW of the simplest kind: a Bayer mosaic (uint16) of a camera that sees as sRGB does."""
    height, width = mosaic.shape
    pixels = mosaic.astype("<u2").tobytes()
    # CIE XYZ (D65) to the camera's colours: the inverse of sRGB's own matrix (IEC 61966-2-1).
    matrix = [3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570]
    ratios = struct.pack("<18i", *(n for m in matrix for n in (round(m * 10_000), 10_000)))
    byte, text, short, long, ratio, signed = 1, 2, 3, 4, 5, 10
    entries = [
        (254, long, "I", [0]), (256, long, "I", [width]), (257, long, "I", [height]), (258, short, "H", [16]),
        (259, short, "H", [1]), (262, short, "H", [32803]), (271, text, "6s", [b"Kodak"]),
        (272, text, "4s", [b"DCS"]), (273, long, "I", [0]), (274, short, "H", [orientation]),
        (277, short, "H", [1]), (278, long, "I", [height]), (279, long, "I", [len(pixels)]),
        (284, short, "H", [1]), (700, byte, f"{len(_XMP)}s", [_XMP]),
        (33421, short, "2H", [2, 2]), (33422, byte, "4B", [0, 1, 1, 2]),
        (50706, byte, "4B", [1, 4, 0, 0]), (50707, byte, "4B", [1, 1, 0, 0]), (50708, text, "4s", [b"DCS"]),
        (50717, long, "I", [65535]), (50721, signed, "72s", [ratios]), (50728, ratio, "6I", [1] * 6),
        (50778, short, "H", [21]),
    ]  # fmt: skip
    sizes = {byte: 1, text: 1, short: 2, long: 4, ratio: 8, signed: 8}
    behind = 8 + 2 + 12 * len(entries) + 4
    table, body = b"", b""
    for tag, kind, form, values in entries:
        data = struct.pack("<" + form, *values)
        count = len(data) // sizes[kind]
        if len(data) > 4:
            data, body = struct.pack("<I", behind + len(body)), body + data + bytes(len(data) % 2)
        table += struct.pack("<HHI", tag, kind, count) + data.ljust(4, b"\0")
    # Where the pixels lie is known now.
    at = 12 * next(i for i, e in enumerate(entries) if e[0] == 273) + 8
    table = table[:at] + struct.pack("<I", behind + len(body)) + table[at + 4 :]
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + bytes(4) + body + pixels


def psd(planes):
    """A flattened Photoshop document of RGB, plain, with planes of 8 bits: (3, height, width)."""
    _, height, width = planes.shape
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, height, width, 8, 3)
    return head + struct.pack(">IIIH", 0, 0, 0, 0) + planes.tobytes()


def exr(light):
    """An OpenEXR of linear light, (height, width, 3) float32, packed by the library of its makers."""
    import OpenEXR

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.exr")
        with OpenEXR.File({"compression": OpenEXR.PIZ_COMPRESSION}, {"RGB": light}) as file:
            file.write(str(path))
        return path.read_bytes()


def make():
    """Name → bytes of the file; those that need an extra only where it is installed."""
    rng = np.random.default_rng(0)
    ramp = np.add.outer(np.arange(24) * 4, np.arange(32) * 3).astype(np.uint8)
    rgb = np.dstack([ramp, ramp[::-1], 255 - ramp])
    rgba = np.dstack([rgb, rng.integers(0, 256, ramp.shape).astype(np.uint8)])
    grey, colour, clear = Image.fromarray(ramp), Image.fromarray(rgb), Image.fromarray(rgba)
    icc = bytes(pyvips.Operation.call("profile_load", "p3"))
    kept = {"exif": _exif(), "icc_profile": icc}
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[700], tags[33723], tags[271], tags[274] = _XMP, _IPTC, "Kodak", 6
    tags.tagtype[700], tags.tagtype[33723] = 1, 7
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(_IPTC)) + _IPTC
    app13 = b"Photoshop 3.0\0" + resource
    jpeg = _saved(colour, "JPEG", xmp=_XMP, dpi=(300, 300), **kept)
    jpeg = jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(app13) + 2) + app13 + jpeg[2:]
    extras = {}
    if find_spec("pillow_heif"):
        import pillow_heif

        held = io.BytesIO()
        pillow_heif.from_pillow(clear).save(held, exif=_exif(), quality=90)
        extras["heic"] = held.getvalue()
    if find_spec("pypdfium2"):
        extras["pdf"] = _saved(grey, "PDF", resolution=300)
    if find_spec("imagecodecs"):
        import imagecodecs

        extras["jp2"] = imagecodecs.jpeg2k_encode(rgb, level=0, reversible=True)
        extras["jp2-16"] = imagecodecs.jpeg2k_encode(ramp.astype(np.uint16) * 257, codecformat="j2k")
        extras["jxl"] = imagecodecs.jpegxl_encode(rgb, usecontainer=True)
        extras["jxl-lossless"] = imagecodecs.jpegxl_encode(rgba, lossless=True)
    if find_spec("OpenEXR"):
        extras["exr"] = exr(rgb / np.float32(255))
    if find_spec("rawpy"):
        extras["raw"] = dng(ramp.astype(np.uint16) * 257)
    return extras | {
        "jpeg": jpeg,
        "jpeg-progressive": _saved(grey, "JPEG", progressive=True),
        "jpeg-cmyk": _saved(colour.convert("CMYK"), "JPEG"),
        "png": _saved(clear, "PNG", dpi=(300, 300), **kept),
        "png-palette": _saved(colour.convert("P"), "PNG"),
        "png-1-bit": _saved(grey.convert("1"), "PNG"),
        "png-16": pyvips.Image.new_from_array(ramp.astype(np.uint16) * 257).pngsave_buffer(),
        "tiff": _saved(colour, "TIFF", tiffinfo=tags, icc_profile=icc),
        "tiff-pages": _saved(grey, "TIFF", save_all=True, append_images=[colour.copy(), clear.copy()]),
        "tiff-lzw": _tiff(ramp, compression="lzw"),
        "tiff-16-tiled": _tiff(rgb.astype(np.uint16) * 257, tile=True, tile_width=16, tile_height=16,
                               compression="deflate", bigtiff=True),
        "tiff-1-bit": _saved(grey.convert("1"), "TIFF", compression="group4"),
        "tiff-jpeg": _tiff(rgb, compression="jpeg"),
        "webp": _saved(clear, "WEBP", xmp=_XMP, **kept),
        "webp-lossless": _saved(colour, "WEBP", lossless=True),
        "avif": _saved(colour, "AVIF", xmp=_XMP, **kept),
        "gif": _saved(colour.convert("P"), "GIF", save_all=True, append_images=[grey.convert("P")]),
        "psd": psd(np.moveaxis(rgb, -1, 0)),
        "pnm": _saved(colour, "PPM"),
        "pnm-text": b"P2 8 4 255\n" + b"7 9 99 1 " * 8,
        "bmp": _saved(colour, "BMP"),
        "bmp-palette": _saved(colour.convert("P"), "BMP"),
        "bmp-1-bit": _saved(grey.convert("1"), "BMP"),
    }  # fmt: skip
