"""The walk: every photograph once, whatever the tree looks like."""

import os
import sys

import pytest

from tintype.archive.walk import walk

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and permissions of POSIX")


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def found(folder, **options):
    return [f.path.as_posix() for f in walk(folder, **options) if not f.problem]


def test_photographs_of_every_kind_and_script_in_the_order_of_names(tmp_path):
    names = [
        "a.JPG",
        "b.tif",
        "deep/er/c.webp",
        "дед.jpg",
        "祖母/写真.png",
        "raw.nef",
        "scan.pdf",
        "x y'z.heic",
    ]
    touch(tmp_path, *names)
    assert sorted(found(tmp_path)) == sorted(names)
    assert found(tmp_path) == found(tmp_path)


def test_what_is_no_photograph_is_left_out(tmp_path):
    touch(tmp_path, "a.jpg", "a.txt", ".hidden.jpg", "._a.jpg", ".tintype/half.jpg", "noext")
    (tmp_path / "folder.jpg").mkdir()
    assert found(tmp_path) == ["a.jpg"]


def test_the_output_inside_the_input_is_not_entered(tmp_path):
    touch(tmp_path, "a.jpg", "out/a.jpg", "out/deep/b.jpg", "other/c.jpg")
    assert found(tmp_path, without=[tmp_path / "out"]) == ["a.jpg", "other/c.jpg"]


@posix
def test_loops_and_two_ways_to_one_folder_end(tmp_path):
    touch(tmp_path, "a/b/c.jpg", "z/d.jpg")
    (tmp_path / "a/b/up").symlink_to(tmp_path)
    (tmp_path / "a/self").symlink_to(tmp_path / "a")
    (tmp_path / "again").symlink_to(tmp_path / "z")
    (tmp_path / "a/c").symlink_to(tmp_path / "z")
    assert found(tmp_path) == ["a/b/c.jpg", "z/d.jpg"]


@posix
def test_a_linked_folder_is_walked_and_the_links_in_it(tmp_path):
    touch(tmp_path, "elsewhere/b.jpg", "further/c.jpg", "in/d.jpg")
    (tmp_path / "in/a").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere/more").symlink_to(tmp_path / "further")
    assert found(tmp_path / "in") == ["d.jpg", "a/b.jpg", "a/more/c.jpg"]


@posix
def test_links_to_files_count_and_dangling_ones_are_problems(tmp_path):
    touch(tmp_path, "elsewhere/a.jpg", "in/b.jpg")
    (tmp_path / "in/link.jpg").symlink_to(tmp_path / "elsewhere/a.jpg")
    (tmp_path / "in/dead.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert found(tmp_path / "in") == ["b.jpg", "link.jpg"]
    problems = [f for f in walk(tmp_path / "in") if f.problem]
    assert [p.path.name for p in problems] == ["dead.jpg"]


@posix
def test_a_pipe_named_like_a_photograph_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "fifo.jpg")
    assert found(tmp_path) == []


@posix
@pytest.mark.skipif(sys.platform != "win32" and os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_listed_is_a_problem_and_the_walk_goes_on(tmp_path):
    touch(tmp_path, "a/x.jpg", "b/y.jpg")
    (tmp_path / "a").chmod(0)
    try:
        everything = list(walk(tmp_path))
    finally:
        (tmp_path / "a").chmod(0o700)
    assert [(f.path.as_posix(), bool(f.problem)) for f in everything] == [("a", True), ("b/y.jpg", False)]


@posix
def test_a_folder_that_fails_to_list_is_a_problem(tmp_path, monkeypatch):
    touch(tmp_path, "a/x.jpg", "b/y.jpg")
    real = os.scandir

    def scandir(path):
        if os.path.basename(path) == "a":  # noqa: PTH119
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    everything = list(walk(tmp_path))
    assert [(f.path.as_posix(), f.problem) for f in everything] == [
        ("a", "can't list the folder: Permission denied"),
        ("b/y.jpg", ""),
    ]
