"""Lightness and chroma joined: parts, masks, sizes, and an end before the end."""

import numpy as np
import pytest
import pyvips

from tintype import Cancelled, Chroma, Settings
from tintype.colorizer import Colorizer
from tintype.painting import paint_sitting


@pytest.fixture(scope="module")
def sitting():
    grey = np.random.default_rng(3).integers(0, 256, (90, 120)).astype(np.uint8)
    return Colorizer().prepare(grey)[0]


@pytest.fixture(scope="module")
def chroma():
    ab = np.random.default_rng(4).normal(0, 20, (2, 9, 12)).astype(np.float32)
    return Chroma(ab, None)


def test_a_region_is_a_part_of_the_whole(sitting, chroma):
    whole = paint_sitting(sitting, chroma, Settings()).to_array()
    part = paint_sitting(sitting, chroma, Settings(), region=(17, 23, 40, 31)).to_array()
    np.testing.assert_array_equal(part, whole[23:54, 17:57])


def test_a_region_of_a_masked_preview(sitting, chroma, tmp_path):
    mask = np.zeros((90, 120), np.uint8)
    mask[:, 60:] = 255
    pyvips.Image.new_from_array(mask).write_to_file(str(tmp_path / "mask.png"))
    kept = Settings(keep_grey=tmp_path / "mask.png")
    whole = paint_sitting(sitting, chroma, kept, shape=(45, 60)).to_array()
    part = paint_sitting(sitting, chroma, kept, shape=(45, 60), region=(20, 5, 30, 30)).to_array()
    np.testing.assert_array_equal(part, whole[5:35, 20:50])
    assert np.ptp(whole[:, 40:].astype(int), axis=2).max() == 0
    assert np.ptp(whole[:, :20].astype(int), axis=2).mean() > 5


def test_progress_ends_it(sitting, chroma):
    shares = []
    painted = paint_sitting(sitting, chroma, Settings(), progress=lambda s: shares.append(s) or False)
    with pytest.raises(Cancelled, match="cancelled"):
        painted.to_array()
    assert len(shares) == 1
