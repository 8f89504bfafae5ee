"""The grey that is taken is the one that the tone names."""

import numpy as np
import pytest
from skimage import data
from skimage.color import rgb2lab

from tintype.photo.grey import grey
from tintype.photo.read import from_array
from tintype.photo.tone import measure


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("how", ["lightness", "luma", "red", "green", "blue"])
def test_neutral_pixels_give_themselves(dtype, how):
    ramp = np.arange(np.iinfo(dtype).max + 1, dtype=dtype).reshape(16, -1)
    photo = from_array(np.dstack([ramp] * 3))
    tone = measure(photo, how)
    assert tone.channel == how
    np.testing.assert_array_equal(grey(photo.open(), tone).numpy(), ramp)


def test_lightness_is_that_of_cie():
    photo = from_array(data.astronaut())
    taken = grey(photo.open(), measure(photo, "lightness")).numpy()
    L = rgb2lab(np.dstack([taken] * 3))[..., 0]
    np.testing.assert_allclose(L, rgb2lab(data.astronaut())[..., 0], atol=0.6)
