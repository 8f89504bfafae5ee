"""A folder as a source."""

from pathlib import Path

from tintype.archive.origins.folder import Folder
from tintype.names import MARK


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def test_results_beside_their_photographs_are_not_listed(tmp_path):
    touch(tmp_path, "a.jpg", "a.color.jpg", "a.color.2.jpg", "b.color.jpg", "x/a.color.jpg", "x/y/c.png",
          "x/y/c.color.png", "x/z.jpg")  # fmt: skip
    listed = [i.name for i in Folder(tmp_path, mark=MARK).items()]
    assert listed == ["a.jpg", "b.color.jpg", "x/a.color.jpg", "x/y/c.png", "x/z.jpg"]
    assert len(list(Folder(tmp_path).items())) == 8


def test_a_version_changes_with_the_photograph(tmp_path):
    touch(tmp_path, "a.jpg")
    [first] = Folder(tmp_path).items()
    (tmp_path / "a.jpg").write_bytes(b"xy")
    [second] = Folder(tmp_path).items()
    assert first.version != second.version
    assert (second.size, second.place) == (2, str(tmp_path / "a.jpg"))


def test_a_photograph_that_is_missing_is_told_when_its_turn_comes(tmp_path):
    [item] = Folder(tmp_path, (Path("gone.jpg"),)).items()
    assert (item.kind, item.version) == ("photograph", "")


def test_it_knows_its_photographs(tmp_path):
    touch(tmp_path, "a.jpg", "out/a.jpg", "a.txt", "a.color.jpg")
    plain = Folder(tmp_path, without=(tmp_path / "out",))
    assert [plain.holds(tmp_path / n) for n in ("a.jpg", "out/a.jpg", "a.txt")] == [True, False, False]
    assert not plain.holds(tmp_path.parent / "a.jpg")
    assert not Folder(tmp_path, mark=MARK).holds(tmp_path / "a.color.jpg")
    some = Folder(tmp_path, (Path("a.jpg"),))
    assert [some.holds(tmp_path / n) for n in ("a.jpg", "out/a.jpg")] == [True, False]
