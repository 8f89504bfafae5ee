"""Recipes: every key is checked."""

import pytest

from tintype.errors import TrainingError
from tintype.training.networks import build
from tintype.training.recipe import Phase, Recipe
from tintype.training.recipe_file import load


def test_the_classic_recipe_is_what_was_published():
    recipe = load("cnn")
    net = build(recipe.network.kind, recipe.network.options, 261)
    assert sum(p.numel() for p in net.parameters()) == 32_202
    assert recipe.phases == (Phase(until=1.0, view=256, batch=3),)
    assert (recipe.optimizer.kind, recipe.objective.distance, recipe.objective.scale) == (
        "rmsprop",
        "mse",
        128,
    )
    a = recipe.augment
    assert (a.shear, a.zoom, a.rotation, a.flip) == (0.3, 0.3, 30, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nmae = 'x'", "unknown key 'nmae'; known are about, augment"),
        ("[optimizer]\nrate = 'fast'", "optimizer: rate is 'fast', not a number"),
        ("[optimizer]\nrate = -1", "must not be negative"),
        ("[optimizer]\nkind = 'sgd'", "choose one of adamw, adam, rmsprop"),
        ("[optimizer]\nbetas = [0.9]", "not 2 numbers"),
        ("[objective]\nlambda = 0.5", "unknown key 'lambda'"),
        ("[augment]\nflip = 1", "not true or false"),
        ("optimizer = 3", "expected a table"),
        ("[[phases]]\nuntil = 0.5", "last phase ends at 0.5"),
        ("[[phases]]\nuntil = 0.5\n[[phases]]\nuntil = 0.4", "growing shares"),
        ("[[phases]]\nview = 8", "16 px or more"),
        ("[groups]\nsea = 'often'", "groups: sea is 'often', not a number from 0 to 1000"),
        ("[groups]\nsea = -1", "groups: sea is -1, not a number"),
        ("= 3", "not TOML"),
    ],
)
def test_a_wrong_recipe_is_told_what_is_wrong(tmp_path, text, said):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(TrainingError, match=said) as error:
        load(str(tmp_path / "mine.toml"))
    assert "mine.toml" in str(error.value)


def test_changes_from_the_command_line():
    recipe = load("zhang16").replace(["optimizer.rate=0.01", "network.width=4", "length.keep=best"])
    assert (recipe.optimizer.rate, recipe.network.options["width"], recipe.length.keep) == (0.01, 4, "best")
    mixed = recipe.replace(["groups.sea=0.5"]).replace(["groups.hills=2"])
    assert Recipe.from_table(mixed.table(), "again").groups.options == {"sea": 0.5, "hills": 2}
    assert recipe.replace(["phases=[{view=32, batch=2}]"]).phases == (Phase(view=32, batch=2),)
    for wrong in ("rate=1", "optimizer.rate", "optimiser.rate=1", "optimizer.rte=1"):
        with pytest.raises(TrainingError):
            recipe.replace([wrong])
