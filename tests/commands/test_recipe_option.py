"""``--recipe`` with and without a file."""

import click
import pytest
from click.testing import CliRunner

from tintype.commands.recipe_option import RecipeCommand, RecipeOption, check_alone


@click.command(cls=RecipeCommand)
@click.argument("names", nargs=-1)
@click.option("--recipe", is_flag=True, cls=RecipeOption, help="It.")
@click.option("--repeat-recipe", hidden=True)
@click.option("--codec", default="h264")
def command(names, recipe, repeat_recipe, codec):
    if repeat_recipe:
        check_alone("codec")
    click.echo(f"{names} {recipe} {repeat_recipe}")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--recipe", "a.jpg"], "('a.jpg',) True None"),
        (["a.jpg", "--recipe"], "('a.jpg',) True None"),
        (["a.jpg", "--recipe", "b.JSON"], "('a.jpg',) False b.JSON"),
        (["--recipe=b", "a.jpg"], "('a.jpg',) False b"),
        (["--", "--recipe", "b.json"], "('--recipe', 'b.json') False None"),
    ],
)
def test_a_name_that_ends_in_json_is_a_recipe(args, said):
    done = CliRunner().invoke(command, args)
    assert done.exit_code == 0 and done.output.strip() == said


def test_what_a_recipe_fixes_is_refused_beside_it():
    done = CliRunner().invoke(command, ["--recipe", "b.json", "--codec", "h264"])
    assert done.exit_code == 2 and "leave out --codec" in done.output
    assert "--recipe [FILE.json]" in CliRunner().invoke(command, ["--help"]).output
