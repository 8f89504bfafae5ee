"""16 bits become 8 in one way: rounded, wherever it happens."""

import re
from pathlib import Path

import numpy as np
import pyvips

import tintype
from tintype.photo.depth import eight_bit, eight_bit_array, eight_bit_rgb

ALL = np.arange(65536, dtype=np.uint16)
ROUNDED = np.rint(ALL / 257).astype(np.uint8)


def test_arrays_and_images_are_rounded():
    assert (eight_bit_array(ALL) == ROUNDED).all()
    image = pyvips.Image.new_from_array(ALL.reshape(256, 256)).copy(interpretation="grey16")
    assert (eight_bit(image).numpy() == ROUNDED.reshape(256, 256)).all()
    assert eight_bit(image).interpretation == "b-w"
    rgb = eight_bit_rgb(image)
    assert (rgb.bands, rgb.interpretation) == (3, "srgb")
    assert (rgb.numpy() == ROUNDED.reshape(256, 256, 1)).all()


def test_eight_bits_stay_as_they_are():
    codes = np.arange(256, dtype=np.uint8)
    assert eight_bit_array(codes) is codes
    image = pyvips.Image.new_from_array(codes.reshape(16, 16))
    assert eight_bit(image) is image


def test_nothing_in_the_program_does_it_otherwise():
    otherwise = re.compile(r"// ?257|/ ?257|>> ?8\)\.cast")
    sources = Path(tintype.__file__).parent
    found = [p.name for p in sources.rglob("*.py") if otherwise.search(p.read_text(encoding="utf-8"))]
    assert found == []
