"""Soft targets mean the colours that they stand for; weights follow Zhang et al. 2016, eq. 4."""

import numpy as np
import pytest
import torch

from tintype.color.bins import srgb_bins
from tintype.dataset.shards import PhotoSet, ShardWriter
from tintype.training.encoding import SoftEncoding, bin_weights, prior

BINS = srgb_bins()
PLACE = {tuple(b): i for i, b in enumerate(BINS.astype(int).tolist())}


@pytest.fixture(scope="module", params=["bilinear", "nearest5"])
def encoding(request):
    return SoftEncoding(BINS, request.param)


def test_shares_sum_to_one_for_every_colour_even_beyond_srgb(encoding):
    ab = torch.tensor(np.random.default_rng(0).uniform(-130, 130, (500, 2)), dtype=torch.float32)
    share, index, near = encoding(ab)
    torch.testing.assert_close(share.sum(1), torch.ones(500))
    assert (share >= 0).all()
    assert 0 <= int(index.min()) <= int(index.max()) < len(BINS)
    inside = ab.abs().amax(1) <= 110
    distance = ((ab.round()[:, None] - torch.from_numpy(BINS)) ** 2).sum(-1)
    closest = distance.min(1).values
    assert torch.equal(distance.gather(1, near[:, None])[:, 0][inside], closest[inside])


def test_bilinear_shares_by_hand_and_decodes_to_the_colour_itself():
    share, index, near = SoftEncoding(BINS)(torch.tensor([[3.0, 18.0], [0.0, 20.0]]))
    got = {int(i): float(s) for i, s in zip(index[0], share[0], strict=True)}
    # 0.7 and 0.3 across, 0.2 and 0.8 along: products of those
    wanted = {(0, 10): 0.14, (0, 20): 0.56, (10, 10): 0.06, (10, 20): 0.24}
    assert got == pytest.approx({PLACE[k]: v for k, v in wanted.items()})
    assert int(near[0]) == PLACE[0, 20]
    assert share[1].max() == 1
    ab = torch.tensor([[3.0, 18.0], [-7.0, 22.0], [12.0, -3.0]])
    share, index, _ = SoftEncoding(BINS)(ab)
    torch.testing.assert_close((share[..., None] * torch.from_numpy(BINS)[index]).sum(1), ab)


def test_nearest5_by_hand():
    share, index, _ = SoftEncoding(BINS, "nearest5")(torch.tensor([[0.0, 20.0]]))
    got = {int(i): float(s) for i, s in zip(index[0], share[0], strict=True)}
    e = np.exp(-100 / 50)  # 10 units away, σ = 5
    wanted = {(0, 20): 1, (0, 10): e, (0, 30): e, (10, 20): e, (-10, 20): e}
    assert got == pytest.approx({PLACE[k]: v / (1 + 4 * e) for k, v in wanted.items()})


def test_weights_by_hand():
    bins = np.array([[0, 0], [10, 0], [50, 0]], np.float32)
    p = np.array([0.8, 0.2, 0.0], np.float32)
    raw = 1 / (0.5 * p + 0.5 / 3)
    w = bin_weights(p, bins, 0.5)
    np.testing.assert_allclose(w, raw / (p * raw).sum(), rtol=1e-5)
    np.testing.assert_allclose(bin_weights(p, bins, 1.0), 1, rtol=1e-6)
    clipped = np.minimum(w, 2)
    np.testing.assert_allclose(bin_weights(p, bins, 0.5, clip=2), clipped / (p * clipped).sum(), rtol=1e-5)
    smooth = bin_weights(p, bins, 0.5, smooth=5.0)
    assert (p * smooth).sum() == pytest.approx(1)
    assert smooth[1] < w[1]  # its neighbour is common, so it counts as commoner than it is


def test_the_prior_counts_colours(tmp_path):
    writer = ShardWriter(tmp_path, "train")
    for value in ((128, 128, 128), (128, 128, 128), (128, 128, 128), (255, 0, 0)):
        writer.add(np.full((16, 16, 3), value, np.uint8), "x")
    writer.close()
    p = prior(PhotoSet(tmp_path, writer.names), BINS, seed=0)
    assert p[PLACE[0, 0]] == 0.75
    assert p[PLACE[80, 70]] == 0.25  # sRGB red is (80.1, 67.2)
    assert p.sum() == 1
