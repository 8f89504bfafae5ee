"""Hints are true colours at a few places."""

import numpy as np
import torch
from skimage import data

from tintype.color.lab import lab_from_srgb
from tintype.training.hints import some_hints
from tintype.training.views import Draw

AB = torch.from_numpy(lab_from_srgb(data.astronaut()[:64, 200:264]).transpose(2, 0, 1)[1:].copy())


def test_hints_carry_the_true_colour_where_the_mask_is_set():
    hints = some_hints(AB.expand(30, -1, -1, -1), Draw(torch.Generator().manual_seed(0), 30)).numpy()
    assert set(np.unique(hints[:, 2])) == {0, 1}
    assert not hints[:, :2].transpose(1, 0, 2, 3)[:, hints[:, 2] == 0].any()
    for one in hints:
        error = np.abs(one[:2] * 110 - AB.numpy())[:, one[2] == 1]
        assert np.median(error) < 10
    counts = hints[:, 2].mean((1, 2))
    assert 0 < counts.min() < counts.mean() < 0.6


def test_a_hint_is_a_square_with_its_mean():
    hints = some_hints(AB.expand(60, -1, -1, -1), Draw(torch.Generator().manual_seed(1), 60)).numpy()
    alone = 0
    for one in hints:
        rows, columns = np.nonzero(one[2])
        top, left, size = rows.min(), columns.min(), np.ptp(rows) + 1
        if len(rows) == size**2 and np.ptp(columns) + 1 == size and size <= 9:  # a single one
            alone += 1
            true = AB.numpy()[:, top : top + size, left : left + size].mean((1, 2))
            np.testing.assert_allclose(one[:2, rows, columns].T * 110, np.tile(true, (size**2, 1)), atol=1e-3)
    assert alone > 2


def test_views_smaller_than_a_hint_can_be_hinted():
    hints = some_hints(AB[None, :, :8, :8], Draw(torch.Generator().manual_seed(0), 1))
    assert torch.isfinite(hints).all()
