"""The steps, one by one."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import color, data

from mirrored import write_mirrored
from tintype import Colorizer, PhotoError, Settings
from tintype.pipeline import Pipeline


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer(size=64)


@pytest.fixture(scope="module")
def photo():
    return np.rint(color.rgb2gray(data.astronaut()[:256:2, :256:2]) * 255).astype(np.uint8)


def png(grey):
    held = io.BytesIO()
    Image.fromarray(grey).save(held, "PNG")
    return held.getvalue()


def test_every_step_takes_settings(colorizer, photo):
    settings = Settings(warmth=0.5, candidates=2, size=64)
    sitting = colorizer.prepare(png(photo), settings)[0]
    predictions = colorizer.predict(sitting, settings)
    chroma = colorizer.decode(sitting, predictions, settings)
    assert len(chroma) == 2
    painted = colorizer.paint(sitting, chroma[0], settings)
    np.testing.assert_array_equal(painted.to_array(), colorizer(photo, warmth=0.5))
    again = colorizer.decode(sitting, colorizer.predict(sitting), warmth=0.5)[0]
    np.testing.assert_array_equal(again.ab, chroma[0].ab)


def test_two_networks_are_merged(colorizer, photo, tmp_path):
    other = write_mirrored(tmp_path / "mirror.onnx")
    alone, both = colorizer(photo), colorizer(photo, model=f"tintype,{other}", merge="mean")
    assert both.shape == alone.shape
    # A network and its mirror cancel each other.
    assert np.ptp(both.astype(int), axis=2).mean() < np.ptp(alone.astype(int), axis=2).mean() / 4


def test_the_steps_by_hand_are_the_door(photo):
    pipeline = Pipeline(size=64, warmth=0.3)
    (sitting,) = pipeline.prepare(photo)
    (chroma,) = pipeline.choose(sitting)
    made = pipeline.develop([(sitting, chroma)], None, format="png")
    np.testing.assert_array_equal(
        np.asarray(Image.open(io.BytesIO(made.data))), Colorizer(size=64, warmth=0.3)(photo)
    )


def test_a_hint_outside_is_said_with_the_size(colorizer, photo):
    with pytest.raises(PhotoError, match="128 × 128 px; count from its upper left corner"):
        colorizer.prepare(photo, hints="200,10=#ff0000")
