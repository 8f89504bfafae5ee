"""The structure of OpenEXR: what is written here is read by the library of its makers, sample by sample."""

import struct

import numpy as np
import pytest

from tintype.photo import exr


def whole(array, names):
    """A file of samples (height, channels, width), in strips of seven rows."""
    height, _, width = array.shape
    head = exr.header(width, height, names, array.dtype.type)
    pieces = list(exr.body(array[at : at + 7] for at in range(0, height, 7)))
    places = np.cumsum([len(head) + 8 * len(pieces), *map(len, pieces)])[:-1]
    assert len(pieces) == exr.chunks(height)
    return head + struct.pack(f"<{len(pieces)}Q", *places) + b"".join(pieces)


@pytest.mark.parametrize("kind", [np.float16, np.float32])
@pytest.mark.parametrize("height", [1, 16, 37])
def test_what_is_written_is_what_the_library_reads(kind, height, tmp_path):
    library = pytest.importorskip("OpenEXR")
    # The upper rows are plain, which zlib packs; the lower are noise, which is stored.
    array = np.random.default_rng(0).random((height, 3, 29)).astype(kind)
    array[: height // 2] = 0.25
    path = tmp_path / "a.exr"
    path.write_bytes(whole(array, "BGR"))
    with library.File(str(path), separate_channels=True) as opened:
        found = opened.parts[0].channels
        for number, name in enumerate("BGR"):
            np.testing.assert_array_equal(found[name].pixels, array[:, number])
            assert found[name].pixels.dtype == kind


def test_a_header_says_what_was_put_there():
    data = whole(np.zeros((3, 4, 5), np.float16), "ABGR")
    found = exr.parse(data)
    assert [(c.name, c.kind, c.sampling) for c in found.channels] == [(n, "half", (1, 1)) for n in "ABGR"]
    assert (found.data, found.parts, found.deep, found.dpi) == ((0, 0, 4, 2), 1, False, None)
    np.testing.assert_allclose(found.chromaticities, exr.REC709)
    made, grown = exr.with_attributes(data, {"owner": ("string", b"the family")})
    assert grown == len(made) - found.end > 0
    assert exr.parse(made).attributes["owner"] == ("string", b"the family")
    assert exr.parse(made).attributes.keys() == found.attributes.keys() | {"owner"}


@pytest.mark.parametrize("cut", [4, 8, 9, 40, 200])
def test_a_header_cut_short_is_said(cut):
    data = whole(np.zeros((3, 1, 5), np.float16), "Y")
    with pytest.raises(exr.ExrError, match="damaged"):
        exr.parse(data[:cut])


def test_a_size_beyond_the_file_takes_no_memory():
    data = exr.MAGIC + struct.pack("<I", 2) + b"channels\0chlist\0\xff\xff\xff\xff"
    with pytest.raises(exr.ExrError, match="cut short"):
        exr.parse(data)
