"""What the header of a JPEG 2000 says that its decoder would get wrong."""

import imagecodecs
import pytest

from photo.pictures import RGB, one
from tintype.errors import UnsupportedFormat


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.replace(b"colr\1\0\0\0\0\0\x10", b"colr\1\0\0\0\0\0\x12"), "sYCC"),
        (lambda d: d.replace(b"colr\1\0\0\0\0\0\x10", b"colr\1\0\0\0\0\0\x0c"), "CMYK"),
        (lambda d: d[: d.index(b"\xff\x51") + 40] + b"\x87" + d[d.index(b"\xff\x51") + 41 :], "signed"),
        (lambda d: d[: d.index(b"\xff\x51") + 44] + b"\2\2" + d[d.index(b"\xff\x51") + 46 :], "subsampled"),
    ],
)
def test_jpeg_2000_that_would_come_out_wrong_is_refused(change, words):
    whole = imagecodecs.jpeg2k_encode(RGB, level=0, reversible=True)
    changed = change(whole)
    assert changed != whole
    with pytest.raises(UnsupportedFormat, match=words):
        one(changed)
