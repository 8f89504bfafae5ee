"""Palettes, candidates, suggestions and hints steer what a network says."""

import numpy as np

from tintype.color import decode, guidance
from tintype.color.bins import srgb_bins

BINS = np.array([[0, 0], [40, 0], [0, 40], [-40, 0]], np.float32)


def logits_of(p):
    return np.log(np.asarray(p, np.float32)).reshape(-1, 1, 1)


def mean_of(ab):
    return ab.reshape(2, -1).mean(axis=1)


def test_candidates_are_distinct_where_unsure_and_agree_where_sure():
    unsure = logits_of([0.25, 0.25, 0.25, 0.25])
    sure = logits_of([1, 1e-12, 1e-12, 1e-12])
    both = np.concatenate([unsure, sure], axis=2)
    made = [decode.annealed_mean(t, BINS, 0.5) for t in guidance.tilts(both, BINS, 4, 0.5)]
    assert len(made) == 4
    for i in range(4):
        for j in range(i):
            assert np.abs(made[i][..., 0] - made[j][..., 0]).max() > 5
            assert np.abs(made[i][..., 1] - made[j][..., 1]).max() < 0.1


def test_suggestions_are_apart_and_in_order_of_likelihood():
    got = guidance.suggest(logits_of([0.4, 0.35, 0.2, 0.05])[:, 0, 0], BINS, 3)
    np.testing.assert_array_equal(got, BINS[:3])


def test_a_prior_moves_the_histogram_towards_the_one_wanted():
    rng = np.random.default_rng(0)
    bins = srgb_bins()
    logits = rng.normal(size=(len(bins), 8, 8)).astype(np.float32)
    wanted = guidance.palette_histogram([(200, 30, 30)], bins)
    before = decode.annealed_mean(logits, bins, 1.0)
    after = decode.annealed_mean(guidance.toward(logits, bins, wanted), bins, 1.0)
    assert after[0].mean() > before[0].mean() + 10


def test_hints_are_met_and_stop_at_edges():
    L = np.full((40, 40), 30, np.float32)
    L[:, 20:] = 90
    ab = guidance.honor_hints(
        np.zeros((2, 40, 40), np.float32), L, np.array([[20, 17]]), np.array([[50.0, 10.0]])
    )
    np.testing.assert_allclose(ab[:, 20, 17], [50, 10], atol=0.1)
    assert np.abs(ab[:, 20, 21]).max() < 1
