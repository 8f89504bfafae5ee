"""Y', Cb and Cr: what a film states, and there and back."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from tintype.film.luma import Encoding, encoding_of, is_rgb, luma_of, negative, rgb_from_ycc, ycc_from_rgb

ENCODINGS = [
    Encoding(matrix, full, bits)
    for matrix in ("bt601", "bt709", "bt2020")
    for full in (False, True)
    for bits in (8, 10)
]


def test_rgb_goes_to_luma_and_back():
    rgb = np.random.default_rng(4).random((3, 1000), dtype=np.float32)
    for encoding in ENCODINGS:
        assert np.allclose(rgb_from_ycc(*ycc_from_rgb(*rgb, encoding), encoding), rgb, atol=1e-5)
    white = np.full((2, 2, 3), 255, np.uint8)
    assert (luma_of(white, Encoding("bt601", full=False)) == 235).all()
    assert (luma_of(white.astype(np.uint16) * 257, Encoding("bt601", full=False, bits=10)) == 940).all()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_black_and_white_of_a_negative_change_places(encoding):
    black, white, _ = encoding.span
    most = 2**encoding.bits - 1
    luma = np.array([[black, black + white, most, 0]], np.uint16 if encoding.bits > 8 else np.uint8)
    turned = negative(luma, encoding)
    assert turned.dtype == luma.dtype
    assert turned.tolist() == [
        [black + white, black, max(2 * black + white - most, 0), min(2 * black + white, most)]
    ]
    again = negative(turned, encoding)
    assert (again == luma)[:, :2].all()


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ((1, 1, "yuv420p", 480), Encoding("bt709", False)),
        ((2, 6, "yuv420p", 480), Encoding("bt601", True)),
        ((0, 2, "yuv420p", 480), Encoding("bt601", False, 8, False)),
        ((0, 2, "yuv420p10le", 1080), Encoding("bt709", False, 10, False)),
        ((0, 2, "yuvj420p", 1080), Encoding("bt709", True, 8, False)),
        ((0, 2, "gray", 480), Encoding("bt601", True, 8, False)),
        ((0, 0, "bgra", 480), Encoding("bt601", False)),
        ((2, 0, "gbrp10le", 720), Encoding("bt709", False, 10)),
    ],
)
def test_what_a_film_states_and_what_players_assume(stated, expected):
    assert encoding_of(*stated) == expected
    assert is_rgb(stated[2]) == (not stated[2].startswith(("yuv", "gray")))
