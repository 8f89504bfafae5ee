"""JPEG that ends too early."""

import io

import numpy as np
import pytest
import pyvips
from PIL import Image
from skimage import data

from photo.pictures import GREY
from tintype import PhotoError, Settings
from tintype.photo.read import read


def jpeg(array=GREY, **options):
    held = io.BytesIO()
    Image.fromarray(array).save(held, "JPEG", **options)
    return held.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_without_its_end_is_read_if_every_row_is_there(options, tmp_path):
    whole = jpeg(**options)
    assert whole.endswith(b"\xff\xd9")
    (tmp_path / "a.jpg").write_bytes(whole[:-2])
    for source in (whole[:-2], tmp_path / "a.jpg"):
        np.testing.assert_array_equal(
            read(source, Settings())[0].open().numpy(), read(whole, Settings())[0].open().numpy()
        )


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_jpeg_without_its_rows_is_still_refused(cut):
    whole = jpeg(data.camera())
    content = whole[: int(len(whole) * cut)]
    with pytest.raises((PhotoError, pyvips.Error)):
        read(content, Settings())[0].open().numpy()
