"""What is true of the new picture: where places of the stored one lie, and what a profile calls itself."""

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from tintype.photo.metadata.facts import Facts, profile_name


@pytest.mark.parametrize("orientation", range(1, 9))
def test_places_lie_where_pillow_turns_the_picture_to(orientation):
    pixels = np.zeros((6, 10), np.uint8)
    pixels[1, 7] = 255
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    upright = np.asarray(ImageOps.exif_transpose(image))
    (row,), (column,) = np.nonzero(upright)
    facts = Facts(*upright.shape[::-1], orientation=orientation)
    x, y = facts.place(7.5 / 10, 1.5 / 6)
    assert (x * upright.shape[1], y * upright.shape[0]) == pytest.approx((column + 0.5, row + 0.5))
    assert facts.turned == (orientation != 1)


def test_profiles_say_their_names():
    name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))).strip()
    assert profile_name(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()) == name
    older = struct.pack(">4sII", b"desc", 0, 7) + b"Retina\0" + bytes(70)
    tagged = bytes(128) + struct.pack(">I4sII", 1, b"desc", 144, len(older)) + older
    assert profile_name(tagged) == "Retina"


@pytest.mark.parametrize(
    "icc", [None, b"", bytes(128), bytes(128) + b"\xff" * 9, bytes(128) + b"\0\0\0\1desc"]
)
def test_a_profile_without_sense_has_no_name(icc):
    assert profile_name(icc) == ""
