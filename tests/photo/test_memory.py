"""Memory is bounded by what a header says, before anything is decoded; and other tricks of files."""

import io

import numpy as np
import pytest
import tifffile

from photo.pictures import png
from tintype import Settings
from tintype.errors import TooLarge
from tintype.photo import memory
from tintype.photo.read import read
from tintype.photo.tiff import Tiff


def test_what_streams_takes_rows_and_what_does_not_takes_all():
    assert memory.estimate(4000, 3000, 3, whole=False) < 50e6
    assert memory.estimate(40_000, 25_000, 6, whole=False) < 400e6
    assert memory.estimate(40_000, 25_000, 6, whole=True) > 6e9
    assert memory.estimate(6_553_664, 48, 6, whole=False) > 8e9


@pytest.mark.parametrize(
    "content",
    [png(6_881_344, 48, kind=2), png(20_000, 20_000, bits=16, kind=6, interlaced=1)],
    ids=["long rows", "interlaced"],
)
def test_a_small_file_of_gigabytes_is_refused_from_its_header(content):
    assert len(content) < 200
    with pytest.raises(TooLarge, match=r"more than the 1,500 allowed; raise max_memory") as caught:
        read(content, Settings(max_memory=1500))
    assert caught.value.unit == "bytes" and caught.value.found > caught.value.limit == 1_500_000_000


def test_strips_and_tiles_are_bounded():
    held = io.BytesIO()
    tifffile.imwrite(held, np.zeros((64, 64), np.uint8), tile=(64, 64), compression="deflate")
    changed = Tiff(held)
    entries = changed.entries(changed.directories()[0])
    for tag in (322, 323):
        changed.overwrite(entries[tag], 60_000)
    with pytest.raises(TooLarge, match="memory"):
        read(held.getvalue(), Settings(max_memory=1500))


def test_an_ordinary_photograph_passes_the_studio():
    photo = read(png(12_000, 9_000, kind=2), Settings(max_memory=1500))[0]
    assert (photo.width, photo.height) == (12_000, 9_000)
