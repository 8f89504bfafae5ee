"""The manifest beside the results of a store."""

import pytest

from tintype.archive import parts
from tintype.archive.entry import COLUMNS, Entry, encoded
from tintype.archive.manifest import Manifest
from tintype.archive.parts import FOLDER, Parts, compact, restore, whole
from tintype.archive.places.local import LocalFolder
from tintype.archive.plan import Shard


def entry(number, **changes):
    values = {"status": "coloured", "outputs": {f"{number}": "hash"}, "notes": ("ä",), "time": 1.0}
    return Entry(f"{number}", f"{number}", **values | changes)


@pytest.fixture
def place(tmp_path):
    return LocalFolder(tmp_path / "store")


def test_what_workers_wrote_is_known_on_another_machine(place, tmp_path):
    for worker in ("one", "two"):
        parts = Parts(place, f"1-of-1-{worker}")
        for number in range(3):
            parts.add(entry(f"{worker}{number}"))
        parts.flush()
        parts.add(entry(f"{worker}\udcff"))
        parts.flush()
        parts.flush()
    assert len(place.own(FOLDER)) == 4
    with Manifest(tmp_path / "state") as manifest:
        assert restore(manifest, place) == 8
        assert manifest.get("two1") == entry("two1")
        assert manifest.owners(["one0"]) == {"one0": "one0"}
        # What is known here already, and later, counts.
        manifest.add(entry("two1", time=9.0, input="later"))
        assert restore(manifest, place) == 0
        place.write(f"{FOLDER}/1-of-2-other.parquet", b"of another shard")
        compact(manifest, place)
        assert place.exists(whole(manifest))
    assert place.own(FOLDER) == [f"{FOLDER}/1-of-2-other.parquet"]
    place.remove(f"{FOLDER}/1-of-2-other.parquet")
    with Manifest(tmp_path / "other") as manifest:
        assert restore(manifest, place) == 8
        assert manifest.get("two1").input == "later"
        assert manifest.get("one\udcff") == entry("one\udcff")


def test_a_part_is_written_when_there_are_many(place, monkeypatch):
    monkeypatch.setattr("tintype.archive.parts._MOST", 3)
    parts = Parts(place, "one")
    for number in range(7):
        parts.add(entry(number))
    assert len(place.own(FOLDER)) == 2


def test_shards_write_apart_and_are_read_together(place, tmp_path):
    for index in (1, 2):
        with Manifest(tmp_path / f"state{index}", Shard(index, 2)) as manifest:
            manifest.add(entry(index))
            compact(manifest, place)
    with Manifest(tmp_path / "whole") as manifest:
        assert restore(manifest, place) == 2


def test_parts_of_an_earlier_version_are_read(place, tmp_path, monkeypatch):
    with monkeypatch.context() as early:
        early.setattr(parts, "COLUMNS", {n: t for n, t in COLUMNS.items() if n != "sizes"})
        early.setattr(
            parts, "encoded", lambda e: [v for n, v in zip(COLUMNS, encoded(e), strict=True) if n != "sizes"]
        )
        with Manifest(tmp_path / "one") as manifest:
            manifest.add(entry(1))
            compact(manifest, place)
    with Manifest(tmp_path / "two") as manifest:
        assert restore(manifest, place) == 1
        assert manifest.get("1") == entry(1)
