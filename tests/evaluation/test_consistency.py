"""Results of one photograph that ought to be the same are compared, and nothing else is."""

import numpy as np
import pytest

from tintype.color.lab import lab_from_srgb
from tintype.evaluation import consistency as module
from tintype.evaluation.consistency import VIEWS, consistency
from tintype.evaluation.metrics import Truth
from tintype.metrics import ciede2000

TRUTH = Truth("a", np.full((40, 60, 3), 120, np.uint8))


def plain(color, shape):
    return np.broadcast_to(np.array(color, np.uint8), (*shape, 3)).copy()


def found(paint, monkeypatch):
    monkeypatch.setattr(module, "_painted", lambda entrant, truth, size: paint(truth.rgb, size))
    return consistency(None, TRUTH)


def test_what_is_always_the_same_differs_by_nothing(monkeypatch):
    assert found(lambda rgb, size: rgb, monkeypatch) == {"views": 0, "cut": 0}


def test_views_are_compared_in_pairs(monkeypatch):
    colors = dict(zip(VIEWS, ((120, 120, 120), (150, 110, 100), (120, 120, 120)), strict=True))
    seen = found(lambda rgb, size: plain(colors.get(size, (9, 9, 9)), rgb.shape[:2]), monkeypatch)
    once = ciede2000(*(lab_from_srgb(plain(colors[v], (2, 2))) for v in VIEWS[:2]))
    assert seen["views"] == pytest.approx(2 / 3 * once, rel=1e-4)
    assert seen["cut"] == 0


def test_the_middle_is_compared_with_the_middle_of_the_whole(monkeypatch):
    def paint(rgb, size):  # the left half is warm, whatever is shown
        made = plain((120, 120, 120), rgb.shape[:2])
        made[:, : rgb.shape[1] // 2] = (150, 110, 100)
        return made

    assert found(paint, monkeypatch) == {"views": 0, "cut": 0}
    spotted = found(lambda rgb, size: plain((len(rgb) * 3, 90, 90), rgb.shape[:2]), monkeypatch)
    assert spotted["cut"] > 1
