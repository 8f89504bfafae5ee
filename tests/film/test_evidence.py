"""Evidence of colour: joined by what is known of each."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from tintype.film.evidence import Evidence, between, joined
from tintype.film.motion import Carried, identity


def test_joining_weighs_by_what_is_known():
    here = Carried.begun(4, 4)
    old = Evidence(np.full((4, 4, 2), 10, np.float32), np.full((4, 4), 3, np.float32))
    new = np.full((4, 4, 2), 30, np.float32)
    made = joined((old, here), new)
    assert np.allclose(made.values, 15) and np.allclose(made.weight, 4)
    lost = joined((old, Carried(here.at, np.zeros((4, 4), np.float32))), new)
    assert np.allclose(lost.values, 30) and np.allclose(lost.weight, 1)
    dirty = joined((old, here), new, np.ones((4, 4), np.float32))
    assert np.allclose(dirty.values, 10, atol=0.1)
    assert joined((Evidence(old.values, old.weight + 99), here), new).weight.max() <= 9


def test_between_keys_the_nearer_and_the_trusted_count_more():
    here, doubted = Carried.begun(4, 4), Carried(identity(4, 4), np.full((4, 4), 1e-6, np.float32))
    left, right = (np.full((4, 4, 2), v, np.float32) for v in (0, 10))
    assert np.allclose(between((left, here), (right, here), 0.2), 2)
    assert np.allclose(between((left, doubted), (right, here), 0.2), 10, atol=0.1)
    assert np.allclose(between((left, here), None, 0.7), 0)
