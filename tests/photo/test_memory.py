"""Memory is bounded by what a header says, before anything is decoded; and other tricks of files."""

import io
import struct
import zlib

import numpy as np
import pytest
import pyvips
import tifffile
from PIL import Image
from skimage import data

from tintype import PhotoError, Settings
from tintype.errors import Damaged, TooLarge
from tintype.photo import memory
from tintype.photo.decoder import ArrayDecoder
from tintype.photo.model import Metadata
from tintype.photo.pages import ArrayPage, of_array
from tintype.photo.read import from_array, read
from tintype.photo.tiff import Tiff
from tintype.photo.write import Page, write

GREY = np.ascontiguousarray(data.camera()[100:180, 100:220])


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, bits=8, kind=0, extra=b"", rows=None, interlaced=0):
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, interlaced)
    pixels = zlib.compress(rows if rows is not None else b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_what_streams_takes_rows_and_what_does_not_takes_all():
    assert memory.estimate(4000, 3000, 3, whole=False) < 50e6
    assert memory.estimate(40_000, 25_000, 6, whole=False) < 400e6
    assert memory.estimate(40_000, 25_000, 6, whole=True) > 6e9
    assert memory.estimate(6_553_664, 48, 6, whole=False) > 8e9


@pytest.mark.parametrize(
    "content",
    [png(6_881_344, 48, kind=2), png(20_000, 20_000, bits=16, kind=6, interlaced=1)],
    ids=["long rows", "interlaced"],
)
def test_a_small_file_of_gigabytes_is_refused_from_its_header(content):
    assert len(content) < 200
    with pytest.raises(TooLarge, match=r"more than the 1,500 allowed; raise max_memory") as caught:
        read(content, Settings(max_memory=1500))
    assert caught.value.unit == "bytes" and caught.value.found > caught.value.limit == 1_500_000_000


def test_strips_and_tiles_are_bounded():
    held = io.BytesIO()
    tifffile.imwrite(held, np.zeros((64, 64), np.uint8), tile=(64, 64), compression="deflate")
    changed = Tiff(held)
    entries = changed.entries(changed.directories()[0])
    for tag in (322, 323):
        changed.overwrite(entries[tag], 60_000)
    with pytest.raises(TooLarge, match="memory"):
        read(held.getvalue(), Settings(max_memory=1500))


def test_an_ordinary_photograph_passes_the_studio():
    photo = read(png(12_000, 9_000, kind=2), Settings(max_memory=1500))[0]
    assert (photo.width, photo.height) == (12_000, 9_000)


def test_a_decoder_that_gives_another_size_than_its_header_is_not_believed():
    def promised(width, height):
        page = ArrayPage(width, height, 8, 1, Metadata(), ArrayDecoder(lambda: GREY))
        return of_array(page, "heic", "grandma.heic", Settings())

    np.testing.assert_array_equal(promised(120, 80).open().numpy().squeeze(), GREY)
    for use in (lambda p: p.open(), lambda p: p.thumbnail(10, 10), lambda p: p.thumbnail(64, 80)):
        with pytest.raises(Damaged, match="its pixels are 120 × 80, its header says 64 × 80"):
            use(promised(64, 80))


# --- JPEG without its end


def jpeg(array=GREY, **options):
    held = io.BytesIO()
    Image.fromarray(array).save(held, "JPEG", **options)
    return held.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_without_its_end_is_read_if_every_row_is_there(options, tmp_path):
    whole = jpeg(**options)
    assert whole.endswith(b"\xff\xd9")
    (tmp_path / "a.jpg").write_bytes(whole[:-2])
    for source in (whole[:-2], tmp_path / "a.jpg"):
        np.testing.assert_array_equal(
            read(source, Settings())[0].open().numpy(), read(whole, Settings())[0].open().numpy()
        )


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_jpeg_without_its_rows_is_still_refused(cut):
    whole = jpeg(data.camera())
    content = whole[: int(len(whole) * cut)]
    with pytest.raises((PhotoError, pyvips.Error)):
        read(content, Settings())[0].open().numpy()


# --- tone told by gAMA and cHRM


def linear(encoded):
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def rows(array):
    return b"".join(b"\0" + row.astype(array.dtype.newbyteorder(">")).tobytes() for row in array)


@pytest.mark.parametrize("bands", [1, 3])
def test_gama_is_applied(bands):
    true = np.repeat(np.linspace(0.02, 1, 200)[None], 4, 0)
    stored = np.rint(linear(true) * 65535).astype(np.uint16)
    stored = stored if bands == 1 else np.dstack([stored] * 3)
    content = png(200, 4, bits=16, kind=0 if bands == 1 else 2, rows=rows(stored),
                  extra=chunk(b"gAMA", struct.pack(">I", 100_000)))  # fmt: skip
    photo = read(content, Settings())[0]
    found = photo.open().numpy().reshape(4, 200, bands) / 65535
    assert np.abs(found - true[..., None]).max() < 0.005
    assert photo.metadata.icc is None


@pytest.mark.parametrize("more", [chunk(b"sRGB", b"\0"), chunk(b"cICP", b"\x01\x0d\0\x01")])
def test_what_counts_more_than_gama(more):
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    content = png(16, 16, rows=rows(stored), extra=chunk(b"gAMA", struct.pack(">I", 100_000)) + more)
    np.testing.assert_array_equal(read(content, Settings())[0].open().numpy().squeeze(), stored)


@pytest.mark.parametrize("gamma", [45455, 45000, 45454, 46000])
def test_the_gama_of_srgb_changes_nothing(gamma):
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    content = png(16, 16, rows=rows(stored), extra=chunk(b"gAMA", struct.pack(">I", gamma)))
    np.testing.assert_array_equal(read(content, Settings())[0].open().numpy().squeeze(), stored)


def test_chrm_is_applied_and_leaves_greys_grey():
    wide = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)  # Display P3
    stored = np.zeros((4, 4, 3), np.uint8)
    stored[:2], stored[2:] = (200, 60, 60), (120, 120, 120)
    extra = chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"cHRM", wide)
    found = (
        read(png(4, 4, kind=2, rows=rows(stored.reshape(4, 12)), extra=extra), Settings())[0].open().numpy()
    )
    assert found[0, 0, 0] > 205 and found[0, 0, 1] < 55
    assert np.abs(found[3, 3].astype(int) - 120).max() <= 1


@pytest.mark.parametrize("damage", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0"])
def test_a_damaged_gama_is_left_aside(damage):
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    content = png(16, 16, rows=rows(stored), extra=chunk(b"gAMA", damage))
    try:
        found = read(content, Settings())[0].open().numpy().squeeze()
    except PhotoError:
        return
    np.testing.assert_array_equal(found, stored)


def test_a_damaged_profile_that_is_wanted_is_said():
    icc = bytearray(pyvips.Operation.call("profile_load", "p3"))
    icc[128:] = bytes(len(icc) - 128)
    held = io.BytesIO()
    Image.fromarray(np.dstack([GREY] * 3)).save(held, "WEBP", icc_profile=bytes(icc))
    photo = read(held.getvalue(), Settings())[0]
    image = from_array(np.dstack([GREY] * 3)).open()
    result = write([Page(photo, image)], None, Settings(format="png", profile="original"))
    assert any("profile is damaged" in n for n in result.notes)


# --- PDF


def pdf(array, points):
    held = io.BytesIO()
    Image.fromarray(array).save(held, "PDF", resolution=72 * array.shape[1] / points)
    return held.getvalue()


@pytest.mark.parametrize("size", [(480, 320), (333, 257), (640, 480)])
def test_a_scan_in_a_pdf_keeps_its_own_pixels(size):
    array = np.asarray(Image.fromarray(data.camera()).resize(size))
    photo = read(pdf(array, 200), Settings())[0]
    assert (photo.width, photo.height) == size
    assert np.abs(photo.open().numpy()[..., 0].astype(int) - array).mean() < 6  # Pillow stores a JPEG
    assert "its own" in photo.notes[0]


def test_a_pdf_with_a_password_says_so():
    # The Standard security handler (PDF 1.7, 7.6.3) with keys that no empty password opens.
    content = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"3 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n"
        b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \n0000000103 00000 n \n"
        b"trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>\nstartxref\n270\n%%EOF"
    )
    with pytest.raises(PhotoError, match="password"):
        read(content, Settings())
