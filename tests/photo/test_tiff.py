"""The directories of TIFF: read, rewritten and carried between byte orders."""

import io
import struct

import numpy as np
import pytest
import tifffile

from photo.formats.tiffs import tiff
from photo.pictures import GREY, RGB
from tintype.photo.tiff import (
    ASCII,
    BYTE,
    EXIF_IFD,
    LONG,
    SHORT,
    Tiff,
    TiffError,
    Value,
    append_page,
    copy_directory,
    empty_block,
    finish_block,
    reordered,
)

NAME = Value(ASCII, 6, b"Kodak\0")
GREYS = {"photometric": "minisblack"}


def block(order, values):
    return Tiff(io.BytesIO(finish_block(empty_block(order), values)))


@pytest.mark.parametrize("order", ["<", ">"])
def test_what_is_written_is_read(order):
    numbers = Value(LONG, 3, struct.pack(f"{order}3I", 1, 70_000, 2**32 - 1))
    written = block(
        order, {0x10F: NAME, 0xC001: numbers, 0xC002: Value(SHORT, 1, struct.pack(order + "H", 7))}
    )
    (first,) = written.directories()
    entries = written.entries(first)
    assert (entries[0x10F].data, written.numbers(entries[0xC001])) == (NAME.data, (1, 70_000, 2**32 - 1))
    assert written.number(entries[0xC002]) == 7
    assert written.numbers(entries[0x10F]) == () and written.number(None, 9) == 9
    assert written.entries(first, only=frozenset({0xC002})).keys() == {0xC002}
    assert 0x10F not in written.entries(first, limit=5)


def test_entries_are_overwritten_and_removed_in_place():
    held = block("<", {tag: Value(SHORT, 1, b"\1\0") for tag in (256, 257, 258)})
    (first,) = held.directories()
    value = held.entries(first)[257]
    held.overwrite(value, 70_000)
    assert held.number(held.reread(value)) == 65535, "no more than fits"
    held.remove_entries(first, frozenset({257}))
    assert held.entries(first).keys() == {256, 258} and held.directories() == [first]


def test_a_directory_takes_the_place_of_another_in_the_chain():
    held = Tiff(io.BytesIO(tiff((GREY, GREYS), (GREY, GREYS), (GREY, GREYS))))
    first, second, third = held.directories()
    new = held.append({256: Value(SHORT, 1, b"\5\0")}, following=third)
    held.replace_directory(second, new)
    assert held.directories() == [first, new, third]
    held.replace_directory(first, second)
    assert held.directories() == [second, third]


def test_directories_inside_are_carried_to_the_other_byte_order():
    inner = empty_block(">")
    at = inner.append({0xA002: Value(LONG, 1, struct.pack(">I", 640))})
    outer = {0x10F: NAME, EXIF_IFD: Value(LONG, 1, struct.pack(">I", at)), 0xC001: Value(BYTE, 3, b"abc")}
    source = Tiff(io.BytesIO(finish_block(inner, outer)))
    into = empty_block("<")
    values = copy_directory(source, source.directories()[0], into, without=frozenset({0xC001}))
    copied = Tiff(io.BytesIO(finish_block(into, values)))
    entries = copied.entries(copied.directories()[0])
    assert entries.keys() == {0x10F, EXIF_IFD} and entries[0x10F].data == NAME.data
    assert copied.number(copied.entries(copied.number(entries[EXIF_IFD]))[0xA002]) == 640


def test_words_are_turned_and_bytes_are_not():
    ratio = Value(5, 1, struct.pack("<II", 300, 1))
    assert reordered(ratio, "<", ">").data == struct.pack(">II", 300, 1)
    assert reordered(NAME, "<", ">").data == NAME.data


@pytest.mark.parametrize("big", [False, True])
def test_a_page_is_put_behind_others(big):
    held, page = io.BytesIO(), io.BytesIO()
    tifffile.imwrite(held, GREY, bigtiff=big)
    tifffile.imwrite(page, RGB, bigtiff=big, rowsperstrip=16)
    append_page(held, page)
    held.seek(0)
    with tifffile.TiffFile(held) as file:
        np.testing.assert_array_equal(file.pages[0].asarray(), GREY)
        np.testing.assert_array_equal(file.pages[1].asarray(), RGB)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a", "doesn't start"),
        (b"II\x2b", None),
        (struct.pack("<2sHI", b"II", 42, 500), "outside"),
        (struct.pack("<2sHIHI", b"II", 42, 8, 0, 8), "circle"),
        (struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, 70_000), "too many"),
    ],
)
def test_what_is_no_structure_is_said(content, words):
    with pytest.raises((TiffError, struct.error), match=words):
        Tiff(io.BytesIO(content)).directories()
