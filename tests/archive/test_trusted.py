"""Results that are taken for done, until somebody looks."""

from dataclasses import dataclass

import pytest

from tintype.archive.entry import Entry
from tintype.archive.trusted import Trusted


@dataclass
class Place:
    """Has files, some of which it doesn't list."""

    hidden: tuple = ()
    by_worker: bool = False

    def exists(self, name):
        return name in self.hidden


def entry(name, *sizes, outputs=None):
    names = outputs or [f"{name}.{i}" for i in range(len(sizes) or 1)]
    return Entry(name, name, outputs=dict.fromkeys(names, "hash"), sizes=sizes)


KNOWN = [entry("whole", 5, 6), entry("short", 5), entry("gone", 5), entry("half", 5, 6), entry("bad\udcff"),
         entry("colour", outputs={})]  # fmt: skip
THERE = [("whole.0", 5), ("whole.1", 6), ("short.0", 4), ("half.0", 5), ("bad\udcff.0", 9), ("stranger", 1)]


@pytest.mark.parametrize("rows", [1, 1000])
def test_what_is_not_there_or_has_another_size_is_lost(monkeypatch, rows):
    monkeypatch.setattr("tintype.archive.trusted._ROWS", rows)
    with Trusted() as trusted:
        for known in KNOWN[:2], KNOWN[2:]:
            trusted.add((e, f"in/{e.source}") for e in known if e.source != "colour")
        trusted.add([(Entry("colour", "colour", status="colour"), "")])
        trusted.see(iter(THERE))
        assert list(trusted.lost(Place())) == [(n, f"in/{n}") for n in ("gone", "half", "short")]


def test_a_disk_is_asked_for_what_it_does_not_list_and_a_store_is_not():
    """Some disks list names in another form of Unicode than they were written in."""
    for place, lost in ((Place(("gone.0",)), []), (Place(("gone.0",), by_worker=True), [("gone", "")])):
        with Trusted() as trusted:
            trusted.add([(entry("gone", 5), "")])
            assert list(trusted.lost(place)) == lost


def test_a_store_that_tells_no_sizes_is_believed():
    with Trusted() as trusted:
        trusted.add([(entry("a", 5), "")])
        trusted.see([("a.0", -1)])
        assert list(trusted.lost(Place())) == []
