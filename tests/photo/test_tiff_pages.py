"""Pages and channels of a TIFF that are no picture, and layouts that other writers than tifffile make."""

import io
import logging
import subprocess
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data

from tintype import PhotoError, Settings
from tintype.errors import UnsupportedFormat
from tintype.photo.formats import _tiff_second
from tintype.photo.read import read
from tintype.photo.tiff import Tiff

GREY = np.ascontiguousarray(data.camera()[100:180, 100:220])
RGB = np.ascontiguousarray(data.astronaut()[:80, :120])
INFRARED = (255 - GREY).astype(np.uint8)


def tiff(*pages):
    """A TIFF of (array, options) pages."""
    held = io.BytesIO()
    kinds = [options.pop("kind", 0) for _, options in pages]
    with tifffile.TiffWriter(held) as writer:
        for array, options in pages:
            writer.write(array, contiguous=False, metadata=None, subfiletype=1, **options)
    written = Tiff(held)
    for directory, kind in zip(written.directories(), kinds, strict=True):
        written.overwrite(written.entries(directory)[254], kind)
    return held.getvalue()


@pytest.mark.parametrize("base", [GREY, RGB], ids=["grey", "rgb"])
@pytest.mark.parametrize("kinds", [[0], [0, 2], [2, 0]])
def test_a_channel_that_is_no_transparency_is_left_out_and_said(base, kinds):
    alpha = np.full_like(GREY, 200)
    more = [alpha if kind == 2 else INFRARED for kind in kinds]
    content = tiff((np.dstack([base, *more]), {"photometric": "minisblack" if base.ndim == 2 else "rgb",
                                               "planarconfig": "contig", "extrasamples": kinds}))  # fmt: skip
    (photo,) = read(content, Settings())
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), base)
    assert photo.has_alpha == (2 in kinds)
    if photo.has_alpha:
        np.testing.assert_array_equal(photo.open_alpha().numpy().squeeze(), alpha)
    assert any("1 further channels" in note for note in photo.notes)


def test_masks_infrared_pages_and_thumbnails_are_no_photographs():
    content = tiff((RGB, {"photometric": "rgb"}), (INFRARED, {"kind": 4}),
                   (RGB[::4, ::4], {"photometric": "rgb", "kind": 1}))  # fmt: skip
    photos = read(content, Settings())
    assert [(p.page, p.pages, p.width) for p in photos] == [(1, 3, 120)]
    assert any("masks or infrared" in n for n in photos[0].notes)
    assert any("1 reduced copies" in n for n in photos[0].notes)
    # Who asks for such a page gets it.
    (asked,) = read(content, Settings(page=2))
    np.testing.assert_array_equal(asked.open().numpy().squeeze(), INFRARED)


def test_a_file_of_masks_alone_is_read():
    (photo,) = read(tiff((GREY, {"kind": 4})), Settings())
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), GREY)


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


def test_a_page_without_pixels_is_damaged(capfd):
    content = Tiff(held := io.BytesIO(tiff((RGB, {"photometric": "rgb", "compression": "zstd"}))))
    content.overwrite(content.entries(content.directories()[0])[257], 0)
    with pytest.raises(PhotoError, match="120 × 0"):
        read(held.getvalue(), Settings())
    assert capfd.readouterr().err == ""


def test_warnings_of_libvips_stay_silent():
    for name in ("pyvips", "tifffile"):
        assert any(isinstance(h, logging.NullHandler) for h in logging.getLogger(name).handlers)
    program = (
        "import io, sys, numpy as np, tifffile\n"
        "from tintype import Settings\nfrom tintype.photo.read import read\n"
        "h = io.BytesIO(); tifffile.imwrite(h, np.zeros((40, 40), np.uint8), compression='lzw')\n"
        "d = bytearray(h.getvalue()); d[-200:] = bytes(200)\n"
        "try:\n    read(bytes(d), Settings())[0].thumbnail(9, 9)\nexcept Exception as e:\n    print(e)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100)
    assert done.stderr == ""


@pytest.mark.parametrize("size", range(8, 200, 7))
def test_cut_short_headers_are_words(size):
    content = tiff((RGB, {"photometric": "rgb", "compression": "zstd"}))
    with pytest.raises(PhotoError):
        read(content[:size], Settings())[0].open().numpy()
