"""Where a photograph comes from makes no difference."""

import io

import numpy as np
import pytest
from PIL import Image

from photo.pictures import GREY, one
from tintype import PhotoError, Settings
from tintype.photo.read import read


def test_bytes_streams_and_paths_are_the_same_photograph(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(GREY).save(path)
    for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
        np.testing.assert_array_equal(one(source).open().numpy(), GREY)
    with pytest.raises(PhotoError, match="open it in binary mode"):
        read(io.StringIO("text"), Settings())
