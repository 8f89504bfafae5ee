"""Recipes on disk."""

import tomllib

import pytest

from tintype.errors import TrainingError
from tintype.training.recipe import Recipe
from tintype.training.recipe_file import load, names, to_toml


def test_these_recipes_come_along():
    assert names() == ["cnn", "cnn-deep", "fusion", "gan", "tintype", "tintype-lite", "zhang16"]


@pytest.mark.parametrize("name", names())
def test_every_recipe_survives_being_written_and_read(name):
    recipe = load(name)
    assert recipe.name == name
    assert recipe.about.endswith(".")
    assert Recipe.from_table(tomllib.loads(to_toml(recipe.table())), "again") == recipe


def test_an_unknown_recipe_lists_the_known_ones(tmp_path):
    with pytest.raises(TrainingError, match="choose one of cnn, cnn-deep"):
        load("resnet")
    with pytest.raises(TrainingError, match="can't read"):
        load(str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed = " + "[" * 5000, "too deep"),
        ("[optimizer]\nlearning_rate = " + "9" * 4000, "."),
        ("seed = " + "9" * 5000, "."),
        (f"about = 3\n{'x' * 3000} = 1", "."),
        ("phases = 3", "."),
    ],
)
def test_absurd_recipes_are_refused_in_a_few_words(text, words, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(TrainingError, match=words) as error:
        load(str(path))
    assert len(str(error.value)) < 600
