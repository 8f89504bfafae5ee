"""AVIF of 12 bits."""

import numpy as np

from photo.pictures import page
from tintype import Settings
from tintype.photo.read import read
from tintype.photo.write import write


def test_avif_keeps_twelve_bits_without_loss(tmp_path):
    deep = (np.arange(4096) * 65535 // 4095).astype(np.uint16).reshape(64, 64)
    write([page(deep)], tmp_path / "a.avif", Settings(lossless=True))
    (photo,) = read(tmp_path / "a.avif", Settings())
    assert photo.bits == 16
    assert np.abs(photo.open().numpy()[..., 1].astype(int) - deep).max() <= 64
