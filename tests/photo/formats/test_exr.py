"""OpenEXR in and out: linear light, of whatever primaries, halves and floats."""

import numpy as np
import pytest

from tintype import PhotoError, Settings
from tintype.errors import Damaged, UnsupportedFormat
from tintype.photo.read import from_array, read
from tintype.photo.write import Page, write

library = pytest.importorskip("OpenEXR", reason="reading OpenEXR is in the exr extra")
ACES = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
rng = np.random.default_rng(0)
LIGHT = rng.random((20, 30, 3)).astype(np.float32)
ONE = np.ascontiguousarray(LIGHT[..., 0])  # the library writes garbage of what is not


def linear(code):
    code = np.asarray(code, np.float64)
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def coded(light):
    light = np.asarray(light, np.float64)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def made(folder, channels, **header):
    path = folder / "a.exr"
    told = {"compression": library.PIZ_COMPRESSION, "type": library.scanlineimage} | header
    with library.File(told, channels) as file:
        file.write(str(path))
    return path


def opened(path, **settings):
    (photo,) = read(path, Settings(**settings))
    return photo


@pytest.mark.parametrize("kind", [np.float16, np.float32])
@pytest.mark.parametrize("how", ["PIZ", "ZIPS", "RLE", "NO", "PXR24", "DWAA"])
def test_linear_light_becomes_srgb(how, kind, tmp_path):
    photo = opened(
        made(tmp_path, {"RGB": LIGHT.astype(kind)}, compression=getattr(library, f"{how}_COMPRESSION"))
    )
    assert (photo.width, photo.height, photo.bits, photo.format) == (30, 20, 16, "exr")
    within = 2500 if how == "DWAA" else 40  # of 65535; DWAA loses something
    assert np.abs(photo.open().numpy() - coded(LIGHT) * 65535).max() < within
    assert any("1.0 is white" in note for note in photo.notes)


def test_bytes_are_read_as_files_are(tmp_path):
    path = made(tmp_path, {"RGB": LIGHT})
    np.testing.assert_array_equal(opened(path.read_bytes()).open().numpy(), opened(path).open().numpy())


def test_grey_and_transparency(tmp_path):
    photo = opened(made(tmp_path, {"Y": ONE}))
    assert np.abs(photo.open().numpy() - coded(ONE) * 65535).max() < 2
    alpha = np.full((20, 30, 1), 0.5, np.float32)
    alpha[0] = 0
    photo = opened(made(tmp_path, {"RGBA": np.concatenate([LIGHT * alpha, alpha], axis=-1)}))
    assert np.abs(photo.open().numpy()[1:] - (coded(LIGHT) * 65535)[1:]).max() < 2
    assert set(np.unique(photo.open_alpha().numpy())) == {0, 32768}


def test_primaries_and_white_of_their_own(tmp_path):
    grey = np.repeat(LIGHT[..., :1], 3, axis=2)
    photo = opened(made(tmp_path, {"RGB": grey}, chromaticities=ACES))
    assert np.abs(photo.open().numpy() - coded(grey) * 65535).max() < 20, "white stays white"
    # AP0 to linear Rec. 709 under D65, by Bradford: as published with ACES (CTL, 1.3).
    matrix = [[2.52169, -1.13413, -0.38756], [-0.27648, 1.37272, -0.09624], [-0.01538, -0.15298, 1.16835]]
    soft = 0.4 + 0.1 * LIGHT
    photo = opened(made(tmp_path, {"RGB": soft}, chromaticities=ACES))
    assert np.abs(photo.open().numpy() - coded(soft @ np.array(matrix).T) * 65535).max() < 40


def test_what_is_out_of_range_is_cut(tmp_path):
    wild = LIGHT.copy()
    wild[0, :4, 0] = np.nan, np.inf, -np.inf, 40
    pixels = opened(made(tmp_path, {"RGB": wild})).open().numpy()
    assert list(pixels[0, :4, 0]) == [0, 65535, 0, 65535]


def test_the_display_window_is_the_picture(tmp_path):
    window = {"dataWindow": ((2, 3), (31, 22)), "displayWindow": ((0, 0), (25, 29))}
    corners = {name: tuple(np.array(p, np.int32) for p in ends) for name, ends in window.items()}
    path = made(tmp_path, {"RGB": LIGHT}, **corners)
    photo = opened(path)
    assert (photo.width, photo.height) == (26, 30)
    pixels = photo.open().numpy()
    assert np.abs(pixels[3:23, 2:] - coded(LIGHT[:, :24]) * 65535).max() < 1
    assert not pixels[:3].any() and not pixels[23:].any() and not pixels[:, :2].any()
    assert any("display window" in n for n in photo.notes)


def test_channels_beside_the_picture_are_said(tmp_path):
    channels = {"RGB": LIGHT, "Z": ONE, "left.R": ONE}
    assert any("channels Z, left.R are left out" in n or "channels left.R, Z are left out" in n
               for n in opened(made(tmp_path, channels)).notes)  # fmt: skip


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        ({"Z": ONE}, "channels Z"),
        ({"Y": ONE.astype(np.uint32)}, "uint samples"),
        ({"Y": ONE, "RY": ONE, "BY": ONE}, "channels BY, RY, Y"),
    ],
)
def test_what_isnt_read_is_refused(channels, words, tmp_path):
    with pytest.raises(UnsupportedFormat, match=words):
        opened(made(tmp_path, channels))


def test_too_large_and_damaged(tmp_path):
    path = made(tmp_path, {"RGB": LIGHT})
    with pytest.raises(PhotoError, match="max_pixels"):
        opened(path, max_pixels=599)
    with pytest.raises(Damaged):
        opened(path.read_bytes()[:300])
    with pytest.raises(Damaged):
        opened(path.read_bytes()[:-200]).open().numpy()


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("bands", [3, 4])
def test_written_and_read_again(bits, bands):
    kind = np.uint8 if bits == 8 else np.uint16
    array = rng.integers(1, 2**bits, (37, 29, bands)).astype(kind)
    if bands == 4:
        array[..., 3] = np.maximum(array[..., 3], 2 ** (bits - 2))
    photo = from_array(array)
    scale = 257 if bits == 8 else 1
    for lossless in (False, True):
        page = Page(photo, photo.open(), photo.open_alpha())
        again = opened(write([page], None, Settings(format="exr", lossless=lossless)).data)
        strayed = np.abs(again.open().numpy().astype(int) - array[..., :3].astype(int) * scale).max()
        # A half has 11 bits of precision; where little light comes through, less is left of it.
        assert strayed == 0 if lossless else strayed <= (12 if bands == 3 else 40)
        if bands == 4:
            alpha = again.open_alpha().numpy().astype(int)
            assert np.abs(alpha - array[..., 3].astype(int) * scale).max() <= 20
