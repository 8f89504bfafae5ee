"""What a step sees depends on seed and step alone, and colour stays true however aged the input is."""

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from skimage import data

from tintype.color.lab import lab_from_srgb
from tintype.dataset.shards import PhotoSet, ShardWriter
from tintype.errors import TrainingError
from tintype.training.batches import Ahead, Batches, order, rounded_by_chance, shown_once, validation_batch
from tintype.training.recipe import Augment, Film, Hints, Phase, Recipe
from tintype.training.views import DevicePhotos, Draw

PHASE = Phase(view=32, batch=3)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    writer = ShardWriter(folder, "train")
    astronaut, coffee = data.astronaut(), data.coffee()
    for i in range(5):
        writer.add(astronaut[40 * i : 40 * i + 60, 100:180], f"a{i}")
        writer.add(coffee[30 * i : 30 * i + 50, 200:250], f"c{i}")
    writer.close()
    return PhotoSet(folder, writer.names)


@pytest.fixture(scope="module")
def there(photos):
    return DevicePhotos(photos, torch.device("cpu"))


def test_a_batch_is_a_function_of_seed_and_step(there):
    recipe = Recipe(film=Film(share=1.0, scratches=1.0, jpeg=1.0), hints=Hints(share=1.0))
    whole = Batches(there, recipe, PHASE, seed=3)
    resumed = Batches(there, recipe, PHASE, seed=3, step=4, sample=12)
    for a, b in zip((whole[4], whole[6]), (resumed[0], resumed[2]), strict=True):
        assert all(torch.equal(x, y) for x, y in zip(vars(a).values(), vars(b).values(), strict=True))
    assert not torch.equal(whole[0].L, Batches(there, recipe, PHASE, seed=4)[0].L)


class Numbers:
    """Batches that are their numbers, on a device; `asked` says which were drawn."""

    def __init__(self, device):
        self.photos = SimpleNamespace(device=torch.device(device))
        self.asked = []

    def __getitem__(self, i):
        self.asked.append(i)
        return i


@pytest.mark.parametrize(("device", "early"), [("meta", True), ("cpu", False)])
def test_the_next_one_is_drawn_early_where_a_gpu_works_meanwhile(device, early):
    numbers = Numbers(device)
    ahead = Ahead(numbers)
    for i in range(3):
        assert next(ahead) == i
        ahead.draw()
        ahead.draw()
        assert numbers.asked[-1] == (i + 1 if early else i)
    assert numbers.asked == sorted(set(numbers.asked))


def test_processes_share_an_epoch_without_seeing_a_photograph_twice(there):
    assert set(order(10, 7, 0, 10)) == set(range(10))
    assert order(10, 7, 0, 10).tolist() != order(10, 7, 10, 10).tolist()
    assert order(10, 7, 8, 4).tolist() == [*order(10, 7, 8, 2), *order(10, 7, 10, 2)]
    plain = Recipe(augment=Augment(flip=False))
    # At their own size: what is rounded is drawn anew in each process, and changes nothing in whole codes.
    one = Batches(there, plain, Phase(view=50, batch=2), world=2, rank=0)
    two = Batches(there, plain, Phase(view=50, batch=2), world=2, rank=1)
    whole = Batches(there, plain, Phase(view=50, batch=4))
    assert not torch.equal(one[0].ab, two[0].ab)
    # Where the square lies is drawn anew in each process; coffee cuts are square, so theirs must agree.
    both = torch.cat([one[0].ab, two[0].ab])
    square = order(10, 0, 0, 4) % 2 == 1
    assert square.any()
    torch.testing.assert_close(both[square], whole[0].ab[square], atol=1e-3, rtol=0)


def test_ageing_touches_the_input_only(there):
    clean = Batches(there, Recipe(), PHASE)[0]
    lab = torch.cat([clean.L, clean.ab], 1)
    assert lab[:, 0].min() >= 0
    assert lab[:, 0].max() <= 100.01
    aged = Batches(there, Recipe(film=Film(share=1.0, spectral=1.0)), PHASE)[0]
    assert torch.equal(aged.ab, clean.ab)
    assert not torch.equal(aged.L[0], clean.L[0])
    assert not clean.hints.any()


def test_views_are_of_the_true_colours(there, photos):
    plain = Recipe(augment=Augment(flip=False))
    batch = Batches(there, plain, Phase(view=50, batch=10))[0]
    for lab, i in zip(torch.cat([batch.L, batch.ab], 1), order(10, 0, 0, 10), strict=True):
        if photos[int(i)].shape == (50, 50, 3):
            expected = lab_from_srgb(photos[int(i)]).transpose(2, 0, 1)
            np.testing.assert_allclose(lab.numpy(), expected, atol=2e-2)


def test_not_all_views_have_the_steps_of_eight_bits():
    """A third is rounded, a third up or down by chance, so that it is right in the mean, a third is left."""
    codes = torch.rand(300, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 255
    made = rounded_by_chance(codes, Draw(torch.Generator().manual_seed(2), 300))
    whole = (made == made.floor()).flatten(1).all(1)
    nearest = (made == (codes + 0.5).floor()).flatten(1).all(1)
    same = (made == codes).flatten(1).all(1)
    assert (whole ^ same).all()
    chance = whole & ~nearest
    assert all(60 < int(kind.sum()) < 140 for kind in (nearest, chance, same))
    off = (made - codes)[chance]
    assert off.abs().max() < 1
    assert off.mean().abs() < 0.01
    assert made.max() <= 255


def test_validation_sees_photographs_as_they_are(photos):
    batch = validation_batch(photos, [1, 3], 50)
    assert batch.L.shape == (2, 1, 50, 50)
    expected = lab_from_srgb(photos[1])
    np.testing.assert_array_equal(batch.ab[0].numpy(), expected[..., 1:].transpose(2, 0, 1))
    assert not batch.hints.any()


NAMES = [f"photos.tar/{group}/{i}.webp" for i in range(10) for group in ("everyday", "landscape")]


def test_groups_are_shown_as_often_as_the_recipe_says():
    """Twice, three of ten, once: what is left out stays so, and no photograph is twice as rare as another."""
    assert shown_once(NAMES, {}).tolist() == list(range(20))
    shown = Counter(shown_once(NAMES, {"everyday": 2.5, "landscape": 0.3}).tolist())
    assert sorted(shown[i] for i in range(0, 20, 2)) == [2] * 5 + [3] * 5
    assert sorted(shown[i] for i in range(1, 20, 2)) == [0] * 7 + [1] * 3
    with pytest.raises(TrainingError, match=r"'seascape' is no group of this .* everyday, landscape"):
        shown_once(NAMES, {"seascape": 2})
    with pytest.raises(TrainingError, match=r"none of the photographs"):
        shown_once(NAMES, {"everyday": 0, "landscape": 0})
    assert shown_once(["set\\everyday\\1.jpg", "2.jpg"], {"everyday": 2}).tolist() == [0, 0, 1], (
        "as in reports"
    )


def test_batches_take_only_what_is_shown(there):
    batches = Batches(
        there, Recipe(augment=Augment(flip=False)), Phase(view=50, batch=4), shown=np.array([1, 1])
    )
    views = batches[0].L
    torch.testing.assert_close(views, views[:1].expand_as(views), atol=1e-3, rtol=0)
