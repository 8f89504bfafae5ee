"""What goes where: folders are mirrored, and single photographs from the folder that they share."""

from pathlib import Path

import pytest

from tintype import SettingsError
from tintype.archive.run import Tree
from tintype.archive.trees import trees_of


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a/deep/1.jpg", "b/2.jpg", "b/a/3.jpg"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    return tmp_path


def trees(*names, output="out"):
    return trees_of([Path(n) for n in names], Path(output) if output else None)


def test_one_folder_goes_straight_into_the_output_and_several_get_folders_of_their_own(here):
    assert trees("a") == [Tree(Path("a"), Path("out"))]
    assert trees("a", "b") == [Tree(Path("a"), Path("out/a")), Tree(Path("b"), Path("out/b"))]


def test_without_an_output_results_lie_beside(here):
    [tree] = trees("a", output=None)
    assert (tree.target, tree.mark) == (Path("a"), ".color")
    assert trees("a")[0].mark == ""
    assert [t.files for t in trees("a/deep/1.jpg", "b/2.jpg", output=None)] == [
        (Path("1.jpg"),), (Path("2.jpg"),)]  # fmt: skip


def test_what_lies_in_a_folder_that_is_given_too_is_that_folders(here):
    assert trees("b", "b/a", "b/2.jpg", "./b/../b") == [Tree(Path("b"), Path("out"))]


def test_single_photographs_are_mirrored_from_the_folder_they_share(here):
    [tree] = trees("b/2.jpg", "b/a/3.jpg", "b/2.jpg")
    assert (tree.source, tree.files) == (here / "b", (Path("2.jpg"), Path("a/3.jpg")))


def test_two_folders_of_one_name_and_an_output_that_is_a_file_are_refused(here):
    with pytest.raises(SettingsError, match="another folder of that name"):
        trees("a", "b/a")
    for output in ("b/2.jpg", "new.png"):
        with pytest.raises(SettingsError, match="names a file"):
            trees("a", output=output)
