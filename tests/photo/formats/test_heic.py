"""HEIC of 8 and more bits."""

import io

import numpy as np
import pytest
from PIL import Image

from photo.pictures import RGB, one
from tintype import PhotoError, Settings
from tintype.photo.read import read


@pytest.mark.parametrize("bits", [8, 16])
def test_heic(bits):
    heif = pytest.importorskip("pillow_heif")
    held = io.BytesIO()
    if bits == 8:
        picture = heif.from_pillow(Image.fromarray(RGB))
    else:
        picture = heif.from_bytes("RGB;16", RGB.shape[1::-1], (RGB.astype(np.uint16) * 257).tobytes())
    picture.save(held, quality=-1, chroma=444)
    photo = one(held.getvalue())
    assert (photo.format, photo.bits) == ("heic", bits)
    got = photo.open().numpy() / (1 if bits == 8 else 257)
    assert np.abs(got - RGB).mean() < 1.5
    with pytest.raises(PhotoError, match="damaged"):
        read(held.getvalue()[:-500], Settings())[0].open().numpy()
