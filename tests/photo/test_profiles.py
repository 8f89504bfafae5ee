"""Colours of every kind become those of sRGB."""

import io
import struct

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms
from skimage import data
from skimage.color import lab2rgb

from photo.pictures import GREY, one, saved
from tintype import PhotoError, Settings
from tintype.photo.read import from_array, read
from tintype.photo.write import Page, write

RGB = data.astronaut()[::4, ::3]  # with strong colours in it


def test_cmyk_with_and_without_a_profile():
    image = Image.fromarray(RGB).convert("CMYK")
    photo = one(saved(image, "TIFF"))
    assert any("CMYK without a profile" in n for n in photo.notes)
    assert photo.open().bands == 3
    profile = bytes(pyvips.Operation.call("profile_load", "cmyk"))
    with_profile = one(saved(image, "JPEG", icc_profile=profile, quality=100))
    assert not with_profile.notes
    away = photo.open().numpy().astype(int) - with_profile.open().numpy()
    assert np.abs(away).mean() < 2


def test_rgb_profiles_are_honoured_and_srgb_left_alone():
    p3 = bytes(pyvips.Operation.call("profile_load", "p3"))
    wide = one(saved(Image.fromarray(RGB), "PNG", icc_profile=p3)).open().numpy()
    expected = np.asarray(ImageCms.profileToProfile(
        Image.fromarray(RGB), ImageCms.ImageCmsProfile(io.BytesIO(p3)), ImageCms.createProfile("sRGB"),
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION, renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    ))  # fmt: skip
    assert np.abs(wide.astype(int) - expected).max() <= 2
    assert np.abs(wide.astype(int) - RGB).max() > 10
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = one(saved(Image.fromarray(RGB), "PNG", icc_profile=srgb)).open().numpy()
    np.testing.assert_array_equal(same, RGB)


def grey_gamma(gamma):
    """A version 2 grey profile of one exponent, as ICC.1:2001-04 lays it out."""

    def xyz(*values):
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))

    def text(kind, what):
        if kind == b"desc":
            return b"desc\0\0\0\0" + struct.pack(">I", len(what) + 1) + what + b"\0" + bytes(78)
        return b"text\0\0\0\0" + what + b"\0"

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"desc": text(b"desc", b"Grey"), b"cprt": text(b"text", b"none"),
            b"wtpt": xyz(0.9642, 1, 0.8249), b"kTRC": curve}  # fmt: skip
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    header = struct.pack(
        ">I4sI4s4s4s12s4s4sIII8sI3i4s44s", at + len(body), b"none", 0x02400000, b"mntr", b"GRAY", b"XYZ ",
        bytes(12), b"acsp", bytes(4), 0, 0, 0, bytes(8), 0, 63190, 65536, 54061, bytes(4), bytes(44),
    )  # fmt: skip
    return header + struct.pack(">I", len(tags)) + table + body


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("gamma", [1.8, 2.2])
def test_a_grey_gamma_profile_is_honoured(dtype, gamma):
    full = np.iinfo(dtype).max
    ramp = np.linspace(0, full, 256).round().astype(dtype).reshape(16, 16)
    image = pyvips.Image.new_from_array(ramp).copy(interpretation="b-w" if full == 255 else "grey16").copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", grey_gamma(gamma))
    got = one(image.tiffsave_buffer()).open().numpy() / full
    Y = (ramp / full) ** gamma
    expected = np.where(Y <= 0.0031308, Y * 12.92, 1.055 * Y ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(got, expected, atol=1.5 / 255)


@pytest.mark.parametrize("kind", ["lab", "labs"])
def test_lab_is_read(kind):
    lab = np.zeros((8, 8, 3), np.float32)
    lab[..., 0] = np.linspace(20, 80, 8)
    lab[..., 1:] = 10, -15
    image = pyvips.Image.new_from_array(lab).copy(interpretation="lab")
    content = (image if kind == "lab" else image.colourspace("labs")).tiffsave_buffer()
    got = one(content).open().numpy() / 65535
    np.testing.assert_allclose(got, lab2rgb(lab), atol=0.01)


@pytest.mark.parametrize("full", [1.0, 255.0, 65535.0])
def test_floats_say_what_white_is(full):
    image = pyvips.Image.new_from_array((RGB / 255 * full).astype(np.float32)).copy(interpretation="srgb")
    photo = one(image.tiffsave_buffer())
    assert any("white at" in n for n in photo.notes)
    np.testing.assert_allclose(photo.open().numpy() / 257, RGB, atol=0.51)


def test_samples_without_a_meaning_are_refused():
    image = pyvips.Image.new_from_array(np.array([[-5.0, 1.0]], np.float32))
    with pytest.raises(PhotoError, match="white can't be told; save it with 16 bits"):
        read(image.tiffsave_buffer(), Settings())
    with pytest.raises(PhotoError, match="white can't be told; save it with 16 bits"):
        read(image.cast("double").tiffsave_buffer(), Settings())
    with pytest.raises(PhotoError, match="complex"):
        read(image.cast("complex").tiffsave_buffer(), Settings())


def test_a_damaged_profile_that_is_wanted_is_said():
    icc = bytearray(pyvips.Operation.call("profile_load", "p3"))
    icc[128:] = bytes(len(icc) - 128)
    held = io.BytesIO()
    Image.fromarray(np.dstack([GREY] * 3)).save(held, "WEBP", icc_profile=bytes(icc))
    photo = read(held.getvalue(), Settings())[0]
    image = from_array(np.dstack([GREY] * 3)).open()
    result = write([Page(photo, image)], None, Settings(format="png", profile="original"))
    assert any("profile is damaged" in n for n in result.notes)


def test_a_damaged_profile_is_left_aside_and_said():
    icc = bytearray(saved(GREY, "PNG"))  # not a profile at all, but for its header
    icc[:4], icc[16:20], icc[36:40] = struct.pack(">I", len(icc)), b"RGB ", b"acsp"
    held = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (9, 9, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(held, "TIFF", icc_profile=bytes(icc))
    (photo,) = read(held.getvalue(), Settings())
    assert any("profile is damaged" in n for n in photo.notes)
    np.testing.assert_array_equal(photo.open().numpy(), pixels)
