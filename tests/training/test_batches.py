"""What a step sees depends on seed and step alone, and colour stays true however aged the input is."""

import itertools
import pickle

import numpy as np
import pytest
import torch
from skimage import data

from tintype.color.lab import lab_from_srgb
from tintype.dataset.shards import PhotoSet, ShardWriter
from tintype.training.batches import Batches, order, some_hints, validation_batch
from tintype.training.recipe import Augment, Film, Hints, Phase, Recipe

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


def test_a_batch_is_a_function_of_seed_and_step(photos):
    recipe = Recipe(film=Film(share=1.0, scratches=1.0, jpeg=1.0), hints=Hints(share=1.0))
    whole = Batches(photos, recipe, PHASE, seed=3)
    resumed = Batches(photos, recipe, PHASE, seed=3, step=4, sample=12)
    for a, b in zip((whole[4], whole[6]), (resumed[0], resumed[2]), strict=True):
        assert all(torch.equal(x, y) for x, y in zip(vars(a).values(), vars(b).values(), strict=True))
    assert not torch.equal(whole[0].L, Batches(photos, recipe, PHASE, seed=4)[0].L)


def test_processes_share_an_epoch_without_seeing_a_photograph_twice(photos):
    seen = {order(10, 7, i) for i in range(10)}
    assert seen == set(range(10))
    assert [order(10, 7, i) for i in range(10)] != [order(10, 7, i) for i in range(10, 20)]
    plain = Recipe(augment=Augment(flip=False))
    one = Batches(photos, plain, Phase(view=16, batch=2), world=2, rank=0)
    two = Batches(photos, plain, Phase(view=16, batch=2), world=2, rank=1)
    whole = Batches(photos, plain, Phase(view=16, batch=4))
    assert not torch.equal(one[0].ab, two[0].ab)
    # Where the square lies is drawn anew in each process; coffee cuts are square, so theirs must agree.
    both = torch.cat([one[0].ab, two[0].ab])
    square = [order(10, 0, i) % 2 == 1 for i in range(4)]
    assert any(square)
    assert torch.equal(both[square], whole[0].ab[square])


def test_ageing_touches_the_input_only(photos):
    clean = Batches(photos, Recipe(), PHASE)[0]
    lab = torch.cat([clean.L, clean.ab], 1)
    assert lab[:, 0].min() >= 0
    assert lab[:, 0].max() <= 100.01
    aged = Batches(photos, Recipe(film=Film(share=1.0, spectral=1.0)), PHASE)[0]
    assert torch.equal(aged.ab[0], clean.ab[0])  # the second is cut elsewhere: more numbers were drawn
    assert not torch.equal(aged.L[0], clean.L[0])
    assert not clean.hints.any()


def test_hints_carry_the_true_colour_where_the_mask_is_set():
    lab = lab_from_srgb(data.astronaut()[:64, 200:264]).transpose(2, 0, 1)
    rng = np.random.default_rng(0)
    counts = []
    for _ in range(30):
        hints = some_hints(lab[1:], rng)
        assert set(np.unique(hints[2])) == {0, 1}
        assert not hints[:2, hints[2] == 0].any()
        error = np.abs(hints[:2] * 110 - lab[1:])[:, hints[2] == 1]
        assert np.median(error) < 10
        counts.append(hints[2].mean())
    assert 0 < min(counts) < np.mean(counts) < 0.6


@pytest.mark.parametrize("workers", [0, 1])
def test_the_loader_begins_where_it_is_told(photos, workers):
    batches = Batches(photos, Recipe(), PHASE, seed=1)
    got = list(itertools.islice(batches.loader(2, workers, pin=False), 2))
    assert torch.equal(got[0].L, batches[2].L)
    assert torch.equal(got[1].ab, batches[3].ab)
    assert len(pickle.dumps(batches)) < 20_000  # the photographs are mapped, not sent


def test_validation_sees_photographs_as_they_are(photos):
    batch = validation_batch(photos, [1, 3], 50)
    assert batch.L.shape == (2, 1, 50, 50)
    expected = lab_from_srgb(photos[1])
    np.testing.assert_array_equal(batch.ab[0].numpy(), expected[..., 1:].transpose(2, 0, 1))
    assert not batch.hints.any()
