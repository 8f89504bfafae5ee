"""Colours that files tell by numbers: the usual curves change nothing, others are read as they say."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from photo.pictures import chunk, png
from tintype import Settings
from tintype.photo import cicp
from tintype.photo.metadata.boxes import boxes, first, nclx
from tintype.photo.read import read

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def encoded(linear):
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def told_by_png(array, *points):
    grey = array.ndim == 2
    rows = b"".join(b"\0" + row.tobytes() for row in array)
    return png(array.shape[1], array.shape[0], kind=0 if grey else 2, rows=rows,
               extra=chunk(b"cICP", bytes([*points, 0, 1])))  # fmt: skip


@pytest.mark.parametrize("points", [(1, 13), (1, 1), (9, 13), (12, 6), (2, 2), (250, 250)])
def test_greys_of_the_usual_curves_come_through(points):
    (photo,) = read(told_by_png(RAMP, *points), Settings())
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), RAMP)
    assert not photo.notes


@pytest.mark.parametrize(("transfer", "exponent"), [(4, 2.2), (5, 2.8), (8, 1.0)])
def test_other_curves_are_applied(transfer, exponent):
    (photo,) = read(told_by_png(RAMP, 1, transfer), Settings())
    true = encoded((RAMP / 255) ** exponent) * 255
    assert np.abs(photo.open().numpy().squeeze() - true)[1:].max() < 1.5


@pytest.mark.parametrize(("transfer", "signal", "nits"), [
    (16, 0.5807, 203), (16, 0.5081, 100), (16, 0.3, 10.1), (18, 0.75, 203), (18, 0.5, 50.6)])  # fmt: skip
def test_high_dynamic_range_is_read_with_white_at_203_cd(transfer, signal, nits):
    """BT.2408, table 1 and annex 1; BT.2100's equations."""
    array = np.full((16, 16), round(signal * 255), np.uint8)
    (photo,) = read(told_by_png(array, 9, transfer), Settings())
    assert photo.open().numpy().mean() == pytest.approx(encoded(np.array(nits / 203)) * 255, abs=4)
    assert "white at 203 cd/m²" in photo.notes[0]


def test_wide_primaries_are_applied_and_leave_greys_grey():
    array = np.zeros((16, 16, 3), np.uint8)
    array[:8], array[8:] = (200, 60, 60), (120, 120, 120)
    (photo,) = read(told_by_png(array, 12, 13), Settings())
    found = photo.open().numpy().astype(int)
    assert found[0, 0, 0] > 205
    assert found[0, 0, 1] < 55
    assert np.abs(found[-1, -1] - 120).max() <= 1


def avif(array, primaries, transfer):
    """As Pillow writes it, with other numbers in its nclx."""
    held = io.BytesIO()
    Image.fromarray(array).save(held, "AVIF", quality=95)
    data = bytearray(held.getvalue())
    assert nclx(bytes(data)) is not None
    at = data.index(b"colrnclx") + 8
    struct.pack_into(">HH", data, at, primaries, transfer)
    return bytes(data)


def test_an_avif_tells_it_by_nclx():
    content = avif(RAMP, 9, 16)
    assert nclx(content) == (9, 16)
    (photo,) = read(content, Settings())
    (plain,) = read(avif(RAMP, 1, 13), Settings())
    true = encoded(cicp._pq(plain.open().numpy().astype(float) / 255) / 203) * 255
    assert np.abs(photo.open().numpy() - true).mean() < 2
    assert "(PQ)" in photo.notes[0]
    assert not plain.notes


def test_a_heic_tells_it_by_nclx():
    heif = pytest.importorskip("pillow_heif")
    held = io.BytesIO()
    heif.from_pillow(Image.fromarray(RAMP).convert("RGB")).save(held, quality=95)
    data = bytearray(held.getvalue())
    if nclx(bytes(data)) is None:
        pytest.skip("this library writes no nclx")
    struct.pack_into(">HH", data, data.index(b"colrnclx") + 8, 9, 18)
    assert "(HLG)" in read(bytes(data), Settings())[0].notes[-1]


def test_damaged_boxes_tell_nothing():
    content = avif(RAMP, 9, 16)
    meta = first(content, b"meta")
    for at in range(meta.content, meta.end):
        nclx(content[:at])
        nclx(content[:at] + b"\xff" + content[at + 1 :])
    assert len(list(boxes(content))) > 2
