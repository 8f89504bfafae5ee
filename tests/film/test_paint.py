"""Y', Cb and Cr: lightness kept, bars kept, ranges and matrices as stated."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from skimage import color

from film_clips import grey, pan
from tintype.color.lab import lab_from_srgb
from tintype.film.luma import Encoding, grey_of, rgb_from_ycc
from tintype.film.paint import painted

ENCODINGS = [
    Encoding(matrix, full, bits)
    for matrix in ("bt601", "bt709", "bt2020")
    for full in (False, True)
    for bits in (8, 10)
]


def stored(codes, encoding):
    """Luma samples of 8-bit grey."""
    black, white, _ = encoding.span
    made = np.rint(black + codes / 255.0 * white)
    return made.astype(np.uint16 if encoding.bits > 8 else np.uint8)


def shown(planes, encoding):
    luma, cb, cr = planes
    _, _, reach = encoding.span
    neutral = 2 ** (encoding.bits - 1)
    height, width = luma.shape

    def full(plane):
        tall = plane.repeat(2, axis=0) if plane.shape[0] < height else plane
        return (tall.repeat(2, axis=1)[:height, :width].astype(np.float32) - neutral) / (2 * reach)

    rgb = rgb_from_ycc(grey_of(luma, encoding), full(cb), full(cr), encoding)
    return lab_from_srgb(np.clip(np.stack(rgb, axis=-1), 0, 1))


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
@pytest.mark.parametrize("halves", [True, False])
def test_lightness_is_kept_and_color_arrives(encoding, halves):
    codes = grey(pan(count=1))[0]
    luma = stored(codes, encoding)
    ab = np.zeros((24, 32, 2), np.float32)
    ab[..., 0], ab[:, 16:, 1] = 18, -24
    lab = shown(painted(luma, ab, (0, 0, 128, 96), encoding, halves=halves), encoding)
    L = color.rgb2lab(np.repeat(codes[..., None], 3, axis=-1))[..., 0]
    gap = np.abs(lab[..., 0] - L)
    assert gap.mean() < 0.8 and np.percentile(gap, 95) < 2.5
    middle = (L > 30) & (L < 80)
    assert abs(lab[:, :50][middle[:, :50]][:, 1].mean() - 18) < 2
    assert abs(lab[:, 80:][middle[:, 80:]][:, 2].mean() + 24) < 2.5


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
def test_without_color_every_sample_is_kept(encoding):
    top = 2**encoding.bits
    values = np.arange(96 * 128).reshape(96, 128) * 7 % top
    luma = values.astype(np.uint16 if encoding.bits > 8 else np.uint8)
    bright, cb, cr = painted(luma, np.zeros((12, 16, 2), np.float32), (0, 0, 128, 96), encoding, halves=True)
    assert np.array_equal(bright, luma)
    assert (cb == top // 2).all() and (cr == top // 2).all()


@pytest.mark.parametrize("size", [(96, 128), (95, 127), (31, 64)])
def test_bars_keep_their_samples(size):
    height, width = size
    luma = np.random.default_rng(2).integers(0, 255, size, dtype=np.uint8)
    area = (8, 4, width - 18, height - 11)
    ab = np.full((10, 10, 2), 40, np.float32)
    bright, cb, _ = painted(luma, ab, area, Encoding("bt709", full=False), halves=True)
    assert np.array_equal(bright[:4], luma[:4]) and np.array_equal(bright[:, :8], luma[:, :8])
    assert np.array_equal(bright[height - 6 :], luma[height - 6 :])
    assert (cb[:2] == 128).all() and (cb[:, :4] == 128).all()
    assert cb.shape == ((height + 1) // 2, (width + 1) // 2)
