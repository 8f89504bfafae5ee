"""Real colour in a black-and-white photograph: around the print, and in it."""

import numpy as np
import pytest
import pyvips
from skimage import color, data, transform

import tintype
from tintype.photo import apart
from tintype.photo.read import read
from tintype.photo.tone import measure
from tintype.settings import Settings


def grey_print(height=336, width=256):
    grey = np.rint(transform.resize(color.rgb2gray(data.astronaut()), (height, width)) * 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def on_mount(tone=(205, 130, 70), edge=30):
    picture = np.full((336 + 2 * edge, 256 + 2 * edge, 3), tone, np.uint8)
    picture[edge:-edge, edge:-edge] = grey_print()
    return picture


def with_target():
    patches = [(115, 82, 68), (98, 122, 157), (87, 108, 67), (133, 128, 177), (214, 126, 44), (80, 91, 166),
               (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46), (56, 61, 150), (70, 148, 73),
               (175, 54, 60), (231, 199, 31), (187, 86, 149), (8, 133, 161)]  # fmt: skip
    picture = np.full((336 + 34, 256, 3), 40, np.uint8)
    picture[:336] = grey_print()
    for i, patch in enumerate(patches):
        picture[338:368, i * 16 + 1 : i * 16 + 15] = patch
    return picture


def red_thing():
    picture = grey_print()
    rows, columns = np.ogrid[:336, :256]
    inside = (rows - 200) ** 2 + (columns - 130) ** 2 < 28**2
    picture[inside] = (170, 20, 30)
    return picture


def told(array):
    encoded = pyvips.Image.new_from_array(array).copy(interpretation="srgb").write_to_buffer(".png")
    return measure(read(encoded, Settings())[0])


@pytest.mark.parametrize("tone", [(205, 130, 70), (90, 120, 160), (150, 110, 80)])
def test_a_print_on_a_coloured_mount_is_judged_by_itself(tone):
    found = told(on_mount(tone))
    assert found.kind == "grey"
    assert found.framed
    assert "keep-colors" in found.notes[0]


def test_a_print_with_a_colour_target_is_judged_by_itself():
    found = told(with_target())
    assert (found.kind, found.framed) == ("grey", True)


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_photographs_in_colour_stay_so(name):
    found = told(getattr(data, name)())
    assert (found.kind, found.framed) == ("color", False)


def test_a_sky_beside_a_coloured_thing_is_no_print():
    picture = np.full((256, 256, 3), (150, 158, 165), np.uint8)
    picture[:, 200:] = (160, 90, 50)
    assert not told(picture).framed


def test_a_small_red_thing_is_said():
    found = told(red_thing())
    assert found.kind != "color"
    assert found.colored == pytest.approx(0.0286, abs=0.012)
    assert found.notes[0].startswith("about ")


def test_neutral_and_toned_prints_say_nothing():
    assert told(grey_print()).notes == ()
    sepia = np.rint(grey_print() * np.array([1.0, 0.88, 0.7])).astype(np.uint8)
    found = told(sepia)
    assert (found.kind, found.notes) == ("sepia", ())


def test_real_colours_are_kept_where_asked():
    picture = red_thing()
    made = {keep: tintype.colorize(picture, keep_colors=keep) for keep in (False, True)}
    there = made[True][200, 130].astype(int)
    assert there[0] - there[1] > 80
    gap = color.rgb2lab(made[True][195:205, 125:135]) - color.rgb2lab(picture[195:205, 125:135])
    assert np.abs(gap[..., 1:]).mean() < 6
    far = (slice(0, 100), slice(0, 256))  # where nothing is in colour nothing changes much
    assert np.abs(made[True][far].astype(int) - made[False][far]).mean() < 2


def test_an_area_needs_something_in_it():
    assert apart.print_area(np.ones((64, 64), bool)) is None
    assert apart.print_area(np.zeros((64, 64), bool)) is None
