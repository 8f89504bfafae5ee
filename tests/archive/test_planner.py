"""Listing while the work goes on: order, names, shards, what is left out."""

from dataclasses import dataclass

import pytest

from tintype import PhotoError, Settings, SettingsError
from tintype.archive import planner
from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest
from tintype.archive.model import Item
from tintype.archive.places.local import LocalFolder
from tintype.archive.plan import Shard
from tintype.archive.planner import Archive, Planner
from tintype.archive.work import ColorizeJob

WORK = ColorizeJob(Settings(), "digest", networks=("w",))


@dataclass
class Listed:
    names: tuple
    error: Exception | None = None
    title: str = "a list"
    mark: str = ""

    def items(self):
        for name in self.names:
            yield name if isinstance(name, Item) else Item(name, f"in/{name}", version="1")
        if self.error:
            raise self.error


def planned(folder, *names, shard=None, work=WORK, **options):
    """What a plan gives: target by source in order, what is told, and how many were left out."""
    error = options.pop("error", None)
    with Manifest(folder, shard) as manifest:
        archive = Archive(Listed(names, error), LocalFolder(folder), manifest, shard or Shard())
        thread = Planner(archive, work, overwrite=False, **options)
        thread.start()
        try:
            tasks = list(thread.tasks())
        finally:
            thread.stop()
        told = list(thread.told())
        assert thread.listed == len(tasks) + thread.skipped + sum(i.kind != "system" for i in told)
    return {t.item.name: t.target for t in tasks}, told, thread.skipped


def test_everything_is_given_once_in_its_order_however_it_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(planner, "_BATCH", (2, 5))
    monkeypatch.setattr(planner, "_READ", 3)
    names = [f"{folder}/{i}.jpg" for folder in ("a", "b", "c") for i in range(8)]
    got, told, skipped = planned(tmp_path, *names)
    assert list(got.items()) == [(n, n) for n in names]
    assert (told, skipped) == ([], 0)


def test_names_that_clash_are_told_apart_across_batches_and_stay_in_the_next_run(tmp_path, monkeypatch):
    monkeypatch.setattr(planner, "_BATCH", (1, 1))
    names = ["a.bmp", "a.png", "A.png", "a.gif"]
    first, *_ = planned(tmp_path, *names)
    assert len({t.casefold() for t in first.values()}) == 4
    monkeypatch.setattr(planner, "_BATCH", (500, 500))
    assert planned(tmp_path, *reversed(names))[0] == first


def test_the_first_batch_is_short_and_names_of_one_stem_stay_together(monkeypatch):
    monkeypatch.setattr(planner, "_FIRST", 4)
    names = ["0.jpg", "1.jpg", "2.jpg", "3.bmp", "3.jpg", "3.png", *(f"{i}.jpg" for i in range(4, 30))]
    batches = [[i.name for i in b] for b in planner._batches(map(Item, names))]
    assert [len(b) for b in batches] == [6, 8, 16, 2]
    assert [n for b in batches for n in b] == names


def test_settings_of_its_own_shape_the_name(tmp_path):
    items = [Item("a.png", options={"format": "jpeg"}), Item("b.png"), Item("c.png", options={"format": "x"})]
    assert planned(tmp_path, *items)[0] == {"a.png": "a.jpg", "b.png": "b.png", "c.png": "c.png"}


def test_shards_make_one_plan_and_share_it(tmp_path):
    names = [f"{i}.bmp" for i in range(5)]
    parts = [planned(tmp_path, *names, shard=Shard(i, 2))[0] for i in (1, 2)]
    assert [list(p) for p in parts] == [["0.bmp", "2.bmp", "4.bmp"], ["1.bmp", "3.bmp"]]


def test_what_is_no_photograph_or_listed_twice_is_told(tmp_path):
    bad = Item("x.tga", kind="unread", why="no")
    got, told, _ = planned(tmp_path, "a.jpg", bad, "a.jpg", Item("s", kind="system"))
    assert list(got) == ["a.jpg"]
    assert [(i.name, i.kind) for i in told] == [("x.tga", "unread"), ("a.jpg", "problem"), ("s", "system")]
    assert "twice" in told[1].why


def test_what_is_done_is_left_out_when_it_is_trusted_and_only_then(tmp_path):
    known = [
        Entry("done.jpg", "done.jpg", settings="digest", status="coloured", version="1"),
        Entry("changed.jpg", "changed.jpg", settings="digest", status="coloured", version="0"),
        Entry("other.jpg", "other.jpg", settings="of other settings", status="coloured", version="1"),
        Entry("failed.jpg", "failed.jpg", settings="digest", version="1", state="failed"),
        Entry("given up.jpg", "given up.jpg", version="1", state="quarantined"),
    ]
    names = [e.source for e in known]
    for options, left in (({}, set()), ({"trust": True}, {"done.jpg", "given up.jpg"}),
                          ({"trust": True, "again": True}, {"done.jpg"})):  # fmt: skip
        with Manifest(tmp_path) as m:
            for entry in known:
                m.add(entry)
        got, _, skipped = planned(tmp_path, *names, **options)
        assert set(names) - set(got) == left
        assert skipped == len(left)


def test_what_the_listing_raises_is_raised_after_what_it_had_found(tmp_path):
    with pytest.raises(SettingsError, match="line 3"):
        planned(tmp_path, "a.jpg", error=SettingsError("line 3"))


def test_stopping_early_ends_the_listing(tmp_path):
    def endless():
        number = 0
        while True:
            number += 1
            yield Item(f"{number}.jpg")

    source = Listed(())
    source.items = endless
    with Manifest(tmp_path) as manifest:
        thread = Planner(Archive(source, LocalFolder(tmp_path), manifest), WORK, overwrite=False)
        thread.start()
        assert next(thread.tasks()).item.name == "1.jpg"
        thread.stop()
        assert not thread.is_alive()


def test_results_that_are_gone_or_cut_off_are_planned_after_all_though_they_are_trusted(tmp_path):
    names = [f"{i}.jpg" for i in range(6)]
    with Manifest(tmp_path) as m:
        for name in names:
            (tmp_path / name).write_bytes(b"result")
            m.add(Entry(name, name, settings="digest", status="coloured", version="1",
                        outputs={name: "hash"}, sizes=(6,)))  # fmt: skip
    assert planned(tmp_path, *names, trust=True)[::2] == ({}, 6)
    (tmp_path / "1.jpg").unlink()
    (tmp_path / "4.jpg").write_bytes(b"res")
    got, _, skipped = planned(tmp_path, "new.jpg", *names, trust=True)
    assert (list(got), skipped) == (["new.jpg", "1.jpg", "4.jpg"], 4)


def test_a_destination_that_can_not_be_listed_is_an_error(tmp_path, monkeypatch):
    with Manifest(tmp_path) as m:
        m.add(
            Entry("a.jpg", "a.jpg", settings="digest", status="coloured", version="1", outputs={"a.jpg": ""})
        )

    def files(self):
        raise OSError(5, "the line broke")

    monkeypatch.setattr(LocalFolder, "files", files)
    with pytest.raises(PhotoError, match="can't be listed: the line broke"):
        planned(tmp_path, "a.jpg", trust=True)


def test_what_another_shard_has_done_is_known_to_the_task(tmp_path):
    with Manifest(tmp_path, Shard(1, 2)) as m:
        m.add(Entry("a.jpg", "a.jpg", input="hash", status="coloured", version="0", turn=99))
    with Manifest(tmp_path) as manifest:
        thread = Planner(Archive(Listed(("a.jpg",)), LocalFolder(tmp_path), manifest), WORK, overwrite=False)
        thread.start()
        [task] = thread.tasks()
        thread.stop()
    assert (task.known.input, task.known.turn) == ("hash", 1)
