"""Photographs as they are: every kind of pixel, profile and orientation, and the extras."""

import io
import struct
import sys

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms, ImageOps
from skimage import data
from skimage.color import lab2rgb

from photo import samples
from tintype import PhotoError, Settings
from tintype.color.lab import linear_from_srgb
from tintype.photo.read import from_array, read

GREY = data.camera()[::4, ::3]
RGB = data.astronaut()[::4, ::3]


def saved(image, kind, **options):
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def one(source, **options):
    (photo,) = read(source, Settings(**options))
    return photo


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_applied(kind, orientation):
    exif = Image.Exif()
    exif[0x112] = orientation
    image = Image.fromarray(GREY if kind != "WEBP" else RGB)
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100}}.get(kind, {})
    content = saved(image, kind, exif=exif, **options)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))))
    photo = one(content)
    assert (photo.height, photo.width) == expected.shape[:2]
    np.testing.assert_array_equal(photo.open().numpy(), expected)
    small = photo.thumbnail(20, 30)
    assert (small.width, small.height) == (20, 30)
    near = np.asarray(Image.fromarray(expected).resize((20, 30), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(small.numpy().astype(int) - near).mean() < 3


@pytest.mark.parametrize("orientation", [1, 6])
def test_small_views_of_large_photographs_come_from_one_decoding(orientation):
    exif = Image.Exif()
    exif[0x112] = orientation
    image = Image.fromarray(np.tile(data.coffee(), (6, 6, 1)))  # 3600 × 2400
    photo = one(saved(image, "PNG", exif=exif, compress_level=1))
    expected = np.asarray(image.resize((450, 300), Image.Resampling.LANCZOS))
    if orientation == 6:
        expected = np.rot90(expected, -1)
    calls = []
    decode = photo.decoder.shrunk
    object.__setattr__(photo, "decoder", _Counting(decode, calls))
    for size in (expected.shape[1::-1], (64, 64), (1, 1)):
        view = photo.thumbnail(*size)
        assert (view.width, view.height) == size
    view = photo.thumbnail(*expected.shape[1::-1]).numpy()
    assert np.abs(view.astype(int) - expected).mean() < 1.5
    assert len(calls) == 1


class _Counting:
    shrinks = False

    def __init__(self, shrunk, calls):
        self._shrunk, self._calls = shrunk, calls

    def shrunk(self, factor):
        self._calls.append(factor)
        return self._shrunk(factor)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "BMP"])
def test_a_palette_is_its_colours(kind):
    image = Image.fromarray(RGB).convert("P", palette=Image.Palette.ADAPTIVE)
    photo = one(saved(image, kind))
    np.testing.assert_array_equal(photo.open().numpy()[..., :3], np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_one_bit_is_black_and_white(kind):
    image = Image.fromarray(GREY).convert("1")
    photo = one(saved(image, kind))
    assert photo.bits == 8
    np.testing.assert_array_equal(photo.open().numpy(), np.asarray(image.convert("L")))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_alpha_is_kept_apart(kind):
    pixels = np.dstack([RGB, GREY])
    photo = one(
        saved(Image.fromarray(pixels), kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}))
    )
    assert photo.has_alpha
    np.testing.assert_array_equal(photo.open().numpy(), RGB)
    np.testing.assert_array_equal(photo.open_alpha().numpy(), GREY)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_sixteen_bits_stay(suffix, bands):
    deep = np.random.default_rng(0).integers(0, 65536, (30, 20, bands)).astype(np.uint16)
    image = pyvips.Image.new_from_array(deep).copy(interpretation="grey16" if bands < 3 else "rgb16")
    photo = one(image.write_to_buffer(suffix))
    assert photo.bits == 16
    colour = 1 if bands < 3 else 3
    np.testing.assert_array_equal(photo.open().numpy().reshape(30, 20, -1), deep[..., :colour])
    if bands in (2, 4):
        np.testing.assert_array_equal(photo.open_alpha().numpy(), deep[..., -1])


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


def test_the_first_frame_is_taken_and_said():
    frames = [Image.fromarray(GREY).convert("P"), Image.fromarray(GREY[::-1]).convert("P")]
    photo = one(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert any("frame 1 of 2" in n for n in photo.notes)
    assert one(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), page=2).page == 2
    with pytest.raises(PhotoError, match="choose a page up to"):
        read(saved(frames[0], "GIF"), Settings(page=3))


def test_thumbnails_inside_a_tiff_are_no_pages():
    image = pyvips.Image.new_from_array(np.tile(GREY, (4, 4)))
    content = image.tiffsave_buffer(pyramid=True, tile=True, tile_width=64, tile_height=64)
    photos = read(content, Settings())
    assert [(p.width, p.height) for p in photos] == [(image.width, image.height)]
    assert any("reduced copies" in n for n in photos[0].notes)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 2), (5, 7, 3), (5, 7, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_arrays(shape, dtype):
    array = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
    photo = from_array(array)
    bands = 1 if len(shape) == 2 else shape[2]
    assert photo.has_alpha == (bands in (2, 4))
    np.testing.assert_array_equal(
        photo.open().numpy().reshape(5, 7, -1), array.reshape(5, 7, -1)[..., : 1 if bands < 3 else 3]
    )
    with pytest.raises(PhotoError, match="is no photograph"):
        from_array(np.zeros((2, 2), np.float32))


@pytest.mark.parametrize(
    ("head", "module", "extra"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80), "pillow_heif", "heic"),
        (b"%PDF-1.7\n" + bytes(80), "pypdfium2", "pdf"),
        (b"FUJIFILMCCD-RAW " + bytes(80), "rawpy", "raw"),
    ],
)
def test_a_missing_extra_names_itself(monkeypatch, head, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(PhotoError, match=rf'pip install "tintype\[{extra}\]"'):
        read(head, Settings(), name="a.x")


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


def test_pdf_pages_at_the_resolution_of_the_scan():
    pytest.importorskip("pypdfium2")
    image = Image.fromarray(data.camera())
    content = saved(image, "PDF", save_all=True, append_images=[image], resolution=400)
    photos = read(content, Settings())
    assert [p.page for p in photos] == [1, 2]
    assert photos[0].metadata.dpi == pytest.approx((400, 400), abs=1)
    assert abs(photos[0].width - 512) <= 2
    assert photos[1].open().bands == 3
    assert len(read(content, Settings(page=2))) == 1


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_raw_is_developed_as_it_was_exposed(orientation):
    pytest.importorskip("rawpy")
    grey = data.camera()[100:200, :160]
    linear = np.rint(linear_from_srgb(grey.astype(np.float32) / 255) * 65535)
    photo = one(samples.dng(linear, orientation=orientation))
    assert (photo.format, photo.bits) == ("raw", 16)
    assert b"Kodak" in photo.metadata.exif
    assert photo.metadata.xmp.startswith(b"<x:xmpmeta")
    upright = grey if orientation == 1 else np.rot90(grey, -1)
    assert (photo.height, photo.width) == upright.shape
    drawn = photo.open().numpy()[..., 1] / 257
    # A mosaic's green is half guessed; what matters is that nothing was brightened or stretched.
    assert abs(np.median(drawn - upright)) < 0.5
    assert np.abs(drawn - upright).mean() < 4


def test_a_raw_that_is_none():
    pytest.importorskip("rawpy")
    with pytest.raises(PhotoError, match="RAW is damaged or of an unknown kind"):
        read(b"FUJIFILMCCD-RAW " + bytes(4000), Settings())


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


def test_bytes_streams_and_paths_are_the_same_photograph(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(GREY).save(path)
    for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
        np.testing.assert_array_equal(one(source).open().numpy(), GREY)
    with pytest.raises(PhotoError, match="open it in binary mode"):
        read(io.StringIO("text"), Settings())
