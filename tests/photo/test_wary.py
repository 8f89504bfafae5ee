"""Decoders that don't obey are called apart: a file that lies about its size takes only its own process."""

import io
import os
import resource
import struct
import sys

import numpy as np
import pytest

from photo import samples
from tintype import Settings
from tintype.errors import Damaged, TooLarge
from tintype.photo import wary
from tintype.photo.read import read

FILES = samples.make()
linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems limit no memory")
APART = [name for name in ("heic", "jp2", "jxl", "pdf", "raw", "exr") if name in FILES]


def lies(side=12_000):
    """A TIFF of 64 × 64 px in planes, by its header, each of whose tiles is a JPEG of 144 megapixels."""
    tifffile, codecs = pytest.importorskip("tifffile"), pytest.importorskip("imagecodecs")
    held = io.BytesIO()
    planes = np.zeros((3, 64, 64), np.uint8)
    tifffile.imwrite(held, planes, photometric="rgb", planarconfig="separate", tile=(64, 64),
                     compression="jpeg", metadata=None)  # fmt: skip
    large, data = codecs.jpeg8_encode(np.zeros((side, side), np.uint8)), bytearray(held.getvalue())
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as opened:
        offsets, counts = (opened.pages[0].tags[tag].valueoffset for tag in (324, 325))
    for plane in range(3):
        struct.pack_into("<I", data, offsets + 4 * plane, len(data))
        struct.pack_into("<I", data, counts + 4 * plane, len(large))
    return bytes(data) + large


@linux
def test_what_a_decoder_takes_beyond_its_header_is_refused():
    (photo,) = read(lies(), Settings(max_memory=60), name="grandma.tif")
    assert (photo.width, photo.height) == (64, 64)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TooLarge, match=r"grandma.tif: it takes more memory than the 60 MB allowed; raise"):
        photo.open()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "KiB"
    # With room for it the decoder sees that the tile is of another size.
    (photo,) = read(lies(), Settings(), name="grandma.tif")
    with pytest.raises(Damaged):
        photo.open()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_decoder_that_crashes_takes_only_its_photograph():
    with pytest.raises(Damaged, match=r"grandma.raw: its decoder ended \(SIGABRT\): the file is damaged"):
        wary.call(Settings(), "grandma.raw", os.abort)
    assert wary.call(Settings(), "grandma.raw", abs, -3) == 3


@pytest.mark.parametrize("name", APART)
def test_formats_of_other_libraries_are_decoded_apart(name, monkeypatch):
    called = []
    real = wary.call
    monkeypatch.setattr(wary, "call", lambda *a: called.append(a[2].__name__) or real(*a))
    (photo,) = read(FILES[name], Settings())
    photo.open().numpy()
    assert called


@pytest.mark.parametrize("name", ["jpeg", "png", "tiff", "webp", "avif", "gif", "bmp", "pnm", "psd"])
def test_trusted_formats_cost_nothing(name, monkeypatch):
    monkeypatch.setattr(wary, "call", lambda *a: pytest.fail("called apart"))
    (photo,) = read(FILES[name], Settings())
    photo.open().numpy()
