"""Manifests of earlier versions: taken over, and believed only where they are whole."""

import json

import pytest

from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest


def entry(name="a.jpg", **changes):
    values = {"source": name, "target": name, "input": "1", "settings": "2", "status": "coloured",
              "outputs": {name: "3"}, "program": "0"}  # fmt: skip
    return values | changes


def write(folder, *entries, cut=0, before=b"", name="manifest-1-of-1.jsonl"):
    path = folder / ".tintype" / name
    path.parent.mkdir(exist_ok=True)
    text = "".join(json.dumps({"v": 1, **e}) + "\n" for e in entries).encode()
    path.write_bytes(before + text[: len(text) - cut])


def known(folder):
    with Manifest(folder) as m:
        return {e.source: e for e in m.entries()}


def test_what_an_earlier_version_wrote_is_known_and_its_names_are_taken(tmp_path):
    write(tmp_path, entry(), entry(input="new"), entry("bad\udcff.jpg"))
    write(tmp_path, entry("x/ä.png", target="x/b.png"), name="manifest-2-of-2.jsonl")
    found = known(tmp_path)
    assert found.keys() == {"a.jpg", "bad\udcff.jpg", "x/ä.png"}
    assert found["a.jpg"] == Entry(**entry(input="new"))  # the last line counts
    with Manifest(tmp_path) as m:
        assert m.owners(["x/b.png"]) == {"x/b.png": "x/ä.png"}


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_line_is_passed_over(tmp_path, cut):
    write(tmp_path, entry("a.jpg"), entry("b.jpg"), cut=cut)
    # Only the line's end may be missing without harm.
    assert known(tmp_path).keys() == ({"a.jpg", "b.jpg"} if cut == 1 else {"a.jpg"})


@pytest.mark.parametrize(
    "junk", [b"[]\n", b'"x"\n', b'{"v": 1}\n', b'{"v": 2, "source": "a.jpg"}\n', b"\xff\n", b"3\n"]
)
def test_lines_that_are_something_else_are_passed_over(tmp_path, junk):
    write(tmp_path, entry(), before=junk)
    assert known(tmp_path).keys() == {"a.jpg"}


def test_they_are_read_once_and_never_weigh_more_than_what_came_later(tmp_path):
    write(tmp_path, entry())
    with Manifest(tmp_path) as m:
        m.add(Entry(**entry(input="later")))
    write(tmp_path, entry(), entry("b.jpg"))  # an earlier version ran in between
    found = known(tmp_path)
    assert (found["a.jpg"].input, found["b.jpg"].input) == ("later", "1")
