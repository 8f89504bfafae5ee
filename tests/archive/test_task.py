"""What goes to a worker."""

from pathlib import Path

from tintype.archive.model import Item
from tintype.archive.places.local import LocalFolder
from tintype.archive.task import Task


def test_a_photograph_is_called_by_its_place_and_files_beside_its_result_are_named():
    task = Task(Item("a/b.jpg", "in/a/b.jpg"), "a/b.png", None, LocalFolder(Path("out")), Path("stage"))
    assert task.shown == "in/a/b.jpg"
    assert Task(Item("a.jpg"), "a.jpg", None, None, Path()).shown == "a.jpg"
    assert task.beside("b.png.recipe.json") == "a/b.png.recipe.json"
