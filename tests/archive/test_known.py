"""What a manifest knows, in all shards' databases."""

from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest
from tintype.archive.plan import Shard


def entry(name, **changes):
    values = {"status": "coloured", "outputs": {name: "3"}}
    return Entry(name, name, **values | changes)


def databases(folder):
    return sorted(p.name for p in (folder / ".tintype").glob("*.db"))


def test_shards_write_apart_and_read_together(tmp_path):
    with Manifest(tmp_path, Shard(1, 2)) as one, Manifest(tmp_path, Shard(2, 2)) as two:
        one.add(entry("a.jpg"))
        two.add(entry("b.jpg"))
    assert databases(tmp_path) == ["manifest-1-of-2.db", "manifest-2-of-2.db"]
    with Manifest(tmp_path) as m:
        assert len(list(m.entries())) == 2
        assert m.counts() == {"done": 2}


def test_the_order_of_the_plan_is_kept_and_earlier_runs_are_not_in_it(tmp_path):
    with Manifest(tmp_path) as m:
        m.plan((n, n, "", "", {"warmth": 0.5}) for n in ("z", "b", "m"))
        assert [e.source for e in m.planned(m.first_turn, 2)] == ["z", "b"]
    with Manifest(tmp_path) as m:
        assert m.planned(m.first_turn, 9) == []
        m.plan((n, n, "", "", {"warmth": 0.5}) for n in ("m", "z"))
        assert [(e.source, e.options) for e in m.planned(m.first_turn, 9)] == [
            ("m", {"warmth": 0.5}), ("z", {"warmth": 0.5})]  # fmt: skip
        assert m.repeated(["b", "m"]) == {"m"}


def test_a_name_belongs_to_who_took_it_first(tmp_path):
    with Manifest(tmp_path) as m:
        m.claim([("a.jpg", "A.JPG"), ("b.jpg", "b.png")])
        m.claim([("a.jpg", "a.jpg")])
        assert m.owners(["a.jpg", "c.jpg"]) == {"a.jpg": "A.JPG"}


def test_the_last_word_counts_whichever_shard_has_it(tmp_path):
    with Manifest(tmp_path, Shard(1, 2)) as one, Manifest(tmp_path, Shard(2, 2)) as two:
        one.add(entry("a.jpg", input="late", time=2.0))
        two.add(entry("a.jpg", input="early", time=1.0))
        two.add(entry("b.jpg", state="failed"))
    with Manifest(tmp_path) as m:
        assert m.get("a.jpg").input == "late"
        assert m.count("state = 'done'") == 1
        assert [e.input for e in m.entries("source = 'a.jpg'")] == ["late"]
        assert dict(m.outputs()) == {"a.jpg": "3", "b.jpg": "3"}
        assert m.is_empty(alone=True)
        assert not m.is_empty()
