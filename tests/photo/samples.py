"""Small photograph files of every format, with metadata, for tests that damage them."""

import io
import struct

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


def make():
    """Name → bytes of the file."""
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
    return {
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
        "bmp": _saved(colour, "BMP"),
        "bmp-palette": _saved(colour.convert("P"), "BMP"),
        "bmp-1-bit": _saved(grey.convert("1"), "BMP"),
    }  # fmt: skip
