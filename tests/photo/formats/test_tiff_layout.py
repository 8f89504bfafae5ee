"""Layouts of a TIFF that are damaged, are words."""

import io

import pytest

from photo.formats.tiffs import tiff
from photo.pictures import RGB
from tintype import PhotoError, Settings
from tintype.photo.read import read
from tintype.photo.tiff import Tiff


def test_a_page_without_pixels_is_damaged(capfd):
    content = Tiff(held := io.BytesIO(tiff((RGB, {"photometric": "rgb", "compression": "zstd"}))))
    content.overwrite(content.entries(content.directories()[0])[257], 0)
    with pytest.raises(PhotoError, match="120 × 0"):
        read(held.getvalue(), Settings())
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("size", range(8, 200, 7))
def test_cut_short_headers_are_words(size):
    content = tiff((RGB, {"photometric": "rgb", "compression": "zstd"}))
    with pytest.raises(PhotoError):
        read(content[:size], Settings())[0].open().numpy()
