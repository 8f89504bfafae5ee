"""Decoders that don't obey are called apart: a file that lies about its size takes only its own process."""

import os
import resource
import sys
import zlib

import pytest

from photo import samples
from tintype import Settings
from tintype.errors import Damaged, TooLarge
from tintype.photo import wary
from tintype.photo.read import read

FILES = samples.make()
MB = 1_000_000
linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems limit no memory")
APART = [name for name in ("heic", "jp2", "jxl", "pdf", "raw", "exr") if name in FILES]


def lies(side=20_000):
    """A PDF of one small page that shows a large picture twice."""
    packed = zlib.compress(bytes(side * side // 8), 1)
    shown = b"q 72 0 0 72 0 0 cm /I Do Q q 9 0 0 9 0 0 cm /I Do Q"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 1"
        b"/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (side, side, len(packed), packed),
        b"<</Length %d>>stream\n%b\nendstream" % (len(shown), shown),
    ]
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (n, part) for n, part in enumerate(parts, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Size 6/Root 1 0 R>>\n%%EOF\n"


@linux
def test_what_a_decoder_takes_beyond_its_header_is_refused():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TooLarge, match="more memory than the 100 MB allowed; raise max_memory"):
        wary.call(Settings(max_memory=100), "grandma.tif", bytes, 400 * MB)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "KiB"
    assert wary.call(Settings(max_memory=100), "grandma.tif", len, bytes(9)) == 9


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
