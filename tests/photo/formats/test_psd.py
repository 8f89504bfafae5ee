"""Photoshop's documents: the picture of all layers together."""

import io
import struct

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from photo.pictures import DEEP, GREY, RGB, one
from tintype.errors import Damaged, UnsupportedFormat


def psd(array, mode, *, packed=False, alpha=False, wide=False, resources=b""):
    """A document as Photoshop lays it out, with planes (channels, height, width) of 8 or 16 bits."""
    count, height, width = array.shape
    head = struct.pack(
        ">4sH6xHIIHH", b"8BPS", 2 if wide else 1, count, height, width, array.itemsize * 8, mode
    )
    layers = struct.pack(">h", -1 if alpha else 1)
    nested = struct.pack(">Q" if wide else ">I", len(layers)) + layers
    body = head + struct.pack(">I", 0) + struct.pack(">I", len(resources)) + resources
    body += struct.pack(">Q" if wide else ">I", len(nested)) + nested + struct.pack(">H", packed)
    rows = [row.astype(row.dtype.newbyteorder(">")).tobytes() for plane in array for row in plane]
    if packed:
        rows = [imagecodecs.packbits_encode(row) for row in rows]
        body += b"".join(struct.pack(">I" if wide else ">H", len(row)) for row in rows)
    return body + b"".join(rows)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("array", [GREY, RGB, DEEP, DEEP[..., 1]], ids=["grey", "rgb", "rgb16", "grey16"])
def test_psd_is_read(array, packed, wide):
    planes = np.moveaxis(np.atleast_3d(array), -1, 0)
    document = psd(planes, 1 if len(planes) == 1 else 3, packed=packed, wide=wide)
    if array.dtype == np.uint8 and not wide:
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(document))), array)
    photo = one(document)
    assert photo.format == "psd" and "layers are left out" in photo.notes[0]
    np.testing.assert_array_equal(photo.open().numpy().squeeze(), array)


def test_psd_keeps_transparency_leaves_selections_and_reads_ink():
    planes = np.moveaxis(np.dstack([RGB, GREY]), -1, 0)
    assert one(psd(planes, 3, alpha=True)).has_alpha
    photo = one(psd(planes, 3))
    assert not photo.has_alpha and "1 saved selections" in photo.notes[1]
    ink = np.full((4, 20, 30), 255, np.uint8)  # no ink: paper
    assert one(psd(ink, 4)).open().numpy().min() > 250
    with pytest.raises(UnsupportedFormat, match="CIE Lab"):
        one(psd(planes[:3], 9))


def test_psd_keeps_metadata_and_says_what_is_cut_short():
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    block = b"8BIM" + struct.pack(">HHI", 1060, 0, len(xmp)) + xmp + bytes(len(xmp) % 2)
    block += (
        b"8BIM" + struct.pack(">HHI", 1005, 0, 16) + struct.pack(">IHHIHH", 300 << 16, 1, 1, 300 << 16, 1, 1)
    )
    document = psd(GREY[None], 1, resources=block)
    assert one(document).metadata.xmp == xmp and one(document).metadata.dpi == (300, 300)
    for size in (20, 40, len(document) - 100):
        with pytest.raises(Damaged):
            one(document[:size])
