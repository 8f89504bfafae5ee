"""Old film: what each kind of ageing does to a picture, and that numbers drawn decide it."""

import numpy as np
import pytest
import pyvips
import torch
from skimage import data

from tintype.color.lab import L_from_grey, lab_from_srgb, linear_from_srgb
from tintype.training.aging import (
    aged,
    blurred,
    emulsion,
    grained,
    scratched,
    through_emulsion,
    through_jpeg,
)
from tintype.training.recipe import Film
from tintype.training.views import Draw

PHOTO = data.astronaut()[:96, 180:276]
L = torch.from_numpy(lab_from_srgb(PHOTO)[..., 0].copy())[None, None]
LINEAR = torch.from_numpy(linear_from_srgb(PHOTO.astype(np.float32) / 255)).permute(2, 0, 1)[None]
KINDS = ("spectral", "gamma", "fade", "blur", "grain", "scratches", "jpeg")


def draw(count=1, seed=0):
    return Draw(torch.Generator().manual_seed(seed), count)


def six(film, seed=0):
    return aged(L.expand(6, -1, -1, -1), LINEAR.expand(6, -1, -1, -1), film, draw(6, seed))


def test_nothing_happens_to_the_share_that_stays_as_it_is():
    assert aged(L, LINEAR, Film(share=0.0), draw()) is L
    some = aged(
        L.expand(200, -1, -1, -1), LINEAR.expand(200, -1, -1, -1), Film(share=0.5, grain=1.0), draw(200)
    )
    same = [torch.equal(one, L[0]) for one in some]
    assert 70 < sum(same) < 130


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_the_picture_within_range_and_leaves_the_original(kind):
    only = Film(share=1.0, **(dict.fromkeys(KINDS, 0.0) | {kind: 1.0}))
    before = L.clone()
    out = six(only)
    assert out.dtype == torch.float32
    assert out.shape == (6, *L.shape[1:])
    assert out.min() >= 0
    assert out.max() <= 100
    assert not any(torch.equal(one, L[0]) for one in out)
    assert torch.equal(out, six(only))
    assert not torch.equal(out, six(only, seed=1))
    assert torch.equal(L, before)


def test_emulsions_see_what_theirs_saw():
    white = through_emulsion(torch.ones(1, 3, 1, 1), torch.tensor([[0.2, 0.5, 0.3]]))
    assert float(white) == pytest.approx(100, abs=1e-3)
    red = torch.tensor([1.0, 0, 0]).view(1, 3, 1, 1)
    blind = through_emulsion(red, torch.tensor([[0.0, 0.2, 0.8]]))
    assert float(blind) == pytest.approx(0, abs=1e-3)
    drawn = emulsion(draw(300)).numpy()
    np.testing.assert_allclose(drawn.sum(1), 1, rtol=1e-6)
    assert 0.5 < (drawn[:, 0] < 0.12).mean() < 0.8
    true = through_emulsion(LINEAR, torch.tensor([[0.212671, 0.715160, 0.072169]]))
    assert (true - L).abs().max() < 0.1


def test_blur_keeps_the_mean_and_takes_detail():
    x = torch.rand(2, 1, 40, 50, generator=torch.Generator().manual_seed(0))
    soft = blurred(x, torch.tensor([1.0, 0.3]))
    assert soft.shape == x.shape
    assert float(soft.mean()) == pytest.approx(float(x.mean()), abs=0.01)
    assert soft[0].std() < 0.5 * x[0].std() < 0.6 * soft[1].std()
    flat = torch.full((1, 1, 8, 8), 0.3)
    torch.testing.assert_close(blurred(flat, torch.tensor([0.7])), flat)


def test_grain_has_the_strength_asked_for():
    flat = torch.full((8, 1, 200, 200), 0.5)
    noise = grained(flat, torch.full((8,), 0.02), draw(8)) - flat
    assert all(0.015 < float(one.std()) < 0.025 for one in noise)


def test_scratches_are_few_and_thin():
    flat = torch.full((20, 1, 100, 100), 0.5)
    share = (scratched(flat, draw(20)) != flat).float().mean((1, 2, 3))
    assert share.max() < 0.08
    assert share.min() > 0
    assert (flat == 0.5).all()


@pytest.mark.parametrize("quality", [30, 60, 95])
def test_jpeg_loses_what_the_files_lose(quality):
    grey = np.ascontiguousarray(data.camera()[100:190, 200:300])  # no multiple of 8
    file = pyvips.Image.new_from_array(grey).jpegsave_buffer(Q=quality)
    expected = L_from_grey(pyvips.Image.new_from_buffer(file, "").numpy()) / 100
    x = torch.from_numpy(L_from_grey(grey) / np.float32(100))[None, None]
    found = through_jpeg(x, torch.tensor([float(quality)]))[0, 0].numpy()
    error = np.abs(found - expected)
    assert error.mean() < 0.004
    assert error.mean() < np.abs(x[0, 0].numpy() - expected).mean() / 2
