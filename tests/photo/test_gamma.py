"""Tone and primaries that a PNG tells by gAMA and cHRM."""

import struct

import numpy as np
import pytest

from photo.pictures import chunk, png
from tintype import PhotoError, Settings
from tintype.photo.read import read


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
