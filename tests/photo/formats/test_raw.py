"""Camera RAW: developed as it was exposed."""

import numpy as np
import pytest
from skimage import data

from photo import samples
from photo.pictures import one
from tintype import PhotoError, Settings
from tintype.color.lab import linear_from_srgb
from tintype.photo.read import read


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_raw_is_developed_as_it_was_exposed(orientation):
    pytest.importorskip("rawpy")
    grey = data.camera()[100:200, :160]
    linear = np.rint(linear_from_srgb(grey.astype(np.float32) / 255) * 65535)
    photo = one(samples.dng(linear, orientation=orientation))
    assert (photo.format, photo.bits) == ("raw", 16)
    assert b"Kodak" in photo.metadata.exif
    assert photo.metadata.xmp.startswith(b"<x:xmpmeta")
    upright = grey if orientation == 1 else np.rot90(grey, -1)
    assert (photo.height, photo.width) == upright.shape
    drawn = photo.open().numpy()[..., 1] / 257
    # A mosaic's green is half guessed; what matters is that nothing was brightened or stretched.
    assert abs(np.median(drawn - upright)) < 0.5
    assert np.abs(drawn - upright).mean() < 4


def test_a_raw_that_is_none():
    pytest.importorskip("rawpy")
    with pytest.raises(PhotoError, match="RAW is damaged or of an unknown kind"):
        read(b"FUJIFILMCCD-RAW " + bytes(4000), Settings())
