"""Names of results: built and taken apart by one definition."""

from pathlib import Path

import pytest

from tintype import names


@pytest.mark.parametrize("photo", ["box/grandma.jpg", "a.b.tif", "großmutter", ".hidden.png"])
@pytest.mark.parametrize("index", [0, 1, 11])
@pytest.mark.parametrize("page", [1, 3])
def test_every_result_names_its_photograph(photo, index, page):
    photo = Path(photo)
    result = names.page(names.proposal(names.beside(photo, ".jpg"), index), page)
    assert result != photo and result.parent == photo.parent
    assert names.photograph_of(result) == photo.with_name(photo.stem)


@pytest.mark.parametrize("name", ["grandma.jpg", "color.jpg", ".color.jpg", "a.color.b.jpg", "a.colour.jpg"])
def test_what_is_no_result_names_none(name):
    assert names.photograph_of(Path(name)) is None


def test_no_two_proposals_or_pages_share_a_name():
    target = Path("box/out.v1.jpg")
    proposals = names.proposals(target, 4)
    assert proposals[0] == target == names.page(target, 1)
    made = [names.page(p, number) for p in proposals for number in (1, 2, 3)]
    assert len(set(made)) == 12
    assert {p.parent for p in made} == {Path("box")} and {p.suffix for p in made} == {".jpg"}


def test_recipes_and_comparisons_lie_beside():
    assert names.recipe(Path("box/a.color.jpg")) == Path("box/a.color.jpg.recipe.json")
    assert names.compared(Path("box/a.b.jpg")) == Path("box/a.b.compare.png")
    assert names.colored("box/scan.tif", ".jpg", page=2) == "scan-2.color.jpg"
