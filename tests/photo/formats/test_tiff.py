"""Pages of a TIFF: which are photographs, and which only belong to one."""

import logging
import subprocess
import sys

import numpy as np
import pytest
import pyvips

from photo.formats.tiffs import tiff
from photo.pictures import GREY, RGB
from tintype import Settings
from tintype.photo.read import read


def test_thumbnails_inside_a_tiff_are_no_pages():
    image = pyvips.Image.new_from_array(np.tile(GREY, (4, 4)))
    content = image.tiffsave_buffer(pyramid=True, tile=True, tile_width=64, tile_height=64)
    photos = read(content, Settings())
    assert [(p.width, p.height) for p in photos] == [(image.width, image.height)]
    assert any("reduced copies" in n for n in photos[0].notes)


INFRARED = (255 - GREY).astype(np.uint8)


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
