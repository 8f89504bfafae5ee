"""PNM: every kind of it, as text and as bytes."""

import io

import numpy as np
import pytest

from photo.pictures import GREY, one, saved
from tintype import PhotoError

PAM = b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (b"P5 # scanned\n3 2\n# by scanimage\n255\n", bytes([0, 9, 255, 7, 8, 6]), [[0, 9, 255], [7, 8, 6]]),
        (b"P5 2 1 65535\n", b"\x12\x34\xff\xff", [[0x1234, 65535]]),
        (b"P5 3 1 1023\n", b"\0\0\x02\x00\x03\xff", [[0, 32800, 65535]]),
        (b"P5 2 1 15\n", b"\x0f\x05", [[255, 85]]),
        (b"P4 9 2\n", b"\x80\x80\x7f\x00", [[0] + [255] * 7 + [0], [255] + [0] * 7 + [255]]),
        (b"P1\n3 2\n", b"1 0 1\n010", [[0, 255, 0], [255, 0, 255]]),
        (b"P2\n3 1\n100\n", b" 0 50 # half\n100", [[0, 128, 255]]),
        (b"P6 1 1 255\n", b"abc", [[[97, 98, 99]]]),
        (b"P3 1 1 255\n", b"1 2 3", [[[1, 2, 3]]]),
        (PAM, b"abcd", [[[97, 98, 99]]]),
    ],
)
def test_pnm_is_read(head, body, expected):
    photo = one(head + body)
    assert photo.format == "pnm"
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), np.array(expected).squeeze())


def test_pnm_of_another_encoder_and_through_a_pipe():
    held = saved(GREY, "PPM")
    np.testing.assert_array_equal(one(io.BytesIO(held)).open().numpy().squeeze(), GREY)


@pytest.mark.parametrize("damage", [b"P5 ", b"P5 3 2 255\nab", b"P5 0 2 255\n", b"P5 3 2 99999\nabcdefabcdef",
                                    b"P2 2 1 255\n7", b"P2 2 1 255\n7 99999999999",
                                    b"P7\nWIDTH 2\nENDHDR\n"])  # fmt: skip
def test_damaged_pnm_is_refused(damage):
    with pytest.raises(PhotoError):
        one(damage).open()
