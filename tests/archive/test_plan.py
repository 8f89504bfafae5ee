"""The plan: one name for each photograph, the same in every run."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype import SettingsError
from tintype.archive.plan import Shard, plan, without_results
from tintype.names import MARK

NAMES = st.builds(
    lambda stem, suffix, folder: Path(folder) / (stem + suffix),
    st.sampled_from(["a", "A", "a.png", "a.jpg", "é", "e\u0301", "b", "a.color"]),
    st.sampled_from([".jpg", ".JPG", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".nef", ".heic"]),
    st.sampled_from(["", "x", "X"]),
)


def targets(*names, **options):
    return {p.source.as_posix(): p.target.as_posix() for p in plan([Path(n) for n in names], **options)}


def test_the_tree_is_mirrored_and_the_format_kept_where_it_can_be():
    got = targets("a.JPG", "deep/b.tiff", "c.bmp", "d.heic", "e.nef", "f.pdf", "g.gif")
    assert got == {"a.JPG": "a.JPG", "deep/b.tiff": "deep/b.tiff", "c.bmp": "c.png", "d.heic": "d.jpg",
                   "e.nef": "e.tif", "f.pdf": "f.tif", "g.gif": "g.png"}  # fmt: skip


def test_a_format_may_be_asked_for():
    assert targets("a.JPG", "b.png", format="jpeg") == {"a.JPG": "a.JPG", "b.png": "b.jpg"}


def test_results_among_the_photographs_are_marked():
    assert targets("x/a.jpg", mark=MARK) == {"x/a.jpg": "x/a.color.jpg"}


def test_clashes_are_told_apart_and_the_owner_keeps_its_name():
    assert targets("a.bmp", "a.gif", "a.png") == {
        "a.bmp": "a.bmp.png",
        "a.gif": "a.gif.png",
        "a.png": "a.png",
    }
    assert targets("a.jpg", "a.png", "a.png.jpg", format="jpeg") == {
        "a.jpg": "a.jpg", "a.png": "a.png-2.jpg", "a.png.jpg": "a.png.jpg"}  # fmt: skip


def test_names_alike_on_some_disks_are_told_apart():
    assert len({t.casefold() for t in targets("a.jpg", "A.jpg", "A.JPG").values()}) == 3


def test_what_an_earlier_run_named_keeps_its_name():
    earlier = {Path("a.bmp"): Path("a.png")}
    assert targets("a.bmp", "a.png", earlier=earlier) == {"a.bmp": "a.png", "a.png": "a.png.png"}


@given(st.sets(NAMES, max_size=12), st.sampled_from(["", "jpeg", "tiff"]), st.sampled_from(["", MARK]))
def test_no_two_photographs_share_a_name_and_the_plan_is_stable(names, format, mark):
    sources = sorted(names)
    first = plan(sources, format=format, mark=mark)
    assert [p.source for p in first] == sources
    assert len({p.target.as_posix().casefold() for p in first}) == len(sources)
    assert all(p.target.parent == p.source.parent for p in first)
    again = plan(sources, format=format, mark=mark, earlier={p.source: p.target for p in first})
    assert again == first


def test_results_are_not_coloured_again_but_a_photograph_of_that_name_is():
    names = ["a.jpg", "a.color.jpg", "a.color.2.jpg", "b.color.jpg", "x/a.color.jpg", "c.PNG",
             "c.PNG.color.jpg", ".color.jpg", "a.color.me.jpg"]  # fmt: skip
    kept = [p.as_posix() for p in without_results([Path(n) for n in names])]
    assert kept == ["a.jpg", "b.color.jpg", "x/a.color.jpg", "c.PNG", ".color.jpg", "a.color.me.jpg"]


def test_shards_share_the_work_without_rest():
    pairs = plan([Path(f"{i}.jpg") for i in range(10)])
    parts = [Shard(i, 3).take(pairs) for i in (1, 2, 3)]
    assert sorted(p.source for part in parts for p in part) == sorted(p.source for p in pairs)
    assert {len(p) for p in parts} == {3, 4}


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_shard_that_makes_no_sense_is_refused(text):
    with pytest.raises(SettingsError, match="i/n"):
        Shard.parse(text)


def test_further_proposals_and_pages_are_results_too():
    paths = [
        Path(n) for n in ("a.tif", "a.color.tif", "a.color.2.tif", "a.color.page2.jpg", "b.color.page2.jpg")
    ]
    assert [p.name for p in without_results(paths)] == ["a.tif", "b.color.page2.jpg"]
