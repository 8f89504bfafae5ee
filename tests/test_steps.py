"""The values that travel between the steps."""

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest

from tintype import Colorizer
from tintype.color.lab import L_from_grey
from tintype.steps import Chroma, ColoredPage, Result

GREY = np.linspace(0, 255, 24 * 36).reshape(24, 36).astype(np.uint8)


@pytest.fixture(scope="module")
def sitting():
    return Colorizer(size=64).prepare(GREY)[0]


def test_a_sitting_gives_its_grey_whole_and_small(sitting):
    np.testing.assert_array_equal(sitting.grey().numpy(), GREY)
    np.testing.assert_array_equal(sitting.grey(24, 36).numpy(), GREY)
    small = sitting.grey(12, 18)
    assert (small.height, small.width, small.bands) == (12, 18, 1)


def test_a_view_is_lightness_of_the_size_asked_for(sitting):
    view = sitting.view(12, 18)
    assert view.shape == (12, 18) and view.dtype == np.float32
    assert 0 <= view.min() < 5 and 95 < view.max() <= 100
    step = 0.3  # of eight bits, where it is largest in L
    rounded = L_from_grey(sitting.grey(12, 18).numpy().reshape(12, 18))
    np.testing.assert_allclose(view, rounded, atol=step)


def test_a_view_does_not_depend_on_how_deep_a_photograph_is_stored(sitting):
    deep = Colorizer(size=64).prepare(GREY.astype(np.uint16) * 257)[0]
    np.testing.assert_array_equal(sitting.view(12, 18), deep.view(12, 18))


def test_notes_of_photograph_and_tone_are_one_list(sitting):
    told = dataclasses.replace(
        sitting,
        photo=dataclasses.replace(sitting.photo, notes=("of the photograph",)),
        tone=dataclasses.replace(sitting.tone, kind="color", framed=True),
    )
    assert told.notes == ("of the photograph", *told.tone.notes) and told.tone.notes
    assert told.in_color and not sitting.in_color


def test_the_last_choice_stands_for_those_that_are_missing(sitting):
    first, second = (Chroma(np.full((2, 1, 1), v, np.float32), None) for v in (1, 2))
    page = ColoredPage(sitting, (first, second))
    assert [page.choice(index) for index in (0, 1, 7)] == [first, second, second]
    assert ColoredPage(sitting).choice(0) is None


def test_results_are_values_that_go_to_another_process():
    result = Result((Path("a.jpg"),), None, ("smaller",))
    assert pickle.loads(pickle.dumps(result)) == result
    assert "pages" not in repr(result)
