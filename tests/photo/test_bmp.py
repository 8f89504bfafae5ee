"""Bitmaps that libvips doesn't read."""

import struct

import numpy as np
import pytest

from photo.pictures import GREY, RGB, one


@pytest.mark.parametrize("top_down", [False, True])
def test_bitmaps_with_masks_and_alpha(top_down):
    pixels = np.random.default_rng(0).integers(0, 32, (6, 5, 3)).astype(np.uint32)
    words = (pixels @ np.array([1 << 10, 1 << 5, 1], np.uint32)).astype("<u2")
    rows = words if top_down else words[::-1]
    body = np.pad(rows, ((0, 0), (0, 1))).tobytes()  # rows are padded to 4 bytes
    head = struct.pack("<IiiHHIIiiII", 40, 5, -6 if top_down else 6, 1, 16, 0, 0, 11811, 11811, 0, 0)
    photo = one(b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 54) + head + body)
    np.testing.assert_array_equal(photo.open().numpy(), np.rint(pixels * 255 / 31))
    assert photo.metadata.dpi == pytest.approx((300, 300), abs=0.01)
    clear = np.dstack([RGB[:6, :5, ::-1], GREY[:6, :5]])[::-1].tobytes()
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + bytes(52)
    head = struct.pack("<IiiHHIIiiII", 108, 5, 6, 1, 32, 3, 0, 0, 0, 0, 0) + masks
    photo = one(b"BM" + struct.pack("<IHHI", 122 + len(clear), 0, 0, 122) + head + clear)
    np.testing.assert_array_equal(photo.open().numpy(), RGB[:6, :5])
    np.testing.assert_array_equal(photo.open_alpha().numpy(), GREY[:6, :5])
