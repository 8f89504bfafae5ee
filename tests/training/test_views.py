"""Views: cuts and turns, drawn on the device from photographs as they lie in their files."""

import numpy as np
import pytest
import torch
from skimage import data

from tintype.dataset.shards import PhotoSet, ShardWriter
from tintype.training.recipe import Augment
from tintype.training.views import DevicePhotos, sample_views

PHOTO = data.chelsea()
CPU = torch.device("cpu")


def lying(folder, *photos, limit=1 << 30):
    writer = ShardWriter(folder, "train", limit)
    for i, photo in enumerate(photos):
        writer.add(np.ascontiguousarray(photo), str(i))
    writer.close()
    return DevicePhotos(PhotoSet(folder, writer.names), CPU)


def views(photos, which, view, seed=0, **augment):
    generator = torch.Generator().manual_seed(seed)
    codes = sample_views(photos, torch.tensor(which), view, Augment(**augment), generator)
    return codes.round().permute(0, 2, 3, 1).numpy()


def test_a_view_without_augmentation_is_the_largest_square(tmp_path):
    (square,) = views(lying(tmp_path, PHOTO), [0], 300, flip=False)
    assert square.shape == (300, 300, 3)
    left = next(i for i in range(152) if np.array_equal(PHOTO[:, i : i + 300], square))
    assert 0 < left < 151


def test_flips_are_half_of_them(tmp_path):
    square = PHOTO[:200, :200]
    found = views(lying(tmp_path, square), [0] * 60, 200)
    flipped = [np.array_equal(one, square[:, ::-1]) for one in found]
    assert all(f or np.array_equal(one, square) for f, one in zip(flipped, found, strict=True))
    assert 15 < sum(flipped) < 45


def test_crops_are_no_smaller_than_allowed(tmp_path):
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[:, None, None], 200, 1).repeat(3, 2)
    heights = [
        np.ptp(one[..., 0]) for one in views(lying(tmp_path, ramp), [0] * 60, 64, crop=0.5, flip=False)
    ]
    assert 90 < min(heights) < 120
    assert max(heights) > 170


def test_every_shard_gives_its_own_photographs(tmp_path):
    photos = [PHOTO[i * 10 : i * 10 + 64, :64] for i in range(5)]
    several = lying(tmp_path, *photos, limit=2 * 64 * 64 * 3)
    assert len(several.pieces) == 3
    found = views(several, [4, 0, 3, 1, 2], 64, flip=False)
    assert all(np.array_equal(found[j], photos[i]) for j, i in enumerate([4, 0, 3, 1, 2]))


def test_shrinking_averages(tmp_path):
    checks = np.indices((256, 256)).sum(0) % 2 * np.uint8(255)
    (small,) = views(lying(tmp_path, checks[..., None].repeat(3, 2).astype(np.uint8)), [0], 64, flip=False)
    assert np.abs(small - 127.5).max() < 2


def test_turning_by_a_quarter_is_a_quarter(tmp_path):
    square = np.ascontiguousarray(PHOTO[:128, :128])
    photos = lying(tmp_path, square)
    found = views(photos, [0] * 200, 128, flip=False, rotation=100.0)
    errors = np.array([[np.abs(one - np.rot90(square, k)).mean() for k in (1, 2, 3)] for one in found])
    assert errors[:, 0].min() < 4
    assert errors[:, 2].min() < 4
    assert errors[:, 1].min() > 10, "no view is upside down"
    everything = views(photos, [0] * 50, 128, shear=0.3, zoom=0.3, rotation=30.0)
    assert not any(np.array_equal(one, square) for one in everything)


@pytest.mark.parametrize("size", [(1, 50), (17, 400)])
def test_any_photograph_can_be_cut(tmp_path, size):
    photo = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8)
    (one,) = views(lying(tmp_path, photo), [0], 32, crop=0.5, shear=0.3, zoom=0.3, rotation=30.0)
    assert one.shape == (32, 32, 3)
    assert np.isfinite(one).all()
    assert one.min() >= photo.min()
    assert one.max() <= photo.max()
