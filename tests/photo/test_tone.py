"""Every picture has a tone, and the best of its channels is found."""

import numpy as np
import pytest
from skimage import data

from photo.prints import TONES, toned
from tintype.photo.read import from_array
from tintype.photo.tone import measure


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (2, 2, 3), (300, 1, 4), (1, 1)])
def test_the_smallest_pictures(shape):
    rng = np.random.default_rng(0)
    measure(from_array(rng.integers(0, 256, shape).astype(np.uint8)))
    measure(from_array(np.full(shape, 7, np.uint16)))


def test_a_print_is_neutralised_by_luma_unless_a_channel_is_clearly_better():
    print_ = toned(data.camera(), TONES["sepia"], noise=3)
    assert measure(from_array(print_)).channel == "luma"
    ruined = print_.copy()
    ruined[..., 1:] = np.clip(
        ruined[..., 1:] + np.random.default_rng(1).normal(size=(512, 512, 2)) * 10, 0, 255
    ).astype(np.uint8)
    assert measure(from_array(ruined)).channel == "red"
