"""True photographs, shrunk."""

import numpy as np
import pytest
from PIL import Image
from skimage import data
from skimage.transform import resize

from tintype.dataset.sources import photographs_to_measure
from tintype.evaluation.photos import load


def small(photo, size=(96, 128)):
    return np.rint(resize(photo, size, anti_aliasing=True) * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("photos")
    (place / "deep").mkdir()
    for name, photo in {
        "astronaut.png": data.astronaut(), "deep/chelsea.png": data.chelsea(), "coffee.png": data.coffee(),
    }.items():  # fmt: skip
        Image.fromarray(small(photo)).save(place / name)
    Image.fromarray(small(data.camera())).save(place / "grey.png")
    (place / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    (place / "notes.txt").write_text("not a photograph")
    return place


def test_photographs_are_shrunk_and_never_enlarged(folder):
    one = next(s for s in photographs_to_measure(folder) if s.name == "coffee.png")
    assert load(one, 64).shape == (64, 85, 3)
    assert load(one, 256).shape == load(one, 0).shape == (96, 128, 3)
