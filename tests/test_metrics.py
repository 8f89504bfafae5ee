"""Numbers worked out by hand, or by an independent library."""

import numpy as np
import pytest
from skimage import data
from skimage.metrics import peak_signal_noise_ratio

from tintype.metrics import ab_distances, colorfulness, psnr, root_mean_square, ssim


def test_psnr_by_hand():
    truth = np.full((4, 4, 3), 100, np.uint8)
    other = truth.copy()
    other[..., 0] = 110  # mean square error 100 / 3
    assert psnr(truth, other) == pytest.approx(10 * np.log10(255**2 / (100 / 3)))
    assert psnr(truth, truth) == 99


def test_ssim_of_itself_is_1_and_of_tiny_pictures_unknown():
    photo = data.chelsea()[:64, :64]
    assert ssim(photo, photo) == pytest.approx(1)
    assert ssim(photo, np.full_like(photo, 128)) < 0.8
    assert np.isnan(ssim(photo[:8, :8], photo[:8, :8]))


def test_ab_rmse_by_hand():
    truth = np.zeros((1, 2, 3), np.float32)
    other = truth.copy()
    other[0, 0] = (50, 3, 4)  # distance 5; lightness does not count
    assert ab_distances(truth, other).tolist() == [[5.0, 0.0]]
    assert root_mean_square(ab_distances(truth, other)) == pytest.approx(np.sqrt(12.5))


def test_colourfulness_by_hand():
    # rg = 200, -100; yb = 0, 150 (and 100, 50 of |·|)
    picture = np.array([[[200, 0, 100], [50, 150, 250]]], np.uint8)
    rg, yb = (200.0, -100.0), (0.0, -150.0)
    expected = np.hypot(np.std(rg), np.std(yb)) + 0.3 * np.hypot(np.mean(rg), np.mean(yb))
    assert colorfulness(picture) == pytest.approx(expected)
    rg, yb = np.abs(rg), np.abs(yb)
    expected = np.hypot(np.std(rg), np.std(yb)) + 0.3 * np.hypot(np.mean(rg), np.mean(yb))
    assert colorfulness(picture, absolute=True) == pytest.approx(expected)
    assert colorfulness(np.full((5, 5, 3), 77, np.uint8)) == 0


def test_psnr_is_that_of_scikit_image():
    photo = data.chelsea()
    other = np.random.default_rng(0).integers(0, 256, photo.shape, np.uint8)
    assert psnr(photo, other) == peak_signal_noise_ratio(photo, other, data_range=255)
