"""Whatever is asked for of a photograph: it is read once, measured once, and each network is asked once."""

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

import tintype
from archive_help import real_grey
from tintype import Colorizer, comparison, pipeline, sources
from tintype.commands import main
from tintype.network.adapter import Network
from tintype.recipe import Recipe
from tintype.sources import open_source

pytestmark = pytest.mark.usefixtures("small_views")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    real_grey("photo.png", "original.png")
    return tmp_path


@pytest.fixture
def counts(monkeypatch):
    """How often a photograph was read and measured, and a network asked."""
    counted = Counter()

    def count(owner, name, label):
        plain = getattr(owner, name)

        def counting(*args, **options):
            counted[label] += 1
            return plain(*args, **options)

        monkeypatch.setattr(owner, name, counting)

    count(sources, "read", "read")
    count(pipeline, "measure", "measured")
    count(Network, "predict", "asked")
    return counted


ONCE = {"read": 1, "measured": 1, "asked": 1}


@pytest.mark.parametrize(
    "flags",
    [
        "",
        "-o out.jpg",
        "-o folder/",
        "-o out.png --confidence sure.png",
        "-o out.png --compare both.png",
        "-o out.png --candidates 3",
        "--recipe",
        "--report report.json",
        "-o out.png --candidates 3 --recipe --confidence sure.png --compare both.png --report report.json",
    ],
)
def test_the_command(here, counts, flags):
    result = CliRunner().invoke(main, ["colorize", "photo.png", *flags.split()])
    assert result.exit_code == 0, result.output
    assert counts == ONCE


def test_the_command_in_a_pipe(here, counts):
    data = Path("photo.png").read_bytes()
    result = CliRunner().invoke(main, ["colorize", "-", "--compare", "both.png"], input=data)
    assert result.exit_code == 0, result.output
    assert counts == ONCE


@pytest.mark.parametrize(
    "door",
    [
        lambda c: c("photo.png"),
        lambda c: c(Path("photo.png").read_bytes()),
        lambda c: c.save("photo.png", "out.png", candidates=3),
        lambda c: tintype.colorize("photo.png", "out.png"),
        lambda c: tintype.colorize(Path("photo.png")),
        lambda c: c(Image.open("photo.png")),
    ],
)
def test_the_library(here, counts, door):
    door(Colorizer())
    assert counts == ONCE


def test_arrays_are_not_read(here, counts):
    import numpy as np

    Colorizer()(np.full((8, 8), 128, np.uint8))
    assert counts == {"measured": 1, "asked": 1}


def test_everything_of_one_result(here, counts):
    colorizer, source = Colorizer(), open_source("photo.png")
    result = colorizer.save(source, "out.png", candidates=2)
    page = result.pages[0]
    comparison.confidence_map(page.sitting, page.choices[0])
    comparison.before_and_after(colorizer, page.sitting, page.choices[0])
    Recipe.of(colorizer, source, result.targets[0])
    assert counts == ONCE
    assert len(page.choices) == 2


def test_two_networks_are_asked_once_each(here, counts):
    CliRunner().invoke(main, ["colorize", "photo.png", "--models", "tintype,tintype", "--compare", "c.png"])
    assert counts == {"read": 1, "measured": 1, "asked": 2}
