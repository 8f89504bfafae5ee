"""The compiled kernel gives what NumPy gives, to the bit, however it was compiled."""

import ctypes.util
import importlib.util
import platform
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage import data
from skimage.transform import resize

from tintype.color import gamut, kernel, resample
from tintype.color.lab import lab_from_srgb

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
hatch_build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hatch_build)

# Scalar code, the vectors that every processor has, those that this one has, and what a wheel holds.
BUILDS = {
    "scalar": ("-O0", "-DNO_CLONES"),
    "baseline": ("-DNO_CLONES",),
    "wheel": (),
}
if platform.machine() in ("x86_64", "AMD64"):
    BUILDS["native"] = ("-DNO_CLONES", "-march=native")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A kernel by the name of its build; each is compiled once."""
    folder, made = tmp_path_factory.mktemp("kernels"), {}

    def build(name):
        if name not in made:
            path = folder / f"{name}{kernel.SUFFIX}"
            hatch_build.compile_kernel(path, *BUILDS[name])
            made[name] = kernel.Kernel(path)
        return made[name]

    return build


@pytest.fixture(params=[*BUILDS, "installed"])
def compiled(request, built):
    if request.param == "installed":
        if kernel.loaded() is None:
            pytest.skip(kernel.status())
        return kernel.loaded()
    if hatch_build.compiler() is None:
        pytest.skip("no C compiler")
    return built(request.param)


@pytest.fixture(scope="session")
def wheel(built):
    if hatch_build.compiler() is None:
        pytest.skip("no C compiler")
    return built("wheel")


def assert_paints_alike(compiled, grey, ab):
    got = compiled.paint8(gamut._rules(), grey, ab)
    want = gamut.paint_rows_numpy(grey, ab)
    assert got.dtype == want.dtype and got.shape == want.shape
    np.testing.assert_array_equal(got, want)


def assert_fits_alike(compiled, fy, y, a, b):
    got = compiled.fit(gamut._rules(), fy, y, a, b)
    want = gamut.fit_numpy(fy, y, a, b)
    np.testing.assert_array_equal(np.stack(got), np.stack(want))


def grid(start, stop, step):
    axis = np.arange(start, stop, step, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis)).reshape(2, -1)


def test_every_8_bit_grey_over_a_grid_of_chroma(compiled):
    ab = np.concatenate([grid(-160, 160.1, 4), grid(-6, 6.1, 0.25), grid(-0.5, 0.51, 0.0625)], axis=1)
    for codes in np.arange(256, dtype=np.uint8).reshape(16, 16):
        shape = 16, ab.shape[1]
        assert_paints_alike(
            compiled, np.broadcast_to(codes[:, None], shape), np.broadcast_to(ab[:, None], (2, *shape))
        )


def test_a_photograph_with_colours_beyond_the_gamut(compiled):
    lab = lab_from_srgb(data.coffee())
    grey = data.coffee()[..., 1].copy()
    for more in (0.5, 1.0, 2.5):
        assert_paints_alike(compiled, grey, np.ascontiguousarray(lab[..., 1:].transpose(2, 0, 1)) * more)


def test_random_lightness_of_16_bits(compiled):
    random = np.random.default_rng(0)
    linear, f = gamut.grey_tables(np.dtype(np.uint16))
    grey = random.integers(0, 65536, (5, 40001))
    a, b = random.normal(0, 60, (2, *grey.shape)).astype(np.float32)
    assert_fits_alike(compiled, f[grey], linear[grey], a, b)


def test_the_search_where_the_table_is_too_coarse(compiled):
    # Nearly black and nearly white, and hues at the corners of the gamut.
    random = np.random.default_rng(1)
    L = np.concatenate(
        [random.uniform(0, 3, 60000), random.uniform(97, 100, 60000), random.uniform(0, 100, 60000)]
    )
    fy = ((L + 16) / 116).astype(np.float32)
    a, b = random.uniform(-150, 150, (2, len(L))).astype(np.float32)
    y = gamut.ratio_from_f(fy)
    rgb = gamut.linear_from_f(fy, y, *(v * gamut._share(fy, a, b) for v in (a, b)))
    assert gamut._outside(rgb, y).sum() > 50
    assert_fits_alike(compiled, fy, y, a, b)


numbers = st.one_of(st.sampled_from([0.0, -0.0, 1e-30, -1e-30]), st.floats(-2000, 2000, width=32))


@given(
    st.integers(1, 3).flatmap(
        lambda height: st.integers(1, 700).flatmap(
            lambda width: st.tuples(
                arrays(np.uint8, (height, width)), arrays(np.float32, (2, height, width), elements=numbers)
            )
        )
    )
)
def test_any_rows(wheel, rows):
    assert_paints_alike(wheel, *rows)


@given(st.integers(0, 65535), numbers, numbers)
def test_any_pixel_of_16_bits(wheel, code, a, b):
    linear, f = gamut.grey_tables(np.dtype(np.uint16))
    assert_fits_alike(wheel, *(np.array([v], np.float32) for v in (f[code], linear[code], a, b)))


@pytest.mark.parametrize("width", [1, 511, 512, 513, 3000])
@pytest.mark.parametrize("count", [1, 5, 64])
def test_blending(compiled, width, count):
    random = np.random.default_rng(width)
    rows = random.normal(0, 30, (70, width)).astype(np.float32)
    first = np.sort(random.integers(0, 71 - count, 150)).astype(np.int32)
    taps = random.normal(0, 0.5, (150, count)).astype(np.float32)
    taps[random.random(taps.shape) < 0.3] = 0
    got, want = (np.full((150, width), np.nan, np.float32) for _ in range(2))
    resample.blend_numpy(rows, first, taps, want)
    compiled.blend(rows, first, taps, got)
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_library_paints_alike_with_and_without(wheel, dtype, monkeypatch):
    top = np.iinfo(dtype).max
    grey = np.rint(resize(data.camera() / 255, (300, 400)) * top).astype(dtype)
    ab = np.random.default_rng(0).normal(0, 40, (2, 16, 22)).astype(np.float32)
    painted = []
    for one in (None, wheel):
        monkeypatch.setattr(kernel, "loaded", lambda one=one: one)
        painted.append(gamut.paint_rows(grey[100:], resample.Upsampler(ab, 300, 400).rows(100, 300)))
    np.testing.assert_array_equal(*painted)


def test_arrays_that_are_parts_of_others(compiled):
    random = np.random.default_rng(0)
    grey = random.integers(0, 256, (40, 90)).astype(np.uint8)[::2, ::3]
    ab = random.normal(0, 50, (40, 30, 2)).astype(np.float32).transpose(2, 0, 1)[:, ::2]
    assert_paints_alike(compiled, grey, ab)


def test_numbers_that_are_none_stay_inside_the_tables(compiled):
    odd = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38], np.float32)
    ab = np.stack(np.meshgrid(odd, odd))
    for code in (0, 1, 128, 255):
        compiled.paint8(gamut._rules(), np.full(ab.shape[1:], code, np.uint8), ab)
    compiled.fit(gamut._rules(), ab[0], ab[1], ab[0], ab[1])


def test_arrays_that_do_not_belong_together_are_refused(compiled):
    ab = np.zeros((2, 4, 5), np.float32)
    with pytest.raises(ValueError, match="belong together"):
        compiled.paint8(gamut._rules(), np.zeros((4, 6), np.uint8), ab)
    with pytest.raises(ValueError, match="belong together"):
        compiled.fit(gamut._rules(), ab, ab, ab[:1], ab)
    first = np.zeros(3, np.int32)
    for out in (np.zeros((3, 6), np.float32), np.zeros((3, 5)), np.zeros((5, 3), np.float32).T):
        with pytest.raises(ValueError, match="belong together"):
            compiled.blend(ab[0], first, np.zeros((3, 4), np.float32), out)
    for beyond in (first - 1, first + 1):
        with pytest.raises(ValueError, match="belong together"):
            compiled.blend(ab[0], beyond, np.zeros((3, 4), np.float32), np.zeros((3, 5), np.float32))


def test_a_library_that_is_no_kernel_is_refused():
    other = ctypes.util.find_library("m") or pytest.skip("no other library here")
    with pytest.raises(OSError, match="build it again"):
        kernel.Kernel(Path(other))


def test_what_paints_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel, "LIBRARY", tmp_path / "_kernel.so")
    kernel._loaded.cache_clear()
    try:
        assert kernel.loaded() is None and kernel.status().startswith("NumPy")
        kernel._loaded.cache_clear()
        kernel.LIBRARY.write_bytes(b"no library")
        assert kernel.loaded() is None and "can't be used" in kernel.status()
    finally:
        kernel._loaded.cache_clear()
