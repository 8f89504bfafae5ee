"""Baselines and hints that are true."""

import numpy as np
from skimage import data
from skimage.transform import resize

from tintype.evaluation.entrants import cell_means, random_hints
from tintype.evaluation.metrics import Truth


def small(photo, size=(96, 128)):
    return np.rint(resize(photo, size, anti_aliasing=True) * 255).astype(np.uint8)


def test_cells_are_means_of_what_they_cover():
    ab = np.arange(8 * 12 * 2, dtype=np.float32).reshape(8, 12, 2)
    cells = cell_means(ab, 4)
    assert cells.shape == (2, 2, 3)
    assert cells[0, 1, 2] == ab[4:, 8:, 0].mean()
    assert cell_means(ab[:3, :3], 4).shape == (2, 1, 1)


def test_hints_are_true_and_nested():
    truth = Truth("a", small(data.astronaut()))
    few, many = random_hints(truth, 5, 0), random_hints(truth, 10, 0)
    assert many[:5] == few
    assert random_hints(truth, 5, 1) != few
    flat = Truth("a", np.full((20, 30, 3), (200, 30, 40), np.uint8))
    assert {h.color for h in random_hints(flat, 3, 0)} == {(200, 30, 40)}
    assert len(random_hints(Truth("a", np.zeros((1, 1, 3), np.uint8)), 3, 0)) == 3
