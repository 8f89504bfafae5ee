"""The walk: every photograph once, whatever the tree looks like."""

import os
import sys

import pytest

from tintype.archive.walk import walk
from tintype.photo.folders import kind_of
from tintype.photo.formats import readable_suffixes

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and permissions of POSIX")


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def found(folder, **options):
    return [f.path.as_posix() for f in walk(folder, **options) if f.kind == "photograph"]


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
    problems = [f for f in walk(tmp_path / "in") if f.kind == "problem"]
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
    assert [(f.path.as_posix(), f.kind) for f in everything] == [("a", "problem"), ("b/y.jpg", "photograph")]


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
    assert [(f.path.as_posix(), f.why) for f in everything] == [
        ("a", "can't list the folder: Permission denied"),
        ("b/y.jpg", ""),
    ]


SYSTEM = ["@eaDir", "#recycle", "$RECYCLE.BIN", "__MACOSX", ".Trash-1000", ".Trashes", "lost+found",
          ".thumbnails", "System Volume Information", "@Recycle"]  # fmt: skip


@pytest.mark.parametrize("name", SYSTEM)
def test_folders_that_a_system_made_for_itself_are_counted_and_not_entered(tmp_path, name):
    touch(tmp_path, "a.jpg", f"{name}/b.jpg", f"deep/{name}/c.jpg", f"{name}.jpg")
    everything = [(f.path.as_posix(), f.kind) for f in walk(tmp_path)]
    assert {p for p, kind in everything if kind == "system"} == {name, f"deep/{name}"}
    shown = {"a.jpg"} if name.startswith(".") else {"a.jpg", f"{name}.jpg"}
    assert {p for p, kind in everything if kind == "photograph"} == shown


def test_pictures_that_are_not_read_are_named_with_what_reads_them(tmp_path):
    names = ["a.tga", "b.PCD", "c.djvu", "d.hdr", "deep/e.xcf", "f.fits"]
    touch(tmp_path, *names, "notes.txt", "film.mov", ".hidden.tga")
    unread = [f for f in walk(tmp_path) if f.kind == "unread"]
    assert [f.path.as_posix() for f in unread] == sorted(names)
    assert all("isn't read; " in f.why and len(f.why) > 40 for f in unread)


def test_no_suffix_is_both_read_and_told_as_unread():
    for suffix in readable_suffixes():
        assert kind_of(f"a{suffix}") == "photograph"


def test_a_picture_without_a_suffix_is_found_by_its_content(tmp_path):
    (tmp_path / "oma").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    touch(tmp_path, "README")
    [found_] = list(walk(tmp_path))
    assert (found_.kind, found_.path.as_posix()) == ("unread", "oma")
    assert "name it oma.jpg" in found_.why
