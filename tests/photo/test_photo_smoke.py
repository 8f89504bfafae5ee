"""Read, grey, write: the straight line through files, without colour."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from tintype import PhotoError, Settings
from tintype.photo.grey import grey, measure
from tintype.photo.read import read
from tintype.photo.write import Page, write


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_a_neutral_photograph_comes_through_as_it_is(tmp_path, suffix):
    path = tmp_path / f"grandma{suffix}"
    Image.fromarray(np.dstack([data.camera()] * 3)).save(path)
    (photo,) = read(path, Settings())
    tone = measure(photo)
    assert tone.kind == "grey"
    result = grey(photo.open(), tone).numpy()
    assert np.array_equal(result, np.asarray(Image.open(path))[..., 0])
    target = tmp_path / f"out{suffix}"
    write([Page(photo, photo.open())], target, Settings())
    assert Image.open(target).size == (512, 512)
    with pytest.raises(PhotoError, match="exists already"):
        write([Page(photo, photo.open())], target, Settings())


def test_bytes_streams_and_paths_are_the_same_photograph(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(data.camera()).save(path)
    for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
        (photo,) = read(source, Settings())
        assert np.array_equal(photo.open().numpy(), data.camera())


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"Dear grandma", "text file"), (b"PK\3\4", "ZIP")]
)
def test_what_is_no_photograph_is_named(content, said):
    with pytest.raises(PhotoError, match=said):
        read(content, Settings(), name="letter.jpg")
