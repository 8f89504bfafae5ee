"""Small pictures, and the few lines that write and read them."""

import io
import struct
import zlib

import numpy as np
from PIL import Image
from skimage import data

from tintype import Settings
from tintype.photo.read import from_array, read
from tintype.photo.write import Page

GREY = np.ascontiguousarray(data.camera()[100:180, 100:220])
RGB = np.ascontiguousarray(data.astronaut()[:80, :120])
DEEP = RGB.astype(np.uint16) * 257


def one(source, **settings):
    """The only photograph in a file."""
    (photo,) = read(source, Settings(**settings))
    return photo


def saved(picture, kind, **options):
    """A picture of Pillow, or an array, as a file of Pillow's."""
    held = io.BytesIO()
    image = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    image.save(held, kind, **options)
    return held.getvalue()


def chunk(kind, content):
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, bits=8, kind=0, extra=b"", rows=None, interlaced=0):
    """A PNG that says what it is told to say, whatever it holds."""
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, interlaced)
    pixels = zlib.compress(rows if rows is not None else b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def noise(*shape, dtype=np.uint8):
    """Every pixel of its own, the same each time."""
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


def page(array, **options):
    """An array as it is handed to `write`."""
    photo = from_array(array)
    return Page(photo, photo.open(), photo.open_alpha(), **options)
