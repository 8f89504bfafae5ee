"""Motion: where each pixel came from, over many frames."""

from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("cv2")

from film_clips import grey, pan
from tintype.film.motion import Carried, Flow, sample


def test_coordinates_are_composed_without_blur():
    frames = grey(pan(count=25, height=160, width=224))
    flow, carried = Flow(), Carried.begun(*frames[0].shape)
    for before, now in pairwise(frames[:9]):
        carried = carried.stepped(flow(now, before), flow(before, now), now, before)
    seen = sample(frames[0].astype(np.float32), carried.at)
    inside = carried.trust > 0.5
    assert inside.mean() > 0.5
    assert np.abs(seen - frames[8])[inside].mean() < 6
    assert np.abs(frames[0].astype(float) - frames[8])[inside].mean() > 15
