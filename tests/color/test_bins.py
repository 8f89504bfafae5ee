"""The grid of ab bins: every colour of sRGB has one near it, and the nearest is found."""

import numpy as np

from tintype.color.bins import GRID, nearest, srgb_bins
from tintype.color.lab import lab_from_srgb


def test_every_colour_of_srgb_has_a_bin_on_its_grid_point():
    codes = np.random.default_rng(0).integers(0, 256, (50_000, 3)).astype(np.uint8)
    ab = lab_from_srgb(codes)[:, 1:]
    found = srgb_bins()[nearest(ab, srgb_bins())]
    # A grid of 10 rounds each axis by 5 at most, but for the few corners that codes in steps of 3 miss.
    assert (np.abs(found - ab).max(axis=1) <= GRID / 2 + 1e-3).mean() > 0.999
    assert np.abs(found - ab).max() < GRID


def test_bins_are_points_of_the_grid_each_once_grey_among_them():
    bins = srgb_bins()
    assert (bins % GRID == 0).all()
    assert len(np.unique(bins, axis=0)) == len(bins) == 261
    assert [0, 0] in bins.tolist()


def test_nearest_is_what_all_distances_say_in_any_shape():
    random = np.random.default_rng(1)
    bins, ab = (
        random.normal(0, 40, (30, 2)).astype(np.float32),
        random.normal(0, 40, (5, 7, 2)).astype(np.float32),
    )
    distances = np.linalg.norm(ab[..., None, :] - bins, axis=-1)
    np.testing.assert_array_equal(nearest(ab, bins), distances.argmin(axis=-1))
