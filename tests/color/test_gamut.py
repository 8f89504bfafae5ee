"""The promise: lightness is kept and hue too, whatever chroma is asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import color

from tintype.color.gamut import fit, paint_rows
from tintype.color.lab import L_from_grey, linear_from_f, ratio_from_f

LIMIT = {np.uint8: 0.6, np.uint16: 0.01}


def lightness(rgb):
    return color.rgb2lab(rgb / np.iinfo(rgb.dtype).max)[..., 0]


@pytest.mark.parametrize("dtype", LIMIT)
def test_lightness_is_kept_over_the_whole_space(dtype):
    top = np.iinfo(dtype).max
    grey = np.linspace(0, top, 256).round().astype(dtype)
    for chroma in (2.0, 10.0, 30.0, 60.0, 100.0, 150.0):
        hue = np.linspace(0, 2 * np.pi, 361)[:-1]
        ab = chroma * np.stack([np.cos(hue), np.sin(hue)])[:, :, None]
        ab = np.broadcast_to(ab, (2, 360, 256)).astype(np.float32)
        rows = np.broadcast_to(grey, (360, 256))
        painted = paint_rows(rows, ab)
        kept = color.rgb2lab(np.repeat(rows[..., None] / top, 3, axis=2))[..., 0]
        assert np.abs(lightness(painted) - kept).max() <= LIMIT[dtype]


@settings(max_examples=300)
@given(
    st.integers(0, 65535),
    st.floats(-150, 150, width=32),
    st.floats(-150, 150, width=32),
)
def test_hue_is_kept_and_chroma_only_falls(code, a, b):
    grey = np.array([[code]], np.uint16)
    L = L_from_grey(grey)
    rgb = np.stack(fit(L, np.full_like(L, a), np.full_like(L, b)), axis=-1)
    assert rgb.min() >= 0
    assert rgb.max() <= 1
    out = color.xyz2lab(rgb.astype(float) @ color.colorconv.xyz_from_rgb.T)[0, 0]
    asked, got = np.hypot(a, b), np.hypot(out[1], out[2])
    assert got <= asked + 0.3
    if got > 2:  # below it hue is noise
        turn = np.angle(complex(a, b) / complex(out[1], out[2]), deg=True)
        assert abs(turn) * np.pi / 180 * got < 0.3


def test_chroma_goes_as_far_as_the_gamut():
    rng = np.random.default_rng(0)
    L, hue = rng.uniform(1, 99, 5000).astype(np.float32), rng.uniform(0, 2 * np.pi, 5000)
    unit = np.stack([np.cos(hue), np.sin(hue)]).astype(np.float32)
    f = (L + np.float32(16)) / np.float32(116)

    def inside(chroma):
        linear = np.stack(linear_from_f(f, ratio_from_f(f), *(unit * chroma.astype(np.float32))))
        return (linear.min(axis=0) >= 0) & (linear.max(axis=0) <= 1)

    low, high = np.zeros(5000), np.full(5000, 200.0)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = np.where(inside(middle), middle, low), np.where(inside(middle), high, middle)
    rgb = np.stack(fit(L, *(unit * 200)), axis=-1)
    lab = color.xyz2lab(rgb.astype(float) @ color.colorconv.xyz_from_rgb.T)
    short = low - np.hypot(lab[:, 1], lab[:, 2])
    assert np.percentile(short, 99) < 1
    assert np.abs(short).mean() < 0.1


@pytest.mark.parametrize("dtype", LIMIT)
def test_a_neutral_prediction_gives_the_grey_back_exactly(dtype):
    grey = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)[None]
    painted = paint_rows(grey, np.zeros((2, *grey.shape), np.float32))
    assert painted.dtype == dtype
    assert (painted == grey[..., None]).all()


@pytest.mark.parametrize(("L", "white"), [(100.01, 1.0), (100.0, 1.0), (0.0, 0.0), (-0.01, 0.0)])
@pytest.mark.parametrize("b", [0.0, 90.0])
def test_the_ends_of_lightness_are_neutral(L, white, b):
    rgb = fit(*(np.full(3, v, np.float32) for v in (L, 0.0, b)))
    np.testing.assert_allclose(rgb, white, atol=2e-3)


def test_a_colour_inside_the_gamut_is_met():
    grey = np.array([[119]], np.uint8)  # L = 50
    ab = np.array([20.0, -30.0], np.float32).reshape(2, 1, 1)
    out = color.rgb2lab(paint_rows(grey, ab) / 255)[0, 0]
    np.testing.assert_allclose(out[1:], [20, -30], atol=0.8)
