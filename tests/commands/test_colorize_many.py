"""``tintype colorize`` on folders: mirrored, resumed, nothing replaced."""

import os
from pathlib import Path

import pytest
import pyvips
from click.testing import CliRunner

from archive_help import SMALL, colorize, counts, grey_photo, posix, tree_of
from tintype.commands import main


def bands(folder):
    return {n: pyvips.Image.new_from_buffer(d, "").bands for n, d in tree_of(folder).items()}


def test_the_tree_is_mirrored_and_the_photographs_untouched(here):
    before = tree_of("scans")
    said = colorize("scans/", "-o", "coloured/")
    assert "4 coloured" in said.stderr
    assert bands("coloured") == dict.fromkeys(before, 3)
    assert tree_of("scans") == before


def test_a_folder_gives_what_single_photographs_give(scans):
    colorize("scans", "-o", "coloured")
    CliRunner().invoke(main, ["colorize", *SMALL, "scans/a.jpg", "-o", "single.jpg", "--threads", "1"])
    whole, single = (pyvips.Image.new_from_file(f) for f in ("coloured/a.jpg", "single.jpg"))
    assert (whole.numpy() == single.numpy()).all()


def test_without_output_results_lie_beside_and_are_not_coloured_again(here):
    assert counts("scans") == {"coloured": 4}
    first = tree_of("scans")
    assert "deep/b.color.png" in first
    assert counts("scans") == {"done": 4}
    assert tree_of("scans") == first


def test_a_second_run_skips_what_is_done_and_only_that(here):
    assert counts("scans", "-o", "out") == {"coloured": 4}
    first = tree_of("out")
    times = {p: p.stat().st_mtime_ns for p in Path("out").rglob("*.jpg")}
    assert counts("scans", "-o", "out") == {"done": 4}
    # A missing result and a new photograph are made; the rest stays.
    Path("out/a.jpg").unlink()
    grey_photo(here / "scans/new.jpg", shift=40)
    assert counts("scans", "-o", "out") == {"coloured": 2, "done": 3}
    assert {n: d for n, d in tree_of("out").items() if n != "new.jpg"} == first
    assert all(p.stat().st_mtime_ns == t for p, t in times.items() if p.name != "a.jpg")


def test_a_result_of_other_settings_or_of_another_photograph_is_not_taken_for_done(here):
    colorize("scans", "-o", "out")
    first = tree_of("out")
    # Other settings, another photograph of that name, a result that somebody edited: none is replaced.
    assert counts("scans", "-o", "out", "--vividness", "1", code=1) == {"failed": 4}
    grey_photo(here / "scans/a.jpg", shift=60)
    assert counts("scans", "-o", "out", code=1) == {"done": 3, "failed": 1}
    Path("out/z.tif").write_bytes(b"mine")
    assert counts("scans", "-o", "out", code=1) == {"done": 2, "failed": 2}
    assert tree_of("out") == first | {"z.tif": b"mine"}
    # By force too only what Tintype has written is replaced.
    assert counts("scans", "-o", "out", "--force", code=1) == {"coloured": 1, "done": 2, "failed": 1}
    assert Path("out/z.tif").read_bytes() == b"mine"
    Path("out/z.tif").unlink()
    assert counts("scans", "-o", "out", "--force") == {"coloured": 1, "done": 3}
    assert tree_of("out")["z.tif"] == first["z.tif"]


def test_files_that_were_there_before_are_kept(here):
    Path("out").mkdir()
    Path("out/a.jpg").write_bytes(b"mine")
    assert counts("scans", "-o", "out", code=1) == {"coloured": 3, "failed": 1}
    assert Path("out/a.jpg").read_bytes() == b"mine"


def test_a_photograph_is_not_replaced_by_a_result_even_with_force(here):
    # scans/a.jpg is mirrored into scans/deep, where a photograph of that name is to be coloured too.
    grey_photo(here / "scans/deep/a.jpg", shift=50)
    before = tree_of("scans")
    said = colorize("scans/deep/a.jpg", "scans/a.jpg", "-o", "scans/deep", "--force", code=1)
    assert "choose another -o" in said.stderr
    after = tree_of("scans")
    assert {n: after[n] for n in before} == before
    assert after.keys() - before.keys() == {"deep/deep/a.jpg"}


def test_names_that_clash_are_told_apart(here):
    grey_photo(here / "scans/z.png", shift=30)
    grey_photo(here / "scans/deep/b.2.png", shift=31)
    assert counts("scans", "-o", "out", "--format", "jpeg", "--candidates", "2") == {"coloured": 6}
    made = tree_of("out")
    assert len(made) == 12
    assert {"z.jpg", "z.png.jpg"} <= made.keys() or {"z.jpg", "z.tif.jpg"} <= made.keys()
    assert counts("scans", "-o", "out", "--format", "jpeg", "--candidates", "2") == {"done": 6}
    assert tree_of("out") == made


def test_dates_are_kept_when_asked(here):
    old = 1_000_000_000
    for path in Path("scans").rglob("*.*"):
        os.utime(path, (old, old))
    colorize("scans", "-o", "plain")
    assert all(p.stat().st_mtime > old + 1 for p in Path("plain").rglob("*.*") if p.suffix != ".jsonl")
    colorize("scans", "-o", "dated", "--keep-dates", "--recipe")
    # Also where the result was made before without.
    colorize("scans", "-o", "plain", "--keep-dates")
    colorize("scans/a.jpg", "-o", "one.jpg", "--keep-dates")
    made = [
        Path("one.jpg"),
        *(Path("dated") / n for n in tree_of("dated")),
        *map(Path("plain").joinpath, tree_of("plain")),
    ]
    assert len(made) == 1 + 8 + 4
    assert all(p.stat().st_mtime == old for p in made)


def test_several_sources(here):
    grey_photo(here / "more/c.jpg")
    grey_photo(here / "loose.jpg")
    assert counts("scans", "more", "loose.jpg", "missing.jpg", "-o", "out", code=1) == {
        "coloured": 6,
        "failed": 1,
    }
    assert {"scans/a.jpg", "more/c.jpg", "loose.jpg"} <= tree_of("out").keys()
    # A folder in a folder, and a photograph in a folder, are given twice and coloured once.
    assert counts("scans", "scans/deep", "scans/a.jpg", "-o", "twice") == {"coloured": 4}


def test_an_output_inside_the_input_is_not_coloured_again(here):
    assert counts("scans", "-o", "scans/out") == {"coloured": 4}
    assert counts("scans", "-o", "scans/out") == {"done": 4}


@posix
def test_links_that_loop_end(here):
    Path("scans/deep/loop").symlink_to(here / "scans")
    assert counts("scans", "-o", "out") == {"coloured": 4}


def test_shards_share_a_folder(scans):
    for part in ("1/2", "2/2"):
        assert counts("scans", "-o", "out", "--shard", part) == {"coloured": 2}
    assert len(tree_of("out")) == 4


def test_two_processes_make_the_same_files_as_one(scans):
    colorize("scans", "-o", "one")
    CliRunner().invoke(main, ["colorize", *SMALL, "scans", "-o", "two", "--jobs", "2"])
    assert tree_of("one") == tree_of("two")


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads and writes everywhere")
def test_folders_that_may_not_be_read_or_written(here):
    Path("scans/deep").chmod(0)
    Path("locked").mkdir(mode=0o500)
    try:
        assert counts("scans", "-o", "out", code=1) == {"coloured": 2, "failed": 1}
        assert "locked" in colorize("scans", "-o", "locked/out", code=1).stderr
    finally:
        Path("scans/deep").chmod(0o700)
