"""Whatever the bytes: a photograph is read, or one line says which file, what is wrong and what to do."""

import io
import os
import struct
import sys
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from photo import samples
from tintype import PhotoError, Settings
from tintype.photo.errors import translate
from tintype.photo.grey import grey
from tintype.photo.metadata.carry import renewed_xmp
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.metadata.xmp import XmpError
from tintype.photo.read import read
from tintype.photo.tone import measure
from tintype.photo.write import Page, write

FILES = samples.make()
MARK = Provenance("1", "n", "a")

# Where, as a share of the file (headers are at its start), and what is put there.
PATCHES = st.lists(
    st.tuples(
        st.one_of(st.floats(0, 1), st.floats(0, 0.1)),
        st.one_of(st.binary(min_size=1, max_size=4), st.sampled_from([b"\0", b"\xff", b"\x7f", b"\x80"])),
    ),
    max_size=6,
)


KINDS = ("jpeg", "tiff", "png")


def draw(data, name="grandma.jpg", limit=100_000, kinds=KINDS):
    """All that the pipeline does with a photograph but colour; gives the number of pages."""
    photos = read(data, Settings(max_pixels=limit), name=name)
    for photo in photos:
        tone = measure(photo)
        with translate(photo.name):
            assert grey(photo.open(), tone).numpy().size == photo.height * photo.width
            alpha = photo.open_alpha()
            assert alpha is None or alpha.numpy().size == photo.height * photo.width
        for kind in kinds:
            page = Page(photo, photo.open(), photo.open_alpha(), mark=MARK)
            held = write([page], None, Settings(format=kind)).data
            if len(held) < limit:
                assert read(held, Settings())[0].metadata.xmp
    return len(photos)


def check(data):
    # What is damaged is written in one of the formats, in turn: thousands of files come here.
    kinds = (KINDS[zlib.crc32(data) % len(KINDS)],)
    try:
        draw(data, kinds=kinds)
    except PhotoError as error:
        message = str(error)
        assert message.startswith("grandma.jpg: ")
        assert "\n" not in message and len(message) < 400
        assert ";" in message, "no remedy"


@pytest.mark.parametrize("name", FILES)
def test_the_whole_file_is_read(name):
    assert draw(FILES[name]) == (3 if name == "tiff-pages" else 1)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(patches=PATCHES, keep=st.one_of(st.just(1.0), st.floats(0, 1)))
@example(patches=[], keep=0.5)
def test_damaged(name, patches, keep):
    data = bytearray(FILES[name])
    for where, what in patches:
        at = int(where * (len(data) - 1))
        data[at : at + len(what)] = what
    check(bytes(data[: int(keep * len(data))]))


@pytest.mark.parametrize("name", FILES)
def test_every_header_bit_turned(name):
    for at in range(0, 64, 2):
        data = bytearray(FILES[name])
        data[at] ^= 1 << (at // 2 % 8)
        check(bytes(data))


def in_rdf(text):
    return f"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{text}</r:RDF>".encode()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(packet=st.one_of(st.binary(), st.text().map(str.encode), st.text().map(in_rdf)))
def test_any_xmp(packet):
    try:
        assert renewed_xmp(packet, Facts(3, 2), MARK)
    except XmpError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("shape", [(1, 1), (1, 20000), (20000, 1)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "GIF"])
def test_the_thinnest_photographs(shape, kind):
    held = io.BytesIO()
    Image.fromarray(np.arange(np.prod(shape), dtype=np.uint32).astype(np.uint8).reshape(shape)).save(
        held, kind
    )
    assert draw(held.getvalue()) == 1


def bomb(width, height):
    """A PNG whose header promises more than its 100 bytes can hold."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(9)))
        + chunk(b"IEND", b"")
    )


def test_a_pixel_bomb_is_refused_from_its_header():
    with pytest.raises(
        PhotoError, match="10,000,000,000 pixels, more than the 1,000,000,000 allowed; raise max_pixels"
    ):
        read(bomb(100_000, 100_000), Settings())
    with pytest.raises(PhotoError, match="raise max_pixels"):
        read(FILES["jpeg"], Settings(max_pixels=32 * 24 - 1))
    assert read(FILES["jpeg"], Settings(max_pixels=32 * 24))


def test_a_tiff_whose_entries_overlap_does_not_fill_the_memory():
    count, size = 4000, 1 << 20
    entries = b"".join(struct.pack("<HHII", 40000 + i, 1, size, 8) for i in range(count))
    data = struct.pack("<2sHI", b"II", 42, 8 + size) + bytes(size)
    check(data + struct.pack("<H", count) + entries + bytes(4))


def test_directories_in_a_circle():
    data = bytearray(FILES["tiff-lzw"])
    at = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, at)[0]
    struct.pack_into("<I", data, at + 2 + 12 * count, at)
    check(bytes(data))


def test_missing_folder_and_unreadable(tmp_path):
    with pytest.raises(PhotoError, match="there is no such file"):
        read(tmp_path / "gone.jpg", Settings())
    with pytest.raises(PhotoError, match="this is a folder"):
        read(tmp_path, Settings())
    path = tmp_path / "locked.jpg"
    path.write_bytes(FILES["jpeg"])
    path.chmod(0)
    if sys.platform == "win32" or os.geteuid() == 0:
        pytest.skip("this user may read everything")
    with pytest.raises(PhotoError, match="may not be opened; check its permissions"):
        read(path, Settings())


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_extension_does_no_harm(tmp_path, name):
    for suffix in (".jpg", ".tif", ".txt", ""):
        path = tmp_path / f"祖母 & Großmutter{suffix}"
        path.write_bytes(FILES[name])
        assert read(path, Settings())[0].format == name.split("-")[0]
