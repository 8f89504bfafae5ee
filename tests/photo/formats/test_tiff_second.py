"""The second decoder of TIFF: what libvips gets wrong."""

import io

import numpy as np
import pytest
from PIL import Image

from photo.formats.tiffs import tiff
from photo.pictures import RGB
from tintype import Settings
from tintype.errors import UnsupportedFormat
from tintype.photo.formats import _tiff_second
from tintype.photo.read import read


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_ycbcr_of_pillow_is_read(compression):
    held = io.BytesIO()
    Image.fromarray(RGB).convert("YCbCr").save(held, "TIFF", compression=compression)
    (photo,) = read(held.getvalue(), Settings())
    assert np.abs(photo.open().numpy().astype(int) - RGB).mean() < 1


@pytest.mark.parametrize(("across", "down"), [(2, 2), (2, 1), (4, 2), (1, 1)])
@pytest.mark.parametrize("told", [True, False])
def test_data_units_of_ycbcr_are_taken_apart(across, down, told):
    rng = np.random.default_rng(0)
    rows, width = 7, 10
    units = -(-rows // down), -(-width // across)
    Y = rng.integers(0, 256, (units[0] * down, units[1] * across)).astype(np.uint8)
    C = rng.integers(0, 256, (*units, 2)).astype(np.uint8)
    blocks = Y.reshape(units[0], down, units[1], across).swapaxes(1, 2).reshape(*units, -1)
    packed = np.concatenate([blocks, C], axis=-1).ravel()
    page = _Page((across, down) if told else None)
    found = _tiff_second._units(packed, rows, width, across, down, page)
    np.testing.assert_array_equal(found[..., 0], Y[:rows, :width])
    np.testing.assert_array_equal(found[..., 1:], C.repeat(down, 0).repeat(across, 1)[:rows, :width])


class _Page:
    def __init__(self, subsampling):
        self.subsampling = subsampling


def test_what_no_decoder_reads_is_refused_in_words():
    content = bytearray(tiff((RGB, {"photometric": "rgb"})))
    at = content.index(b"\x06\x01\x03\0\1\0\0\0\2\0")  # photometric: RGB
    content[at + 8 : at + 10] = (32845).to_bytes(2, "little")
    with pytest.raises(UnsupportedFormat, match="LogLuv"):
        read(bytes(content), Settings())
